import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/core/diagnostic.ts';
import type { GraphNode } from '../../src/manifest/node.ts';
import { compareColumns, isChanged, policyOf } from '../../src/plan/schema-change.ts';
import { checkUniqueKey, uniqueKeyOf } from '../../src/plan/unique-key.ts';

const columns = (...texts: readonly string[]) =>
  texts.map((text) => {
    const [name, type = 'INTEGER'] = text.split(' ');
    return { name: name!, type, characterLength: null, numericPrecision: null, numericScale: null };
  });

test('columns are compared by name, as the warehouse compares names', () => {
  const change = compareColumns(columns('id', 'old', 'v'), columns('ID', 'more', 'v VARCHAR'), true);
  expect(change.added.map(({ name }) => name)).toEqual(['more']);
  expect(change.removed.map(({ name }) => name)).toEqual(['old']);
  expect(change.retyped).toMatchObject([{ column: { name: 'v', type: 'VARCHAR' }, from: 'INTEGER' }]);
  const strict = compareColumns(columns('id'), columns('ID'), false);
  expect([strict.added.length, strict.removed.length]).toEqual([1, 1]);
});

test('another order of columns is no change', () => {
  expect(isChanged(compareColumns(columns('a', 'b'), columns('b', 'a'), true))).toBe(false);
});

test('a policy that is none of the four is to ignore changes', () => {
  expect(['fail', 'append_new_columns', 'sync_all_columns', 'ignore', 'other', null].map(policyOf)).toEqual([
    'fail',
    'append_new_columns',
    'sync_all_columns',
    'ignore',
    'ignore',
    'ignore',
  ]);
});

test('a unique key is one column, several or none', () => {
  expect([uniqueKeyOf('id'), uniqueKeyOf(['a', 'b']), uniqueKeyOf(''), uniqueKeyOf(null)]).toEqual([
    ['id'],
    ['a', 'b'],
    [],
    [],
  ]);
});

test('every key column that is missing is told, with where it is missing', () => {
  const node = {
    name: 'orders',
    config: { unique_key: ['id', 'day', 'hour', 'lower(name)'] },
  } as unknown as GraphNode;
  const check = () =>
    checkUniqueKey(node, { destination: columns('id', 'hour'), source: columns('ID', 'hours') });
  expect(check).toThrow(DiagnosticError);
  try {
    check();
  } catch (caught) {
    expect((caught as DiagnosticError).diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
      ["the unique_key 'day' of model 'orders' is no column of the new rows", 'there are: ID, hours'],
      ["the unique_key 'hour' of model 'orders' is no column of the new rows", "did you mean 'hours'?"],
    ]);
  }
});
