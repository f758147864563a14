import { DuckDBConnection, DuckDBInstance, DuckDBTypeId, type Json } from '@duckdb/node-api';
import { onTestFinished, vi } from 'vitest';
import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import { type Files, type TestProject, testProject } from '../rig.ts';
import { commonValues } from './fixture-values.ts';
import { type Client, plainNumber, type Rows, type Warehouse, type WarehouseProject } from './warehouse.ts';

export const duckdb: Warehouse = {
  name: 'DuckDB',
  facts: duckdbFacts,
  project,
  types: {
    integer: 'INTEGER',
    bigint: 'BIGINT',
    double: 'DOUBLE',
    text: 'VARCHAR',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMP WITH TIME ZONE',
    time: 'TIME',
  },
  endless: '(select count(*) from range(1000000000000))',
  lockHolder: /waits for another run of this process \(pid \d+\)$/,
  slow: '(select count(*) from range(200000000))',
  snapshot: 'begin',
  ownValues: [
    ['[1, 2, 3]', '[1, 2, 3]', "'[1, 2, 3]'"],
    ["['a', null, 'b,c']", '["a", null, "b,c"]', `'["a", null, "b,c"]'`],
    ["{'a': 1, 'b': 'x'}", '{"a": 1, "b": "x"}', `'{"a": 1, "b": "x"}'`],
    [
      "uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    ],
    ['cast(12345678901234567890 as hugeint)', '12345678901234567890', '12345678901234567890'],
    ["cast('\\xDE\\xAD' as blob)", "b'\\xde\\xad'", `"b'\\\\xde\\\\xad'"`],
  ],
  fixtureValues: [
    ...commonValues,
    { type: 'hugeint', value: "'170141183460469231731687303715884105727'", other: "'-1'" },
    { type: 'utinyint', value: '255', other: '0' },
    { type: 'json', value: '\'{"a": [1, 2]}\'', other: '{a: [1, 3]}' },
    { type: 'integer[]', value: '[1, 2]', other: "'[1]'" },
    { type: 'varchar[][]', value: "[[a, it's], []]", other: '[[a]]' },
    { type: 'struct(a integer, b varchar)', value: '{a: 1, b: x}', other: '{a: null, b: x}' },
    { type: 'map(varchar, integer)', value: '{k: 1}', other: "'{k=2}'" },
    { type: "enum('low', 'high')", value: 'low', other: 'high' },
    { type: 'blob', value: 'abc', other: 'abd' },
    { type: 'timestamp_ns', value: '2024-01-02 03:04:05.123456789', other: '2024-01-02 03:04:05.123457789' },
    { type: 'bit', value: "'101'", other: "'100'" },
  ],
  watch,
  // The statement, and the transaction around it.
  statements: {
    view: { recipe: 1, first: 3, again: 3 },
    table: { recipe: 1, first: 3, again: 3 },
  },
  listing: /duckdb_tables\(\) where .* and not temporary/,
  lacks: {
    roles: 'whoever can open the file may do everything',
    'bound views': 'a view is text that is looked up when it is read',
    'materialized views': 'there are none',
    attachments: 'there are none',
    processes: 'the file belongs to one process at a time',
    'reader locks': 'readers go on with what stood there when they began',
    'sized text': 'a length is taken and forgotten',
  },
};

const database = 'shop';
const schema = 'main';

function project(files: Files = {}): WarehouseProject {
  const made = testProject(files);
  const rows = async (sql: string): Promise<Rows> => {
    const { rows, close } = await open(made);
    return rows(sql).finally(close);
  };
  return {
    ...made,
    database,
    schema,
    rows,
    client: async () => {
      const client = await open(made);
      onTestFinished(client.close);
      return client;
    },
    relations: async () => {
      const listed = await rows(
        `select table_schema, table_name, lower(replace(table_type, 'BASE ', '')) from information_schema.tables`,
      );
      return listed
        .map(
          ([place, name, type]) =>
            `${String(place).replace(/^main(_(.*)|)$/, (_, rest, more) => (rest === '' ? '' : `${more}.`))}${name} ${type}`,
        )
        .sort();
    },
    columns: async (relation) =>
      (
        await rows(`select column_name, data_type from information_schema.columns
        where table_schema = '${schema}' and table_name = '${relation}' order by ordinal_position`)
      ).map(([name, type]) => `${name} ${type}`),
    clear: async () => made.write({ 'shop.duckdb': null, 'shop.duckdb.wal': null }),
    // What works on the file is this process, or one that is gone by the time the file can be opened.
    running: async () => 0,
  };
}

/** Through the driver's cache, so that it may be open in this process already. */
async function open(made: TestProject): Promise<Client> {
  const instance = await DuckDBInstance.fromCache(made.path('shop.duckdb'), {});
  const connection = await instance.connect();
  let closed = false;
  return {
    rows: (sql) => ask(connection, sql),
    close: async () => {
      if (closed) return;
      closed = true;
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const numbers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DECIMAL,
]);

async function ask(connection: DuckDBConnection, sql: string): Promise<Rows> {
  const reader = await connection.runAndReadAll(sql);
  const types = reader.columnTypes();
  const plain = (value: Json, column: number): Rows[number][number] => {
    if (typeof value === 'string' && numbers.has(types[column]!.typeId)) return plainNumber(value);
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  };
  return reader.getRowsJson().map((row) => row.map(plain));
}

function watch(): readonly string[] {
  const sent: string[] = [];
  for (const name of ['run', 'prepare', 'stream'] as const) {
    const send = DuckDBConnection.prototype[name] as (sql: string) => Promise<never>;
    const spy = vi.spyOn(DuckDBConnection.prototype, name).mockImplementation(function (
      this: unknown,
      sql: string,
    ) {
      sent.push(sql);
      return send.call(this, sql);
    });
    onTestFinished(() => spy.mockRestore());
  }
  return sent;
}
