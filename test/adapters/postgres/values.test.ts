import { expect, test } from 'vitest';
import type { Cell, ColumnKind } from '../../../src/adapter/cell.ts';
import { since } from '../../postgres.ts';
import { openSession, openWarehouse, rowsOf, scratchSchema } from './warehouse.ts';

test.each<readonly [sql: string, value: Cell, kind: ColumnKind, type: string]>([
  ['true', true, 'boolean', 'boolean'],
  ['42::int2', 42, 'integer', 'smallint'],
  ['9007199254740991::int8', Number.MAX_SAFE_INTEGER, 'integer', 'bigint'],
  ['9007199254740993::int8', 9007199254740993n, 'integer', 'bigint'],
  ['0.1::float8', 0.1, 'float', 'double precision'],
  ["'NaN'::float4", Number.NaN, 'float', 'real'],
  ['1.10::numeric', '1.10', 'decimal', 'numeric'],
  [
    '12345678901234567890.123456789::numeric(30,9)',
    '12345678901234567890.123456789',
    'decimal',
    'numeric(30,9)',
  ],
  ...(since(15) ? [['120::numeric(3,-1)', '120', 'decimal', 'numeric(3,-1)'] as const] : []),
  ["'NaN'::numeric", 'NaN', 'decimal', 'numeric'],
  ["'x'::varchar(3)", 'x', 'text', 'character varying(3)'],
  ["'x'::char(3)", 'x  ', 'text', 'character(3)'],
  ["'é€😀'::text", 'é€😀', 'text', 'text'],
  ["date '2024-02-29'", '2024-02-29', 'date', 'date'],
  ["time '10:00:00.5'", '10:00:00.500000', 'time', 'time without time zone'],
  ["'10:00:00+05:30'::timetz", '10:00:00+05:30', 'time', 'time with time zone'],
  ["timestamp '2024-01-02 03:04:05'", '2024-01-02 03:04:05', 'timestamp', 'timestamp without time zone'],
  [
    "'2024-01-02 03:04:05.12'::timestamp(3)",
    '2024-01-02 03:04:05.120000',
    'timestamp',
    'timestamp(3) without time zone',
  ],
  ["timestamp 'infinity'", 'infinity', 'timestamp', 'timestamp without time zone'],
  [
    "timestamptz '2024-01-02 03:04:05.5+00'",
    '2024-01-02 03:04:05.500000+00:00',
    'timestamptz',
    'timestamp with time zone',
  ],
  [
    "timestamptz '0044-03-15 12:00:00+00 BC'",
    '0044-03-15 12:00:00+00:00 BC',
    'timestamptz',
    'timestamp with time zone',
  ],
  ["interval '1 day 2 hours'", '1 day 02:00:00', 'interval', 'interval'],
  ["'\\x00ff'::bytea", new Uint8Array([0, 255]), 'bytes', 'bytea'],
  ['\'{"a": 1}\'::jsonb', '{"a": 1}', 'json', 'jsonb'],
  ["'6f1d2a30-9c1b-4c9d-8f6e-0123456789ab'::uuid", '6f1d2a30-9c1b-4c9d-8f6e-0123456789ab', 'text', 'uuid'],
  ['array[1, null, 3]', [1, null, 3], 'list', 'integer[]'],
  [
    "array[['a', 'b\"\\ ,{}'], ['NULL', '']]",
    [
      ['a', 'b"\\ ,{}'],
      ['NULL', ''],
    ],
    'list',
    'text[]',
  ],
  ['array[1.50]::numeric(5,2)[]', ['1.50'], 'list', 'numeric(5,2)[]'],
  ["'[0:1]={t,f}'::bool[]", [true, false], 'list', 'boolean[]'],
  ["'{}'::int[]", [], 'list', 'integer[]'],
  ["array['(1,1),(0,0)', '(2,2),(1,1)']::box[]", ['(1,1),(0,0)', '(2,2),(1,1)'], 'list', 'box[]'],
  ["'1 2'::int2vector", '1 2', 'other', 'int2vector'],
  ["row(1, 'a')", '(1,a)', 'other', 'record'],
  ['null::int', null, 'integer', 'integer'],
])('%s', async (sql, value, kind, type) => {
  const session = await openSession();
  await session.execute("set timezone = 'UTC'");
  const { columns, rows } = await session.execute(`select ${sql} as a`);
  expect(rows).toEqual([[value]]);
  expect(columns).toEqual([{ name: 'a', kind, type }]);
  const [described] = await session.describeQuery(`select ${sql} as a`);
  expect(described!.type).toBe(type);
});

test('offsets follow the time zone of the session', async () => {
  const session = await openSession();
  await session.execute("set timezone = 'Asia/Kolkata'");
  expect(await rowsOf(session, "select timestamptz '2024-01-01 00:00:00+00'")).toEqual([
    ['2024-01-01 05:30:00+05:30'],
  ]);
});

test('types that the database defines are read as what they are made of', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create type ${schema}.mood as enum ('sad', 'it''s, ok')`);
  await session.execute(`create domain ${schema}.amount as numeric(10,2)`);
  const { columns, rows } = await session.execute(
    `select 'sad'::${schema}.mood a, array['it''s, ok', null]::${schema}.mood[] b, array[1]::${schema}.amount[] c`,
  );
  expect(rows).toEqual([['sad', ["it's, ok", null], ['1.00']]]);
  expect(columns.map(({ kind }) => kind)).toEqual(['text', 'list', 'list']);
});
