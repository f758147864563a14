import { expect, test } from 'vitest';
import { readSeed } from '../../../src/context/seed/read-seed.ts';
import { DiagnosticError, formatDiagnostic } from '../../../src/core/diagnostic.ts';
import { all, seedFile, seedOf } from './support.ts';

async function errors(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) return thrown.diagnostics.map(formatDiagnostic).join('\n');
    throw thrown;
  }
  throw new Error('no error');
}

test.each([
  [
    'a,b\n1\n2,3\n',
    [
      ['1', null],
      ['2', '3'],
    ],
  ],
  [
    'a,b\n\n1,2\n\n',
    [
      [null, null],
      ['1', '2'],
      [null, null],
    ],
  ],
  ['\ufeffa,b\r\n1,x\r\n', [['1', 'x']]],
  ['a,b\n1,"x\r\ny"\n', [['1', 'x\ny']]],
  ['\n1,2\n', [['1', '2']]],
])('%j gives the rows that dbt gives', async (text, rows) => {
  const seed = await seedOf(text);
  expect(await all(seed.values())).toEqual(rows);
  expect(seed.rowCount).toBe(rows.length);
  expect(seed.columns.map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each([
  [' a ,b', [' a ', 'b']],
  ['a,a,,a', ['a', 'a_2', 'c', 'a_3']],
  ['a,a_2,a', ['a', 'a_2', 'a_3']],
  ['a,A', ['a', 'A']],
  ['"x""y",b', ['x"y', 'b']],
])('the header %j names the columns %j', async (header, names) => {
  expect((await seedOf(`${header}\n`)).columns.map(({ name }) => name)).toEqual(names);
});

test('the delimiter may be any one character', async () => {
  const seed = await seedOf('a;b\n1;"x;y"\n', { delimiter: ';' });
  expect(await all(seed.rows())).toEqual([['1', 'x;y']]);
  expect(await errors(seedOf('a||b\n', { delimiter: '||' }))).toBe(
    'error[seed-delimiter] seeds/s.csv: the delimiter must be one character, not "||"',
  );
  await expect(seedOf('a\n', { delimiter: '' })).rejects.toMatchObject({
    diagnostics: [{ code: 'seed-delimiter', family: 'Compilation Error' }],
  });
});

test('rows that are too long are all reported, with their lines', async () => {
  const found = await errors(seedOf('a,b\n1,2\n"x\ny",2,3\n4,5,\n'));
  expect(found.split('\n').filter((line) => /^(?:error| {2}seeds| {2}hint)/.test(line))).toEqual([
    'error[seed-row-too-long] seeds/s.csv, line 3 has 3 cells, but the header names 2 columns',
    '  seeds/s.csv:3:1',
    '  hint: quote cells that contain the delimiter, or set the seed config `delimiter`',
    'error[seed-row-too-long] seeds/s.csv, line 5 has 3 cells, but the header names 2 columns',
    '  seeds/s.csv:5:1',
    '  hint: quote cells that contain the delimiter, or set the seed config `delimiter`',
  ]);
  const many = `a\n${'1,2\n'.repeat(25)}`;
  expect(await errors(seedOf(many))).toContain('seeds/s.csv: 15 more rows have more cells');
});

test('a file that is not UTF-8 names the first bad byte', async () => {
  expect(await errors(seedOf(new Uint8Array([0x61, 0x0a, 0xc3, 0xa9, 0x0a, 0xff, 0x0a])))).toBe(
    'error[seed-not-utf8] seeds/s.csv is not UTF-8: byte 0xff at offset 5\n  hint: save the file as UTF-8',
  );
  expect(await errors(seedOf(Buffer.from('\ufeffa\n1\n', 'utf16le')))).toContain('the file is UTF-16');
  const cut = Buffer.concat([Buffer.from(`a\n${'é'.repeat(600_000)}`), Buffer.from([0xe2, 0x82])]);
  expect(await errors(seedOf(cut))).toContain(`offset ${cut.length - 2}`);
});

test('an empty or missing file is an error', async () => {
  expect(await errors(seedOf(''))).toContain('error[seed-empty] seeds/s.csv is empty');
  expect(await errors(readSeed('/nowhere/x.csv', { file: 'seeds/x.csv' }))).toContain('seed-unreadable');
});

test('a cell may reach over many chunks of the file', async () => {
  const long = `${'é'.repeat(1_500_000)}\n"${'x'.repeat(1_500_000)}`;
  const seed = await seedOf(`a,b\n1,"${long.replaceAll('"', '""')}"\n2,y\n`);
  const rows = await all(seed.rows());
  expect(rows.map((row) => row[0])).toEqual(['1', '2']);
  expect(rows[0]![1]).toBe(long);
});

test.each([
  ['a,b\n1,x\n-2,\n', true, true],
  ['a,b\r\n1.50,x\r\n2.00,y', true, true],
  ['a,b\n2020-01-02,true\n', true, true],
  ['a\n2020-01-02 03:04:05\n', true, true],
  ['a,b\n1,null\n2,y\n', false, true],
  ['a,b\nnull,x\n', false, false],
  ['a,b\n1, \n2,y\n', false, true],
  ['a,b\n1,null\n', false, false],
  ['a,b\n1,""\n', false, true],
  ['a,b\n1.0,x\n', false, true],
  ['a,b\n1e5,x\n', false, true],
  ['a,b\n"1,000",x\n', false, false],
  ['a,b\n$5,x\n', false, false],
  ['a,b\n2020-1-2,x\n', false, true],
  ['a,b\n2020-01-02T03:04:05Z,x\n', false, true],
  ['a,b\n"tr,ue",x\n', false, false],
  ['a,b\n1\n', false, false],
  ['a,b\n\n1,x\n', false, true],
  ['a\n1\n\n', true, true],
  ['a,b\n1,x"y\n', false, false],
  ['a,b\n1,"x"y\n', false, false],
  ['a,b\n1,"x\r\ny"\r\n', false, false],
  ['a,b\r\n1,"x\r\ny"\r\n', false, true],
  ['a,b\n1,x\r\n2,y\n', false, false],
  ['a\n\\.\n', false, true],
])(
  'whether the engine may read %j: %s where values are bound, %s where dbt copies',
  async (text, values, copy) => {
    const path = seedFile(text);
    expect((await readSeed(path, { file: 's.csv' })).plain).toBe(values);
    expect((await readSeed(path, { file: 's.csv', loading: 'copy' })).plain).toBe(copy);
  },
);
