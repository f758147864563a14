import type { Cell, ResultColumn, StatementResult } from '../../src/adapter/cell.ts';
import type { Field, RawRow } from './query.ts';
import { type PostgresType, typeText } from './types.ts';
import { cellOf } from './values.ts';

export const columnsOf = (
  fields: readonly Field[],
  types: readonly PostgresType[],
): readonly ResultColumn[] =>
  fields.map(({ name, dataTypeID, dataTypeModifier }, index) => {
    const type = types[index]!;
    return { name, kind: type.kind, type: typeText(dataTypeID, type, dataTypeModifier) };
  });

export const cells = (
  rows: readonly RawRow[],
  types: readonly PostgresType[],
): readonly (readonly Cell[])[] => rows.map((row) => row.map((text, index) => cellOf(text, types[index]!)));

/** As psycopg's cursor tells it: the command tag, its words, and its last number, -1 where it has none. */
export function responseOf(tag: string): StatementResult['response'] {
  const words = tag.split(' ');
  const last = words.at(-1)!;
  return {
    _message: tag,
    code: words.filter((word) => !/^\d+$/.test(word)).join(' '),
    rows_affected: /^\d+$/.test(last) ? Number(last) : -1,
  };
}
