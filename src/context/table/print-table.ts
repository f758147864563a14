import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { type ColumnType, columnTypes } from './column-type.ts';
import { decimalPlaces, groupedNumber } from './number-layout.ts';

/** A table as data. */
export interface TableData {
  readonly names: readonly string[];
  readonly types: readonly ColumnType[];
  /** One value per name. */
  readonly rows: readonly (readonly Value[])[];
}

/** What `print_table` is told; null for no limit. */
export interface PrintLimits {
  readonly maxRows: number | null;
  readonly maxColumns: number | null;
  readonly maxColumnWidth: number | null;
  readonly maxPrecision: number | null;
}

const ellipsis = '...';
/** Marks a number that was printed with fewer places than it has. */
const cutNumber = '…';

/** The table as Markdown, as agate lays it out: text to the left, everything else to the right; one line per row. */
export function layOutTable(table: TableData, limits: PrintLimits): string {
  const { names, types, rows } = table;
  const maxRows = limits.maxRows ?? rows.length;
  const maxColumns = limits.maxColumns ?? names.length;
  const cut = (text: string): string => cutText(text, limits.maxColumnWidth);
  const shownRows = rows.slice(0, maxRows);
  const header = names.slice(0, maxColumns).map(cut);
  const more = maxColumns < names.length;
  if (more) header.push(ellipsis);
  const formats = types.slice(0, maxColumns).map((type, index) =>
    formatOf(
      type,
      shownRows.map((row) => row[index]!),
      limits.maxPrecision,
    ),
  );
  const body = shownRows.map((row) => {
    const cells = formats.map((format, index) => cut(format(row[index]!)));
    return more ? [...cells, ellipsis] : cells;
  });
  const widths = header.map((name, index) =>
    Math.max(widthOf(name), ...body.map((cells) => widthOf(cells[index]!))),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => {
      const space = ' '.repeat(widths[index]! - widthOf(cell));
      return types[index]?.name === 'Text' ? ` ${cell}${space} ` : ` ${space}${cell} `;
    });
    return `|${padded.join('|')}|`;
  };
  const divider = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const lines = [line(header), divider, ...body.map(line)];
  if (maxRows < rows.length) lines.push(line(header.map(() => ellipsis)));
  return lines.join('\n');
}

/** Names and types of the columns, as `print_structure` shows them and as a table prints. */
export function layOutStructure(table: TableData): string {
  const structure: TableData = {
    names: ['column', 'data_type'],
    types: [columnTypes.Text, columnTypes.Text],
    rows: table.names.map((name, index) => [name, table.types[index]!.name]),
  };
  return layOutTable(structure, { maxRows: null, maxColumns: 6, maxColumnWidth: null, maxPrecision: 3 });
}

function formatOf(
  type: ColumnType,
  shown: readonly Value[],
  maxPrecision: number | null,
): (value: Value) => string {
  if (type.name !== 'Number') return (value) => (value === null ? '' : str(value));
  const needed = decimalPlaces(shown);
  const cut = maxPrecision !== null && needed > maxPrecision;
  const places = cut ? maxPrecision : needed;
  return (value) => {
    if (value === null) return '';
    const text = groupedNumber(value, places);
    return text === null ? str(value) : text + (cut ? cutNumber : '');
  };
}

const widthOf = (text: string): number => [...text].length;

function cutText(text: string, width: number | null): string {
  if (width === null || widthOf(text) <= width) return text;
  return [...text].slice(0, Math.max(0, width - ellipsis.length)).join('') + ellipsis;
}
