import {
  changeMarks,
  differingCell,
  type RowDifference,
  relevantRows,
} from '../../../core/row-difference.ts';

/** What dbt says of a unit test that failed: the rows as CSV with their marks in front, columns aligned. */
export function differenceText(difference: RowDifference): string {
  const { columns } = difference;
  const lines = relevantRows(difference).map((row) =>
    row === null
      ? ['...', ...columns.map(() => '...')]
      : [changeMarks[row.change], ...columns.map((_, index) => quoted(differingCell(row, index, '→')))],
  );
  const table = [['@@', ...columns.map(quoted)], ...lines];
  const widths = table[0]!.map((_, index) => Math.max(...table.map((cells) => cells[index]!.length)));
  const texts = table.map((cells) =>
    cells.map((cell, index) => (index < cells.length - 1 ? cell.padEnd(widths[index]!) : cell)).join(','),
  );
  return `\n\nactual differs from expected:\n\n${texts.join('\n')}\n\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
