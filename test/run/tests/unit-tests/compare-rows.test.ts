import { describe, expect, test } from 'vitest';
import { decimal } from '../../../../src/context/decimal.ts';
import type { Value } from '../../../../src/jinja/values.ts';
import { compareRows } from '../../../../src/run/tests/unit-tests/compare-rows.ts';
import { differenceText } from '../../../../src/run/tests/unit-tests/difference-text.ts';

type Rows = readonly (readonly Value[])[];

/** The marks of what differs, each with its rows: `→ 1,a | 1,b`. */
const differences = (expected: Rows, actual: Rows, columns = ['id', 'name']) =>
  compareRows(columns, expected, actual)?.rows.map(
    ({ change, expected: wanted, actual: got }) =>
      `${change} ${[wanted, got].map((cells) => cells?.join(',') ?? '').join(' | ')}`,
  ) ?? null;

describe('rows are compared', () => {
  test('whatever their order', () => {
    const rows: Rows = [
      [1, 'a'],
      [2, null],
      [3, 'c'],
    ];
    expect(differences(rows, rows.toReversed())).toBeNull();
    expect(differences([], [])).toBeNull();
  });

  test('as often as they come', () => {
    expect(differences([[1, 'a']], [[1, 'a'], [1, 'a']])).toEqual(['none 1,a | 1,a', 'unexpected  | 1,a']); // biome-ignore format: one line
    expect(differences([[1, 'a'], [1, 'a']], [[1, 'a']])).toEqual(['none 1,a | 1,a', 'missing 1,a | ']); // biome-ignore format: one line
  });

  test('numbers by their value, text apart from them, null apart from empty text', () => {
    const numbers = (text: string): Rows => [[decimal(text)!, 'x']];
    expect(differences(numbers('1.50'), numbers('1.5'))).toBeNull();
    expect(differences([['1', 'x']], [[1, 'x']])).toEqual(['changed 1,x | 1,x']);
    expect(differences([[1, '']], [[1, null]])).toEqual(['changed 1, | 1,']);
    expect(differences([[Number.NaN, 'x']], [[Number.NaN, 'x']])).toBeNull();
  });

  test('rows that agree in their key, or in half of their columns, are one row that changed', () => {
    const expected: Rows = [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ];
    const actual: Rows = [
      [1, 'z'],
      [9, 'b'],
      [8, 'y'],
    ];
    expect(differences(expected, actual)).toEqual([
      'changed 1,a | 1,z',
      'changed 2,b | 9,b',
      'missing 3,c | ',
      'unexpected  | 8,y',
    ]);
  });

  test('the only row on each side is one that changed where anything of it is the same', () => {
    const columns = ['id', 'name', 'rate'];
    expect(differences([[10, 'a', 5]], [[2, 'b', 5]], columns)).toEqual(['changed 10,a,5 | 2,b,5']);
    expect(differences([[10, 'a', 5]], [[2, 'b', 6]], columns)).toEqual([
      'unexpected  | 2,b,6',
      'missing 10,a,5 | ',
    ]);
  });

  test('rows are told in the order of their values: numbers by size, nulls last', () => {
    const actual: Rows = [
      [10, 'x'],
      [null, 'y'],
      [9, 'z'],
    ];
    expect(differences([], actual)).toEqual(['unexpected  | 9,z', 'unexpected  | 10,x', 'unexpected  | ,y']);
  });
});

test('the text of a difference leaves out rows that are far from it, and quotes as CSV does', () => {
  const rows: Rows = Array.from({ length: 9 }, (_, index) => [index, 'same']);
  const actual = rows.map((row, index) => (index === 4 ? [4, 'a "quote", and'] : row));
  expect(differenceText(compareRows(['id', 'name'], rows, actual)!).split('\n')).toEqual([
    '',
    '',
    'actual differs from expected:',
    '',
    '@@ ,id ,name',
    '...,...,...',
    '   ,3  ,same',
    '→  ,4  ,"same→a ""quote"", and"',
    '   ,5  ,same',
    '...,...,...',
    '',
    '',
  ]);
});
