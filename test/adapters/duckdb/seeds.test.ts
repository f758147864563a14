import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RowSource } from '../../../src/adapter/adapter.ts';
import { failureOf, openSession, openWarehouse, rowsOf, scratchFolder } from './warehouse.ts';

const target = { database: 'memory', schema: 'main', identifier: 'Seed "x"' };
const quoted = '"Seed ""x"""';
const columns = [
  { name: 'id', type: 'integer' },
  { name: 'name', type: 'text' },
  { name: 'price', type: 'float8' },
  { name: 'paid', type: 'boolean' },
  { name: 'on day', type: 'date' },
  { name: 'at', type: 'timestamp without time zone' },
];
const create = `create table ${quoted} (${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`;

type Row = readonly (string | null)[];
const rows: readonly Row[] = [
  ['1', 'plain', '1.5', 'true', '2024-01-01', '2024-01-01 10:00:00'],
  ['2', 'comma, and "quotes"', '-0.25', 'false', '2024-02-29', '2024-01-01T10:00:00'],
  ['3', 'two\nlines', null, null, null, null],
  ['4', null, '1e3', 'True', '1999-12-31', '2024-01-01 10:00:00.5'],
  ['5', ' spaces ', '0', 'f', '2024-01-02', '2024-01-01'],
  ['6', "grüße 💧 \\ '", '7', 't', '2024-01-02', '2024-01-01'],
];

function csv(lines: readonly Row[], delimiter: string): string {
  const cell = (value: string | null) =>
    value === null
      ? ''
      : /["\n]/.test(value) || value.includes(delimiter)
        ? `"${value.replaceAll('"', '""')}"`
        : value;
  return lines.map((line) => `${line.map(cell).join(delimiter)}\n`).join('');
}

function source(lines: readonly Row[], options: Partial<RowSource> & { folder?: string } = {}): RowSource {
  const delimiter = options.delimiter ?? ',';
  const path = join(options.folder ?? scratchFolder(), "it's a seed.csv");
  writeFileSync(path, csv([columns.map(({ name }) => name), ...lines], delimiter));
  return {
    path,
    delimiter,
    columns,
    plain: true,
    async *rows() {
      yield* lines;
    },
    ...options,
  };
}

test.each([',', ';', '\t', '|'])(
  'a file read by DuckDB and rows handed over give the same table (%j)',
  async (delimiter) => {
    const session = await openSession();
    const tables: unknown[] = [];
    for (const plain of [true, false]) {
      await session.execute(create.replace('create', 'create or replace'));
      expect(await session.loadRows(target, source(rows, { plain, delimiter }))).toBe(rows.length);
      tables.push(await rowsOf(session, `select * from ${quoted} order by id`));
    }
    expect(tables[1]).toEqual(tables[0]);
    expect(tables[0]).toEqual([
      [1, 'plain', 1.5, true, '2024-01-01', '2024-01-01 10:00:00'],
      [2, 'comma, and "quotes"', -0.25, false, '2024-02-29', '2024-01-01 10:00:00'],
      [3, 'two\nlines', null, null, null, null],
      [4, null, 1000, true, '1999-12-31', '2024-01-01 10:00:00.500000'],
      [5, ' spaces ', 0, false, '2024-01-02', '2024-01-01 00:00:00'],
      [6, "grüße 💧 \\ '", 7, true, '2024-01-02', '2024-01-01 00:00:00'],
    ]);
  },
);

test.each([true, false])('loading is part of the transaction (plain: %s)', async (plain) => {
  const session = await openSession();
  await session.execute(create);
  await session.begin();
  await session.loadRows(target, source(rows, { plain }));
  await session.rollback();
  expect(await rowsOf(session, `select count(*) from ${quoted}`)).toEqual([[0]]);
  expect(await rowsOf(session, 'select count(*) from duckdb_tables() where temporary')).toEqual([[0]]);
});

test.each([true, false])(
  'a cell that does not fit its column is the data’s mistake (plain: %s)',
  async (plain) => {
    const session = await openSession();
    await session.execute(create);
    await session.begin();
    const bad = [...rows, ['seven', 'x', '1', 'true', '2024-01-01', '2024-01-01']];
    const failure = await failureOf(session.loadRows(target, source(bad, { plain })));
    expect(failure.kind).toBe('data');
    expect(`${failure.message}\n${failure.detail}`).toContain('seven');
    await session.rollback();
    expect(await rowsOf(session, `select count(*) from ${quoted}`)).toEqual([[0]]);
  },
);

test.each([true, false])('a file of a header only loads nothing (plain: %s)', async (plain) => {
  const session = await openSession();
  await session.execute(create);
  expect(await session.loadRows(target, source([], { plain }))).toBe(0);
});

test('more rows than one chunk are all handed over, in order', async () => {
  const session = await openSession();
  await session.execute(create);
  const many: Row[] = Array.from({ length: 5000 }, (_, index) => [
    String(index),
    `n${index}`,
    null,
    null,
    null,
    null,
  ]);
  expect(await session.loadRows(target, source(many, { plain: false }))).toBe(5000);
  expect(await rowsOf(session, `select count(*), count(distinct name), max(id) from ${quoted}`)).toEqual([
    [5000, 5000, 4999],
  ]);
});

test('a path with wild cards is one file, not a pattern', async () => {
  const folder = join(scratchFolder(), 'data[12]*');
  mkdirSync(folder);
  const session = await openSession();
  await session.execute(create);
  expect(await session.loadRows(target, source(rows, { folder }))).toBe(rows.length);
});

test('a load is cancelled by its signal', async () => {
  const session = await openSession();
  await session.execute(create);
  await session.begin();
  const controller = new AbortController();
  const endless: RowSource = {
    ...source([], { plain: false }),
    async *rows() {
      for (let index = 0; ; index += 1) {
        if (index === 5000) controller.abort();
        yield [String(index % 1000), null, null, null, null, null];
      }
    },
  };
  expect(await failureOf(session.loadRows(target, endless, { signal: controller.signal }))).toMatchObject({
    kind: 'cancelled',
  });
  await session.rollback();
  expect(await rowsOf(session, `select count(*) from ${quoted}`)).toEqual([[0]]);
});

test('a source that fails leaves nothing behind', async () => {
  const warehouse = await openWarehouse();
  const session = await warehouse.openSession('1');
  await session.execute(create);
  await session.begin();
  const broken: RowSource = {
    ...source([], { plain: false }),
    async *rows() {
      yield rows[0]!;
      throw new Error('line 2 is broken');
    },
  };
  await expect(session.loadRows(target, broken)).rejects.toThrow('line 2 is broken');
  await session.rollback();
  expect(await rowsOf(session, `select count(*) from ${quoted}`)).toEqual([[0]]);
});
