import { expect, test } from 'vitest';
import { all, oneColumn, seedOf } from './support.ts';

// The kind and the values of a column with these cells, as dbt 1.11 reads them: its table's own type and the text of
// each value.
const cases: readonly (readonly [cells: string[], kind: string, values: (string | null)[]])[] = [
  [['1', '2'], 'integer', ['1', '2']],
  [['007', '008'], 'integer', ['7', '8']],
  [['1', '', 'null', ' NULL '], 'integer', ['1', null, null, null]],
  [['', ''], 'integer', [null, null]],
  [['null', 'null'], 'integer', [null, null]],
  [['1.0', '2.00'], 'integer', ['1.0', '2.00']],
  [['1.5', '2'], 'number', ['1.5', '2']],
  [['1e5'], 'integer', ['1E+5']],
  [['1E-7'], 'number', ['1E-7']],
  [['1,000', '2,500,000'], 'integer', ['1000', '2500000']],
  [['1,000.5'], 'number', ['1000.5']],
  [['$5', '-$5.50'], 'number', ['5', '-5.50']],
  [['$-5'], 'integer', ['-5']],
  [['€5', '5%'], 'integer', ['5', '5']],
  [['--5'], 'integer', ['5']],
  [['+5', '5 '], 'integer', ['5', '5']],
  [[' 5 '], 'integer', ['5']],
  [['1_000'], 'integer', ['1000']],
  [['NaN', '1.5'], 'number', ['NaN', '1.5']],
  [['NaN'], 'integer', ['NaN']],
  [['inf', '-Infinity'], 'integer', ['Infinity', '-Infinity']],
  [['99999999999'], 'integer', ['99999999999']],
  [['2147483648'], 'integer', ['2147483648']],
  [['123456789012345678901234567890'], 'number', ['1.234567890123456789012345679E+29']],
  [['12345678901234567890123456789.5'], 'number', ['1.234567890123456789012345679E+28']],
  [['1e400', '7'], 'integer', ['1E+400', '7']],
  [['1e27', '0.5'], 'integer', ['1E+27', '0.5']],
  [['1', 'abc'], 'text', ['1', 'abc']],
  [['0x10'], 'text', ['0x10']],
  [['.5', '5.'], 'number', ['0.5', '5']],
  [['-0', '0.00'], 'integer', ['-0', '0.00']],
  [['١٢'], 'integer', ['12']],
  [['2020-01-02', '2020-1-2'], 'date', ['2020-01-02', '2020-01-02']],
  [['2020-01- 2'], 'date', ['2020-01-02']],
  [['2020-01-1２', '２０２０-01-02'], 'date', ['2020-01-12', '2020-01-02']],
  [['2020-01-0２'], 'text', ['2020-01-0２']],
  [['2020-02-30'], 'text', ['2020-02-30']],
  [['2020-13-01'], 'text', ['2020-13-01']],
  [['01/02/2020'], 'text', ['01/02/2020']],
  [['2020-01-02 03:04:05', '2020-1-2 3:4:5'], 'datetime', ['2020-01-02 03:04:05', '2020-01-02 03:04:05']],
  [['2020-01-02  03:04:05'], 'datetime', ['2020-01-02 03:04:05']],
  [['2020-01-02 03:04'], 'text', ['2020-01-02 03:04']],
  [['2020-01-02 03:04:05.5'], 'text', ['2020-01-02 03:04:05.5']],
  [['2020-01-02 23:59:60'], 'text', ['2020-01-02 23:59:60']],
  [['2020-01-02', '2020-01-02 03:04:05'], 'text', ['2020-01-02', '2020-01-02 03:04:05']],
  [
    ['2020-01-02T03:04:05', '2020-01-02T03:04:05.123456789'],
    'datetime',
    ['2020-01-02 03:04:05', '2020-01-02 03:04:05.123456'],
  ],
  [['2020-01-02T03:04:05Z'], 'datetime', ['2020-01-02 03:04:05+00:00']],
  [
    ['2020-01-02T03:04:05+02:00', '2020-01-02T03:04:05-0530'],
    'datetime',
    ['2020-01-02 03:04:05+02:00', '2020-01-02 03:04:05-05:30'],
  ],
  [['2020-01-02 03:04:05', '2020-01-02T03:04:05'], 'text', ['2020-01-02 03:04:05', '2020-01-02T03:04:05']],
  [['2020-01-02 03:04:05+00:00'], 'text', ['2020-01-02 03:04:05+00:00']],
  [['20200102T030405'], 'datetime', ['2020-01-02 03:04:05']],
  [['2020-W05-3T10:00', '2020-030T10:30.5'], 'datetime', ['2020-01-29 10:00:00', '2020-01-30 10:30:30']],
  [['2020-01T10', '20T10.25'], 'datetime', ['2020-01-01 10:00:00', '2001-01-01 10:15:00']],
  [['2020-01-02T'], 'text', ['2020-01-02T']],
  [['true', 'FALSE', 'True'], 'boolean', ['True', 'False', 'True']],
  [['tr,ue', 'null'], 'boolean', ['True', null]],
  [['yes', 'no'], 'text', ['yes', 'no']],
  [['t', 'f'], 'text', ['t', 'f']],
  [['1', '0', 'true'], 'text', ['1', '0', 'true']],
  [['true', '1'], 'text', ['true', '1']],
  [['a', 'null', '', ' '], 'text', ['a', null, null, null]],
  [['null ', 'x'], 'text', [null, 'x']],
  [['a', '"q"'], 'text', ['a', '"q"']],
  [[' 5 '], 'integer', ['5']],
  [['\u001c5'], 'integer', ['5']],
];

