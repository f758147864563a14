import { HOST, type HostType } from '../../jinja/host.ts';
import { compare } from '../../jinja/operations.ts';
import { PySet, tupleOf, type Value } from '../../jinja/values.ts';
import { method } from '../host-members.ts';
import type { ColumnType } from './column-type.ts';
import { type Sequence, sequenceType } from './sequence.ts';

/** A column of a table: its values, read from the rows when they are first asked for. */
export class TableColumn implements Sequence {
  readonly className = 'Column';
  readonly keys = null;
  readonly index: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly #rows: readonly (readonly Value[])[];
  #values: readonly Value[] | null = null;

  constructor(index: number, name: string, type: ColumnType, rows: readonly (readonly Value[])[]) {
    this.index = index;
    this.name = name;
    this.type = type;
    this.#rows = rows;
  }

  get values(): readonly Value[] {
    this.#values ??= this.#rows.map((row) => row[this.index]!);
    return this.#values;
  }

  /** Rows have no names, so values of a column have none. */
  named(): undefined {
    return undefined;
  }

  get [HOST](): HostType<TableColumn> {
    return tableColumnType;
  }
}

/** Order of values as Python's sort, nulls after everything else; a TypeError for types without an order. */
export function orderOf(left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (compare('<', left, right)) return -1;
  return compare('<', right, left) ? 1 : 0;
}

const withoutNulls = (self: TableColumn): Value[] => self.values.filter((value) => value !== null);

const tableColumnType: HostType<TableColumn> = sequenceType<TableColumn>(
  'Column',
  {
    name: (self) => self.name,
    index: (self) => self.index,
    data_type: (self) => self.type,
  },
  {
    values_distinct: method([], (self) => tupleOf(new PySet(self.values).items())),
    values_without_nulls: method([], (self) => tupleOf(withoutNulls(self))),
    values_sorted: method([], (self) => [...self.values].sort(orderOf)),
    values_without_nulls_sorted: method([], (self) => withoutNulls(self).sort(orderOf)),
  },
);
