import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import { PyDict, type Value } from '../../jinja/values.ts';
import type { TableData } from './print-table.ts';
import { columnPositions, isFunction, rowKeys, selectColumns, type Work } from './select-rows.ts';

export interface JoinOptions {
  /** Column, list of columns, function, or null to join by row number. */
  readonly leftKey: Value;
  /** The left key where null. */
  readonly rightKey: Value;
  readonly inner: boolean;
  readonly fullOuter: boolean;
  readonly requireMatch: boolean;
  /** Columns of the right table to take; null for all but its key. */
  readonly columns: readonly string[] | null;
}

/** Joins two tables on equal keys: left outer unless told otherwise. Repeated names get a `2`. */
export function* joinTables(left: TableData, right: TableData, options: JoinOptions): Work<TableData> {
  const { leftKey, inner, fullOuter, requireMatch } = options;
  if (inner && fullOuter) raise('ValueError', 'a join cannot be both inner and full outer');
  const rightKey = options.rightKey ?? leftKey;
  const byNumber = leftKey === null;
  const numbers = (table: TableData): Value[] => table.rows.map((_, index) => index);
  const leftKeys = byNumber ? numbers(left) : yield* rowKeys(left, leftKey);
  const rightKeys = byNumber ? numbers(right) : yield* rowKeys(right, rightKey);
  const keyColumns = byNumber || isFunction(rightKey) ? [] : columnPositions(right, rightKey);
  const taken = right.names.flatMap((name, index) => {
    if (fullOuter) return [index];
    if (options.columns !== null) return options.columns.includes(name) ? [index] : [];
    return keyColumns.includes(index) ? [] : [index];
  });
  const joined = selectColumns(right, taken);
  const matches = new PyDict();
  for (const [index, key] of rightKeys.entries()) {
    const known = matches.get(key) as Value[] | undefined;
    if (known === undefined) matches.set(key, [index]);
    else known.push(index);
  }
  const nothing: Value[] = joined.names.map(() => null);
  const rows = left.rows.flatMap((row, index) => {
    const found = matches.get(leftKeys[index]!) as number[] | undefined;
    if (found !== undefined) return found.map((at) => [...row, ...joined.rows[at]!]);
    if (requireMatch) raise('ValueError', `no row of the right table has the key ${str(leftKeys[index]!)}`);
    return inner ? [] : [[...row, ...nothing]];
  });
  if (fullOuter) {
    const known = PyDict.fromEntries(leftKeys.map((key) => [key, true]));
    const missing: Value[] = left.names.map(() => null);
    for (const [index, key] of rightKeys.entries()) {
      if (!known.has(key)) rows.push([...missing, ...joined.rows[index]!]);
    }
  }
  return {
    names: [...left.names, ...joined.names.map((name) => (left.names.includes(name) ? `${name}2` : name))],
    types: [...left.types, ...joined.types],
    rows,
  };
}
