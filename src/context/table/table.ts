import { HOST, type HostType, Pending } from '../../jinja/host.ts';
import { isIndex } from '../../jinja/numbers.ts';
import { truth } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import { tupleOf, type Value } from '../../jinja/values.ts';
import { type HostMethod, membersOf, method } from '../host-members.ts';
import { tableToFile, tableWithout } from './errors.ts';
import { joinTables } from './join-tables.ts';
import { layOutStructure, layOutTable, type TableData } from './print-table.ts';
import {
  callEach,
  columnPositions,
  distinct,
  excludeColumns,
  groupRows,
  orderBy,
  renameColumns,
  selectColumns,
  type Work,
  where,
} from './select-rows.ts';
import { MappedSequence } from './sequence.ts';
import { TableColumn } from './table-column.ts';
import { tableCsv, tableJson } from './write-table.ts';

/** Shows text to the user: where `print_table` and its like write. */
export type Print = (text: string) => void;

/** The rows of a query or seed as templates see them: what `run_query` and `load_agate_table` give. Never changes. */
export class Table {
  readonly names: readonly string[];
  readonly print: Print;
  readonly #load: () => TableData;
  #data: TableData | null = null;
  #rows: MappedSequence | null = null;
  #columns: MappedSequence | null = null;

  /** `load` is called when values or types are first needed. */
  constructor(names: readonly string[], load: () => TableData, print: Print) {
    this.names = names;
    this.print = print;
    this.#load = load;
  }

  get data(): TableData {
    this.#data ??= this.#load();
    return this.#data;
  }

  get rows(): MappedSequence {
    const { names, rows } = this.data;
    this.#rows ??= new MappedSequence(
      'MappedSequence',
      rows.map((row) => new MappedSequence('Row', row, names)),
      null,
    );
    return this.#rows;
  }

  get columns(): MappedSequence {
    const { names, types, rows } = this.data;
    this.#columns ??= new MappedSequence(
      'MappedSequence',
      names.map((name, index) => new TableColumn(index, name, types[index]!, rows)),
      names,
    );
    return this.#columns;
  }

  get [HOST](): HostType<Table> {
    return tableType;
  }
}

/** A table of rows that are there already. */
export function tableOf(data: TableData, print: Print): Table {
  return new Table(data.names, () => data, print);
}

const derived = (self: Table, data: TableData): Table => tableOf(data, self.print);

/** Runs work that may call macros; the evaluator waits for it. */
const later = (work: () => Work<Value>): Pending => new Pending(work());

const limitOf = (value: Value): number | null => (isIndex(value) ? Number(value) : null);

function limitRows(self: Table, start: Value, stop: Value, step: Value): Table {
  const { rows } = self.data;
  const sliced = stop === null && step === null ? [0, start, 1] : [start, stop, step];
  const [from, to, by] = sliced.map((bound) => limitOf(bound ?? null));
  const size = rows.length;
  const at = (bound: number | null | undefined, fallback: number): number => {
    if (bound === null || bound === undefined) return fallback;
    return Math.min(size, Math.max(0, bound < 0 ? bound + size : bound));
  };
  const stride = by ?? 1;
  if (stride < 1) raise('ValueError', 'limit() needs a step of one or more');
  const first = at(from, 0);
  const picked = rows.slice(first, at(to, size)).filter((_, index) => index % stride === 0);
  return derived(self, { ...self.data, rows: picked });
}

const printing: Readonly<Record<string, HostMethod<Table>>> = {
  print_table: method(
    [
      ['max_rows', 20],
      ['max_columns', 6],
      ['output', null],
      ['max_column_width', 20],
      ['locale', null],
      ['max_precision', 3],
    ],
    (self, maxRows, maxColumns, _output, width, _locale, precision) => {
      const limits = {
        maxRows: limitOf(maxRows!),
        maxColumns: limitOf(maxColumns!),
        maxColumnWidth: limitOf(width!),
        maxPrecision: limitOf(precision!),
      };
      self.print(layOutTable(self.data, limits));
      return null;
    },
  ),
  print_structure: method(
    [
      ['output', null],
      ['max_rows', null],
    ],
    (self) => {
      self.print(layOutStructure(self.data));
      return null;
    },
  ),
  print_csv: method([], (self) => {
    self.print(tableCsv(self.data).replace(/\n$/, ''));
    return null;
  }),
  print_json: method(
    [
      ['key', null],
      ['newline', false],
      ['indent', null],
    ],
    (self, key, newline, indent) => {
      const layout = {
        key: key === null ? null : str(key!),
        newline: truth(newline!),
        indent: limitOf(indent!),
      };
      self.print(tableJson(self.data, layout).replace(/\n$/, ''));
      return null;
    },
  ),
  to_csv: method(['*args', '**kwargs'], () => tableToFile('to_csv')),
  to_json: method(['*args', '**kwargs'], () => tableToFile('to_json')),
};

