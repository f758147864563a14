import { dictGet } from '../../jinja/dict.ts';
import { Pending } from '../../jinja/host.ts';
import { equals, truth } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { repr, str } from '../../jinja/text.ts';
import { Callable, hostTypeOf, isDict, isText, PyDict, tupleOf, type Value } from '../../jinja/values.ts';
import { columnNames } from '../seed/header.ts';
import type { TableData } from './print-table.ts';
import { MappedSequence } from './sequence.ts';
import { orderOf } from './table-column.ts';

export type Work<T> = Generator<Promise<unknown>, T, unknown>;

/** True for what a template may pass where agate takes a function: macros and other callables. */
export function isFunction(value: Value): boolean {
  return value instanceof Callable || hostTypeOf(value)?.call !== undefined;
}

/** The result of a function called with each row in turn; macros may wait for the warehouse. */
export function* callEach(test: Value, table: TableData): Work<Value[]> {
  const out: Value[] = [];
  for (const row of table.rows) {
    const args = [new MappedSequence('Row', row, table.names)];
    const answer =
      test instanceof Callable ? test.call(args, null) : hostTypeOf(test)!.call!(test, args, null);
    out.push(answer instanceof Pending ? yield* answer.run : answer);
  }
  return out;
}

/** The positions of columns given by name or index, alone or as a list. */
export function columnPositions(table: TableData, key: Value): number[] {
  const keys = Array.isArray(key) ? key : [key];
  return keys.map((each) => {
    const at = typeof each === 'number' ? each : table.names.indexOf(str(each));
    return at >= 0 && at < table.names.length
      ? at
      : raise('ValueError', `${repr(each)} is not a column of the table`);
  });
}

export function selectColumns(table: TableData, positions: readonly number[]): TableData {
  return {
    names: positions.map((at) => table.names[at]!),
    types: positions.map((at) => table.types[at]!),
    rows: table.rows.map((row) => positions.map((at) => row[at]!)),
  };
}

export function excludeColumns(table: TableData, key: Value): TableData {
  const names = (Array.isArray(key) ? key : [key]).map(str);
  const kept = table.names.flatMap((name, index) => (names.includes(name) ? [] : [index]));
  return selectColumns(table, kept);
}

export function* where(table: TableData, test: Value): Work<TableData> {
  const answers = yield* callEach(test, table);
  return { ...table, rows: table.rows.filter((_, index) => truth(answers[index]!)) };
}

/** What a function, column or list of columns gives for each row. */
export function* rowKeys(table: TableData, key: Value): Work<Value[]> {
  if (isFunction(key)) return yield* callEach(key, table);
  const positions = columnPositions(table, key);
  if (!Array.isArray(key)) return table.rows.map((row) => row[positions[0]!]!);
  return table.rows.map((row) => tupleOf(positions.map((at) => row[at]!)));
}

/** Stable in both directions; nulls count as greater than everything. */
export function* orderBy(table: TableData, key: Value, reverse: boolean): Work<TableData> {
  const keys = yield* rowKeys(table, key);
  const positions = table.rows.map((_, index) => index);
  const order = (left: number, right: number): number => compareKeys(keys[left]!, keys[right]!);
  positions.sort(reverse ? (left, right) => order(right, left) : order);
  return { ...table, rows: positions.map((at) => table.rows[at]!) };
}

function compareKeys(left: Value, right: Value): number {
  if (!Array.isArray(left) || !Array.isArray(right)) return orderOf(left, right);
  for (const [index, item] of left.entries()) {
    const order = orderOf(item, right[index]!);
    if (order !== 0) return order;
  }
  return 0;
}

export function* distinct(table: TableData, key: Value): Work<TableData> {
  const keys = key === null ? table.rows.map((row) => tupleOf(row)) : yield* rowKeys(table, key);
  const seen = new PyDict();
  const rows = table.rows.filter((_, index) => {
    if (seen.has(keys[index]!)) return false;
    seen.set(keys[index]!, true);
    return true;
  });
  return { ...table, rows };
}

/** Column names after `rename`: a list of all of them, or a dict of those that change. */
export function renameColumns(table: TableData, names: Value): TableData {
  if (isDict(names)) {
    return { ...table, names: columnNames(table.names.map((name) => str(dictGet(names, name) ?? name))) };
  }
  if (!Array.isArray(names) || names.length !== table.names.length) {
    return raise('ValueError', 'rename() needs a name for every column');
  }
  return { ...table, names: columnNames(names.map((name) => (isText(name) ? str(name) : ''))) };
}

/** Rows in groups of equal values, in the order of first appearance. */
export function* groupRows(table: TableData, key: Value): Work<{ key: Value; table: TableData }[]> {
  const keys = yield* rowKeys(table, key);
  const groups: { key: Value; rows: (readonly Value[])[] }[] = [];
  for (const [index, row] of table.rows.entries()) {
    const own = keys[index]!;
    const group = groups.find((each) => each.key === own || equals(each.key, own));
    if (group === undefined) groups.push({ key: own, rows: [row] });
    else group.rows.push(row);
  }
  return groups.map(({ key: own, rows }) => ({ key: own, table: { ...table, rows } }));
}
