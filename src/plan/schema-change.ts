import type { Column } from '../adapter/relation.ts';

export type SchemaChangePolicy = 'ignore' | 'fail' | 'append_new_columns' | 'sync_all_columns';

/** How the columns of new rows differ from those of the table they go into; names compared as the warehouse does. */
export interface SchemaChange {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  readonly retyped: readonly { readonly column: Column; readonly from: string }[];
}

export function compareColumns(
  destination: readonly Column[],
  source: readonly Column[],
  caseInsensitive: boolean,
): SchemaChange {
  const key = nameKey(caseInsensitive);
  const there = new Map(destination.map((column) => [key(column), column]));
  const given = new Map(source.map((column) => [key(column), column]));
  const retyped = [];
  for (const [name, column] of given) {
    const old = there.get(name);
    if (old !== undefined && old.type !== column.type) retyped.push({ column, from: old.type });
  }
  return {
    added: source.filter((column) => !there.has(key(column))),
    removed: destination.filter((column) => !given.has(key(column))),
    retyped,
  };
}

/**
 * Columns of limited text that the new rows' would not fit into, with the types that make room: `character varying`
 * of the new length, or the new rows' own type where that has no limit.
 */
export function widenedColumns(
  destination: readonly Column[],
  source: readonly Column[],
  caseInsensitive: boolean,
): readonly Column[] {
  const key = nameKey(caseInsensitive);
  const given = new Map(source.map((column) => [key(column), column]));
  return destination.flatMap((column) => {
    const wanted = given.get(key(column));
    if (column.characterLength === null || wanted === undefined || !isText(wanted)) return [];
    const { characterLength: length } = wanted;
    if (length !== null && length <= column.characterLength) return [];
    const type = length === null ? wanted.type : `character varying(${length})`;
    return [{ ...column, type, characterLength: length }];
  });
}

const isText = ({ type }: Column): boolean => /^(text|varchar|character( varying)?)\b/i.test(type);

const nameKey =
  (caseInsensitive: boolean) =>
  ({ name }: Column): string =>
    caseInsensitive ? name.toLowerCase() : name;

export const isChanged = (change: SchemaChange): boolean =>
  change.added.length + change.removed.length + change.retyped.length > 0;

export function policyOf(value: unknown): SchemaChangePolicy {
  return value === 'fail' || value === 'append_new_columns' || value === 'sync_all_columns'
    ? value
    : 'ignore';
}