const queries: Readonly<Record<string, HostMethod<Table>>> = {
  select: method(['key'], (self, key) =>
    derived(self, selectColumns(self.data, columnPositions(self.data, key!))),
  ),
  exclude: method(['key'], (self, key) => derived(self, excludeColumns(self.data, key!))),
  limit: method(
    [
      ['start_or_stop', null],
      ['stop', null],
      ['step', null],
    ],
    (self, start, stop, step) => limitRows(self, start!, stop!, step!),
  ),
  rename: method(
    [
      ['column_names', null],
      ['row_names', null],
    ],
    (self, names, rowNames) => {
      if (rowNames !== null) return tableWithout('rename(row_names=...)');
      return names === null ? self : derived(self, renameColumns(self.data, names!));
    },
  ),
  where: method(['test'], (self, test) =>
    later(function* () {
      return derived(self, yield* where(self.data, test!));
    }),
  ),
  find: method(['test'], (self, test) =>
    later(function* () {
      const answers = yield* callEach(test!, self.data);
      return self.rows.values[answers.findIndex(truth)] ?? null;
    }),
  ),
  order_by: method(['key', ['reverse', false]], (self, key, reverse) =>
    later(function* () {
      return derived(self, yield* orderBy(self.data, key!, truth(reverse!)));
    }),
  ),
  distinct: method([['key', null]], (self, key) =>
    later(function* () {
      return derived(self, yield* distinct(self.data, key!));
    }),
  ),
  group_by: method(['key', ['key_name', null]], (self, key) =>
    later(function* () {
      const groups = yield* groupRows(self.data, key!);
      const tables = groups.map(({ table }) => derived(self, table));
      return new MappedSequence(
        'TableSet',
        tables,
        groups.map((group) => group.key),
      );
    }),
  ),
  join: method(
    [
      'right_table',
      ['left_key', null],
      ['right_key', null],
      ['inner', false],
      ['full_outer', false],
      ['require_match', false],
      ['columns', null],
    ],
    (self, right, leftKey, rightKey, inner, fullOuter, requireMatch, columns) => {
      if (!(right instanceof Table)) return raise('TypeError', 'join() needs a table');
      const options = {
        leftKey: leftKey!,
        rightKey: rightKey!,
        inner: truth(inner!),
        fullOuter: truth(fullOuter!),
        requireMatch: truth(requireMatch!),
        columns: Array.isArray(columns) ? columns.map(str) : null,
      };
      return later(function* () {
        return derived(self, yield* joinTables(self.data, right.data, options));
      });
    },
  ),
};

/** agate's remaining methods: known, so that the error can say that they are missing on purpose. */
const missing = Object.fromEntries(
  [
    ...[
      'aggregate',
      'bar_chart',
      'bins',
      'column_chart',
      'compute',
      'denormalize',
      'homogenize',
      'line_chart',
    ],
    ...['merge', 'normalize', 'pivot', 'print_bars', 'print_html', 'scatterplot'],
    ...['from_csv', 'from_fixed', 'from_json', 'from_object'],
  ].map((name) => [name, method<Table>(['*args', '**kwargs'], () => tableWithout(name))]),
);

const tableType: HostType<Table> = {
  typeName: 'Table',
  ...membersOf<Table>(
    {
      columns: (self) => self.columns,
      rows: (self) => self.rows,
      column_names: (self) => tupleOf(self.names),
      column_types: (self) => tupleOf(self.data.types),
      row_names: () => null,
    },
    { ...printing, ...queries, ...missing },
  ),
  item: (self, key) => {
    return typeof key !== 'boolean' && isIndex(key) ? self.rows.values.at(Number(key)) : undefined;
  },
  iterate: (self) => self.rows.values,
  length: (self) => self.data.rows.length,
  sequence: (self) => self.rows.values,
  str: (self) => `${layOutStructure(self.data)}\n`,
  repr: () => '<agate.table.Table object>',
};
