import type { Column } from '../adapter/relation.ts';

/** The columns of an incremental model's table, and of the rows that come to it. */
export interface BothSides {
  readonly destination: readonly Column[];
  readonly source: readonly Column[];
}

/** Where a column is looked for in vain, in words, and the names that are there. */
export interface MissingColumn {
  readonly where: string;
  readonly names: readonly string[];
}

/** False for an expression or a quoted name, which are the warehouse's to judge. */
export const isPlainName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** A column by a plain name, whatever its case. */
export const columnOf = (columns: readonly Column[], name: string): Column | undefined =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

/** Null where both sides have the column; the new rows are looked at first. */
export function missingColumn({ destination, source }: BothSides, name: string): MissingColumn | null {
  const sides = [
    ['the new rows', source],
    ['the table', destination],
  ] as const;
  const side = sides.find(([, columns]) => columnOf(columns, name) === undefined);
  return side === undefined ? null : { where: side[0], names: side[1].map((column) => column.name) };
}
