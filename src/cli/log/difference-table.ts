import { changeMarks, differingCell, type RowDifference, relevantRows } from '../../core/row-difference.ts';

/** The rows of a unit test as a person reads them: a table with a mark before each row, and what the marks say. */
export function differenceTable(difference: RowDifference): string {
  const { columns } = difference;
  const lines = relevantRows(difference).map((row) =>
    row === null
      ? ['...', ...columns.map(() => '...')]
      : [changeMarks[row.change], ...columns.map((_, index) => oneLine(differingCell(row, index, ' → ')))],
  );
  const table = [['', ...columns], ...lines];
  const widths = table[0]!.map((_, index) => Math.max(...table.map((cells) => cells[index]!.length)));
  const text = (cells: readonly string[]): string =>
    cells.map((cell, index) => cell.padEnd(widths[index]!)).join(' | ');
  const [head, ...rest] = table.map(text);
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  const marks = new Set(difference.rows.map(({ change }) => change));
  const legend = Object.entries(meanings).filter(([change]) => marks.has(change as keyof typeof meanings));
  return [
    'actual differs from expected:',
    '',
    ...[head!, rule, ...rest].map((line) => line.trimEnd()),
    '',
    legend
      .map(([change, meaning]) => `${changeMarks[change as keyof typeof meanings]} ${meaning}`)
      .join('   '),
  ].join('\n');
}

const meanings = {
  changed: 'expected → actual',
  missing: 'expected, and missing',
  unexpected: 'not expected',
} as const;

const oneLine = (text: string): string => text.replace(/\r?\n/g, '⏎');
