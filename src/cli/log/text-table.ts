import type { Cell, CellStruct, ColumnKind, ResultColumn } from '../../adapter/cell.ts';

const rightAligned = new Set<ColumnKind>([
  'boolean',
  'integer',
  'float',
  'decimal',
  'date',
  'time',
  'timestamp',
]);

/** Rows as a table of text with `|` between columns, all columns shown, numbers to the right; nulls are empty. */
export function textTable(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => columns.map((column, index) => cellText(row[index] ?? null, column.kind)));
  const widths = columns.map((column, index) =>
    texts.reduce((width, row) => Math.max(width, row[index]!.length), Math.max(1, column.name.length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) =>
      rightAligned.has(columns[index]!.kind) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
    );
    return `| ${padded.join(' | ')} |`;
  };
  return [
    line(columns.map((column) => column.name)),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...texts.map(line),
  ].join('\n');
}

function cellText(cell: Cell, kind: ColumnKind): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  const plain = plainCell(cell, kind);
  const text =
    typeof cell === 'string' ? cell : typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
  return text.replace(/\r?\n/g, '⏎');
}

/**
 * A cell as JSON has it: decimals as numbers, integers beyond 2^53 as text (a JSON reader would round them),
 * timestamps with a `T`, bytes in hexadecimal.
 */
export function plainCell(cell: Cell, kind: ColumnKind): unknown {
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'string') {
    if (kind === 'decimal') return Number(cell);
    return kind === 'timestamp' || kind === 'timestamptz' ? cell.replace(' ', 'T') : cell;
  }
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex');
  if (Array.isArray(cell)) return cell.map((item: Cell) => plainCell(item, 'other'));
  if (cell !== null && typeof cell === 'object') {
    const { fields } = cell as CellStruct;
    return Object.fromEntries(fields.map(([name, value]) => [name, plainCell(value, 'other')]));
  }
  return cell;
}
