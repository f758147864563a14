import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import { injectCtes, leadingWith } from '../../src/adapter/ctes.ts';

const { syntax } = duckdbFacts;
const ctes = [
  { name: '__dbt__cte__x', sql: 'select 1 as a' },
  { name: '__dbt__cte__y', sql: 'select 2 as a' },
];

/** Written by dbt 1.11.16's own injection. */
const cases: readonly { sql: string; ctes: number; expected: string }[] = JSON.parse(
  readFileSync(new URL('./fixtures/injected-ctes.json', import.meta.url), 'utf8'),
);

test.each(cases)(
  'injecting $ctes before $sql gives the text that dbt gives',
  ({ sql, ctes: count, expected }) => {
    expect(injectCtes(sql, ctes.slice(0, count), syntax)).toBe(expected);
  },
);

test('without expressions a query stays as it is', () => {
  expect(injectCtes(' select 1;', [], syntax)).toBe(' select 1;');
});

test('an expression without a name is taken as its whole text', () => {
  expect(injectCtes('select 1', [{ sql: ' a as materialized (select 1)' }], syntax)).toBe(
    'with a as materialized (select 1) select 1',
  );
});

test('a later with is no place to insert', () => {
  const sql = 'select x::timestamp with time zone from t';
  expect(injectCtes(sql, ctes.slice(0, 1), syntax)).toBe(`with __dbt__cte__x as (\nselect 1 as a\n) ${sql}`);
  expect(leadingWith(sql, syntax)).toEqual({ hasWith: false, insertAt: 0 });
});

test('a comment between with and recursive hides neither', () => {
  const sql = 'with /* c */ recursive a as (select 1) select 1';
  expect(leadingWith(sql, syntax)).toEqual({ hasWith: true, insertAt: sql.indexOf('a as') });
});
