import { expect, test } from 'vitest';
import type { Cell, ColumnKind } from '../../../src/adapter/cell.ts';
import { openSession } from './warehouse.ts';

type Case = readonly [sql: string, cell: Cell, kind: ColumnKind, type: string];

const fields = (...entries: (readonly [string, Cell])[]): Cell => ({ fields: entries });

/** Dates and times as Python's str of what the Python client returns (zone America/New_York). */
const cases: readonly Case[] = [
  ['true', true, 'boolean', 'BOOLEAN'],
  ['null', null, 'integer', 'INTEGER'],
  ['1::tinyint', 1, 'integer', 'TINYINT'],
  ['255::utinyint', 255, 'integer', 'UTINYINT'],
  ['65535::usmallint', 65535, 'integer', 'USMALLINT'],
  ['4294967295::uinteger', 4294967295, 'integer', 'UINTEGER'],
  ['9007199254740991::bigint', 9007199254740991, 'integer', 'BIGINT'],
  ['9007199254740993::bigint', 9007199254740993n, 'integer', 'BIGINT'],
  ['18446744073709551615::ubigint', 18446744073709551615n, 'integer', 'UBIGINT'],
  ['12::hugeint', 12, 'integer', 'HUGEINT'],
  ["'-170141183460469231731687303715884105728'::hugeint", -(2n ** 127n), 'integer', 'HUGEINT'],
  ["'340282366920938463463374607431768211455'::uhugeint", 2n ** 128n - 1n, 'integer', 'UHUGEINT'],
  ['123::bignum', 123, 'integer', 'BIGNUM'],
  ['1.5::float', 1.5, 'float', 'FLOAT'],
  ['0.1::double', 0.1, 'float', 'DOUBLE'],
  ["'nan'::double", Number.NaN, 'float', 'DOUBLE'],
  ["'-inf'::double", Number.NEGATIVE_INFINITY, 'float', 'DOUBLE'],
  ['1.50::decimal(5,2)', '1.50', 'decimal', 'DECIMAL(5,2)'],
  ['-0.05::decimal(5,2)', '-0.05', 'decimal', 'DECIMAL(5,2)'],
  ['10::decimal(5,0)', '10', 'decimal', 'DECIMAL(5,0)'],
  [
    "'12345678901234567890123456789012345.678'::decimal(38,3)",
    '12345678901234567890123456789012345.678',
    'decimal',
    'DECIMAL(38,3)',
  ],
  ["'grüße 💧'", 'grüße 💧', 'text', 'VARCHAR'],
  ["''", '', 'text', 'VARCHAR'],
  ["'y'::enum('x', 'y')", 'y', 'text', "ENUM('x', 'y')"],
  ["uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'text', 'UUID'],
  ['\'{"a": [1]}\'::json', '{"a": [1]}', 'json', 'JSON'],
  [String.raw`'a\xAA'::blob`, new Uint8Array([97, 170]), 'bytes', 'BLOB'],
  ["'0101'::bit", '0101', 'other', 'BIT'],
  ["'2024-02-29'::date", '2024-02-29', 'date', 'DATE'],
  ["'infinity'::date", 'infinity', 'date', 'DATE'],
  ["'-infinity'::date", '-infinity', 'date', 'DATE'],
  ["'0044-03-15 (BC)'::date", '0044-03-15 (BC)', 'date', 'DATE'],
  ["'20000-01-01'::date", '20000-01-01', 'date', 'DATE'],
  ["'01:02:03'::time", '01:02:03', 'time', 'TIME'],
  ["'01:02:03.000001'::time", '01:02:03.000001', 'time', 'TIME'],
  ["'01:02:03.5'::time", '01:02:03.500000', 'time', 'TIME'],
  ["'24:00:00'::time", '24:00:00', 'time', 'TIME'],
  ["'01:02:03.5+02'::timetz", '01:02:03.500000+02:00', 'time', 'TIME WITH TIME ZONE'],
  ["'01:02:03-05:30'::timetz", '01:02:03-05:30', 'time', 'TIME WITH TIME ZONE'],
  ["'2024-01-01'::timestamp", '2024-01-01 00:00:00', 'timestamp', 'TIMESTAMP'],
  ["'2024-01-01 01:02:03.5'::timestamp", '2024-01-01 01:02:03.500000', 'timestamp', 'TIMESTAMP'],
  ["'1969-12-31 23:59:59.999999'::timestamp", '1969-12-31 23:59:59.999999', 'timestamp', 'TIMESTAMP'],
  ["'infinity'::timestamp", 'infinity', 'timestamp', 'TIMESTAMP'],
  ["'-infinity'::timestamp", '-infinity', 'timestamp', 'TIMESTAMP'],
  ["'2024-01-01 01:02:03'::timestamp_s", '2024-01-01 01:02:03', 'timestamp', 'TIMESTAMP_S'],
  ["'2024-01-01 01:02:03.123'::timestamp_ms", '2024-01-01 01:02:03.123000', 'timestamp', 'TIMESTAMP_MS'],
  ["'2024-01-01 01:02:03.123456'::timestamp_ns", '2024-01-01 01:02:03.123456', 'timestamp', 'TIMESTAMP_NS'],
  [
    "'2024-01-01 01:02:03.123456789'::timestamp_ns",
    '2024-01-01 01:02:03.123456789',
    'timestamp',
    'TIMESTAMP_NS',
  ],
  [
    "'2024-07-01 01:02:03.5+00'::timestamptz",
    '2024-06-30 21:02:03.500000-04:00',
    'timestamptz',
    'TIMESTAMP WITH TIME ZONE',
  ],
  [
    "'2024-01-01 01:02:03+00'::timestamptz",
    '2023-12-31 20:02:03-05:00',
    'timestamptz',
    'TIMESTAMP WITH TIME ZONE',
  ],
  [
    "'2024-11-03 05:30:00+00'::timestamptz",
    '2024-11-03 01:30:00-04:00',
    'timestamptz',
    'TIMESTAMP WITH TIME ZONE',
  ],
  [
    "'2024-11-03 06:30:00+00'::timestamptz",
    '2024-11-03 01:30:00-05:00',
    'timestamptz',
    'TIMESTAMP WITH TIME ZONE',
  ],
  ["'infinity'::timestamptz", 'infinity', 'timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  [
    "interval '1 year 2 months 3 days 04:05:06.7'",
    '1 year 2 months 3 days 04:05:06.7',
    'interval',
    'INTERVAL',
  ],
  ['interval 0 day', '00:00:00', 'interval', 'INTERVAL'],
  ['[1, 2, null]', [1, 2, null], 'list', 'INTEGER[]'],
  ['[1, 2]::int[2]', [1, 2], 'list', 'INTEGER[2]'],
  ['[]::varchar[]', [], 'list', 'VARCHAR[]'],
  ["[[date '2024-01-01'], null]", [['2024-01-01'], null], 'list', 'DATE[][]'],
  [
    "{'a': 1, 'b c': [1.5]}",
    fields(['a', 1], ['b c', ['1.5']]),
    'struct',
    'STRUCT(a INTEGER, "b c" DECIMAL(2,1)[])',
  ],
  ["{'2': 'x', '1': 'y'}", fields(['2', 'x'], ['1', 'y']), 'struct', 'STRUCT("2" VARCHAR, "1" VARCHAR)'],
  ['row(1, 2)', fields(['', 1], ['', 2]), 'struct', 'STRUCT(INTEGER, INTEGER)'],
  ['[row(1, 2)]', [fields(['', 1], ['', 2])], 'list', 'STRUCT(INTEGER, INTEGER)[]'],
  ["map {'a': 1, 'b': null}", fields(['a', 1], ['b', null]), 'struct', 'MAP(VARCHAR, INTEGER)'],
  ["map {date '2024-01-01': 1}", fields(['2024-01-01', 1]), 'struct', 'MAP(DATE, INTEGER)'],
  ['union_value(n := 1)::union(n int, s varchar)', 1, 'other', 'UNION(n INTEGER, s VARCHAR)'],
  [
    "{'at': timestamptz '2024-01-01 00:00:00+00'}",
    fields(['at', '2023-12-31 19:00:00-05:00']),
    'struct',
    'STRUCT("at" TIMESTAMP WITH TIME ZONE)',
  ],
];

test.each(cases)('%s comes back exactly', async (sql, cell, kind, type) => {
  const session = await openSession({ settings: { TimeZone: 'America/New_York' } });
  const { columns, rows } = await session.execute(`select ${sql} as x, ${sql} as y from range(2)`);
  expect(rows).toEqual([
    [cell, cell],
    [cell, cell],
  ]);
  expect(columns[0]).toEqual({ name: 'x', kind, type });
});

test('the type of a result column is spelled as DESCRIBE spells it', async () => {
  const session = await openSession();
  for (const [sql] of cases) {
    const [described] = await session.describeQuery(`select ${sql} as x`);
    const { columns } = await session.execute(`select ${sql} as x`);
    expect(columns[0]!.type, sql).toBe(described!.type);
  }
});

test('instants follow a time zone that a statement sets', async () => {
  const session = await openSession({ settings: { TimeZone: 'UTC' } });
  const read = async () => (await session.execute("select timestamptz '2024-07-01 12:00:00+00'")).rows[0]![0];
  expect(await read()).toBe('2024-07-01 12:00:00+00:00');
  await session.execute("set TimeZone = 'Asia/Kolkata'");
  expect(await read()).toBe('2024-07-01 17:30:00+05:30');
});
