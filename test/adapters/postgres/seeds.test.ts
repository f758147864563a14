import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RowSource } from '../../../src/adapter/adapter.ts';
import { scratchFolder } from '../../rig.ts';
import { failureOf, openWarehouse, rowsOf, scratchSchema } from './warehouse.ts';

function source(columns: RowSource['columns'], rows: readonly (readonly (string | null)[])[]): RowSource {
  return {
    path: '/nowhere.csv',
    delimiter: ',',
    columns,
    plain: false,
    async *rows() {
      yield* rows;
    },
  };
}

const columns = [
  { name: 'id', type: 'integer' },
  { name: 'Name', type: 'text' },
];

test('rows are copied whatever they hold, into the columns that are named', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t ("Name" text, extra int, id int)`);
  const names = ['a\tb', 'line\nbreak\r', '\\N', '\\.', '', null, 'é😀'];
  const rows = names.map((name, index) => [String(index), name]);
  const target = { database: 'postgres', schema, identifier: 't' };
  expect(await session.loadRows(target, source(columns, rows))).toBe(names.length);
  expect(await rowsOf(session, `select "Name" from ${schema}.t order by id`)).toEqual(
    names.map((name) => [name]),
  );
});

test('a cell that does not fit fails the whole load, with its row and column', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (id int, "Name" text)`);
  const rows = Array.from({ length: 3000 }, (_, index) => [index === 2500 ? 'x' : String(index), 'n']);
  const target = { database: null, schema, identifier: 't' };
  const failure = await failureOf(session.loadRows(target, source(columns, rows)));
  expect(failure).toMatchObject({ kind: 'data', code: '22P02' });
  expect(failure.detail).toBe(`in row 2501, column 'id': "x"`);
  expect(await rowsOf(session, `select count(*) from ${schema}.t`)).toEqual([[0]]);
});

test('a file that cannot be read to its end loads nothing, and its error is told', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (id int, "Name" text)`);
  const broken: RowSource = {
    ...source(columns, []),
    async *rows() {
      yield ['1', 'a'];
      throw new Error('the file ends here');
    },
  };
  const target = { database: null, schema, identifier: 't' };
  expect((await failureOf(session.loadRows(target, broken))).message).toBe('the file ends here');
  expect(await rowsOf(session, `select count(*) from ${schema}.t`)).toEqual([[0]]);
});

test('a plain file goes to the server as it is, and an error names its line', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const session = await warehouse.openSession('test');
  await session.execute(`create table ${schema}.t (id int, "Name" text)`);
  const path = join(scratchFolder(), 'file.csv');
  const plain: RowSource = { ...source(columns, []), path, delimiter: ';', plain: true };
  const target = { database: null, schema, identifier: 't' };
  writeFileSync(path, '\ufeffid;Name\n1;"a;b"\n2;\n3;\\N\n4;é');
  expect(await session.loadRows(target, plain)).toBe(4);
  expect(await rowsOf(session, `select id, "Name" from ${schema}.t order by id`)).toEqual([
    [1, 'a;b'],
    [2, null],
    [3, '\\N'],
    [4, 'é'],
  ]);
  writeFileSync(path, 'id;Name\n5;a\nx;b\n');
  const failure = await failureOf(session.loadRows(target, plain));
  expect(failure.detail).toBe(`in line 3, column 'id': "x"`);
  expect(await rowsOf(session, `select count(*) from ${schema}.t`)).toEqual([[4]]);
});