test.each(cases)('a column of %j is %s', async (cells, kind, values) => {
  const seed = await seedOf(oneColumn(cells));
  expect(seed.columns[0]!.kind).toBe(kind);
  expect((await all(seed.values())).map((row) => row[0])).toEqual(values);
});

test('the order of rows does not matter', async () => {
  for (const [cells, kind] of cases) {
    expect((await seedOf(oneColumn([...cells].reverse()))).columns[0]!.kind).toBe(kind);
  }
});

test('a column without any row is an integer column', async () => {
  const seed = await seedOf('a,b\n');
  expect(seed.columns.map(({ kind, reading }) => [kind, reading])).toEqual([
    ['integer', 'nothing'],
    ['integer', 'nothing'],
  ]);
});

test('a column with a declared type keeps its text', async () => {
  const seed = await seedOf('a,b\n007,007\nnull,\n', { textColumns: ['a'] });
  expect(seed.columns.map(({ kind }) => kind)).toEqual(['text', 'integer']);
  expect(await all(seed.rows())).toEqual([
    ['007', '7'],
    [null, null],
  ]);
});

test.each([
  [
    ['1e5', '007', '2.0', '-0', '1,000'],
    ['100000', '7', '2', '0', '1000'],
  ],
  [
    ['1e5', '0.50', '1E-7', '$3'],
    ['1E+5', '0.50', '1E-7', '3'],
  ],
  [['2020-1-2'], ['2020-01-02']],
  [
    ['2020-01-02T03:04:05+02:00', '2020-01-02T03:04:05.5'],
    ['2020-01-02 01:04:05', '2020-01-02 03:04:05.500000'],
  ],
  [
    ['TRUE', 'false'],
    ['True', 'False'],
  ],
])('the warehouse is given %j as %j', async (cells, texts) => {
  expect((await all((await seedOf(oneColumn(cells))).rows())).map((row) => row[0])).toEqual(texts);
});

// What dbt-duckdb's COPY made of the same cells.
test.each([
  [
    ['a', 'null', '', ' '],
    ['a', 'null', null, ' '],
  ],
  [['2020-01-02T03:04:05+02:00'], ['2020-01-02 03:04:05']],
])('where the engine copies the file, %j is loaded as %j', async (cells, texts) => {
  const seed = await seedOf(oneColumn(cells), { loading: 'copy' });
  expect((await all(seed.rows())).map((row) => row[0])).toEqual(texts);
});

test('integers beyond 32 bits are told', async () => {
  const wide = async (...cells: string[]) => (await seedOf(oneColumn(cells))).columns[0]!.wide;
  expect(await wide('2147483647', '-2147483648')).toBe(false);
  expect(await wide('1', '2147483648')).toBe(true);
  expect(await wide('-2147483649')).toBe(true);
  expect(await wide('3e9')).toBe(true);
  expect(await wide('0000000000001')).toBe(false);
  expect(await wide('99999999999', '0.5')).toBe(false);
});
