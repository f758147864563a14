import { floatRepr } from '../../jinja/numbers.ts';
import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { Decimal } from '../decimal.ts';
import { isoText } from './iso-text.ts';
import type { TableData } from './print-table.ts';

/** The table as comma-separated text with a header, lines ended by `\n`. */
export function tableCsv(table: TableData): string {
  const lines = [
    table.names,
    ...table.rows.map((row) => row.map((value) => (value === null ? '' : isoText(value)))),
  ];
  return lines.map((cells) => `${csvLine(cells)}\n`).join('');
}

function csvLine(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""';
  return cells
    .map((cell) => cell.replaceAll('\r', '\n'))
    .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}

export interface JsonLayout {
  /** One object per line instead of an array. */
  readonly newline: boolean;
  /** Spaces per level; null for one line. */
  readonly indent: number | null;
  /** Column whose text names each row, in an object instead of an array. */
  readonly key: string | null;
}

/** The table as JSON, an object per row; decimals are written as floats, dates as ISO 8601. */
export function tableJson(table: TableData, layout: JsonLayout): string {
  const objects = table.rows.map((row) => {
    const margin = layout.indent === null ? '' : ' '.repeat(layout.indent);
    return objectText(
      table.names.map((name, index) => [name, jsonValue(row[index]!)] as const),
      layout.newline ? null : layout.indent,
      margin,
    );
  });
  if (layout.newline) return objects.map((each) => `${each}\n`).join('');
  if (layout.key !== null) {
    const at = table.names.indexOf(layout.key);
    return objectText(
      objects.map((each, index) => [str(table.rows[index]![at]!), each] as const),
      layout.indent,
      '',
    );
  }
  if (objects.length === 0) return '[]';
  if (layout.indent === null) return `[${objects.join(', ')}]`;
  const margin = ' '.repeat(layout.indent);
  return `[\n${objects.map((each) => margin + each).join(',\n')}\n]`;
}

function objectText(
  entries: readonly (readonly [string, string])[],
  indent: number | null,
  margin: string,
): string {
  const parts = entries.map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
  if (indent === null || parts.length === 0) return `{${parts.join(', ')}}`;
  const inner = margin + ' '.repeat(indent);
  return `{\n${parts.map((part) => inner + part).join(',\n')}\n${margin}}`;
}

function jsonValue(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Decimal) return floatRepr(value.toNumber());
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return str(value);
  return JSON.stringify(isoText(value));
}
