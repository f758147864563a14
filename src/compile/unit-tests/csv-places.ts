import { CsvParser } from '../../context/seed/csv.ts';
import { offsetAt, type Span } from '../../core/span.ts';

/** A file of rows, with its path from the project's root. */
export type FixtureFile = Pick<Span, 'file' | 'text'>;

/**
 * A column's name in the header (`key`), or the first cell of it that holds the value; of the column `null`, which the header
 * does not name, the first cell beyond the header. Null where the file has no such column.
 */
export function csvCell(
  { file, text }: FixtureFile,
  column: string,
  value: unknown,
  what: 'key' | 'value',
): Span | null {
  const { records, lines } = new CsvParser(',').push(text, true);
  const first = records.findIndex((cells) => cells.length > 0);
  const header = records[first] ?? [];
  const named = header.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  const isBeyond = named < 0 && column === 'null';
  if (named < 0 && !isBeyond) return null;
  const cell = isBeyond ? header.length : named;
  const row = isBeyond
    ? records.findIndex((cells) => cells.length > header.length)
    : what === 'key'
      ? first
      : records.findIndex((cells, index) => index > first && cells[cell] === String(value ?? ''));
  if (row < 0) return null;
  return { file, text, ...boundsOf(text, offsetAt(text, lines[row]!, 1), cell) };
}

/** Where the cell of this number stands in the record that starts there, its quotes included. */
function boundsOf(text: string, start: number, cell: number): Pick<Span, 'start' | 'end'> {
  let from = start;
  for (let number = 0; ; number += 1) {
    const end = endOf(text, from);
    if (number === cell || text[end] !== ',') return { start: from, end };
    from = end + 1;
  }
}

function endOf(text: string, from: number): number {
  let at = from;
  if (text[at] === '"') {
    at += 1;
    while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
  }
  while (at < text.length && !',\r\n'.includes(text[at]!)) at += 1;
  return at;
}
