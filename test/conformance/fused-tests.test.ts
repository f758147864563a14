import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ran, sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** Everything of a result that the way of asking must not change. */
const told = ({ outcome }: Ran<'test'>) =>
  Object.fromEntries(
    outcome!.results.map(({ node, timings, executionTimeMs: _, threadId: __, diagnostic, ...rest }) => [
      node.name,
      { ...rest, timings: timings.map(({ name }) => name), code: diagnostic?.code },
    ]),
  );

/** Fused statements among those that were sent. */
const fusedIn = (sent: readonly string[]): readonly string[] =>
  sent.filter((sql) => /\bas fused_1\b/.test(sql));

const columnsYaml = (tests: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(tests)
    .map(([column, list]) => `      - name: ${column}\n        data_tests: [${list.join(', ')}]`)
    .join('\n');

const project = (
  make: (files: Record<string, string>) => WarehouseProject,
  tests: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string>> = {},
): WarehouseProject =>
  make({
    'models/t.sql':
      "{{ config(materialized='table') }} select * from (values (1, 'a'), (2, 'b'), (3, null)) as v(n, w)",
    'models/schema.yml': `models:\n  - name: t\n    columns:\n${columnsYaml(tests)}\n`,
    ...files,
  });

describe.each(warehouses)('$name', (warehouse) => {
  test('tests of a relation are one statement, and those that find something are asked once more', async () => {
    const shop = project(warehouse.project, {
      n: ['not_null', 'unique', 'accepted_values: {arguments: {values: [1, 2, 3], quote: false}}'],
      w: ['not_null', 'unique'],
    });
    await succeeds(shop, 'run');
    const sent = warehouse.watch();
    const { statuses } = await sluice(shop, 'test');
    expect(statuses).toEqual({
      not_null_t_n: 'pass',
      unique_t_n: 'pass',
      accepted_values_t_n__False__1__2__3: 'pass',
      not_null_t_w: 'fail',
      unique_t_w: 'pass',
    });
    expect(fusedIn(sent)).toHaveLength(1);
    expect(sent.filter((sql) => sql.includes('as should_error'))).toHaveLength(1);
    const alone = sent.length;
    await sluice(shop, 'test', { fuseTests: false });
    expect(fusedIn(sent.slice(alone))).toEqual([]);
    expect(sent.slice(alone).filter((sql) => sql.includes('as should_error'))).toHaveLength(5);
  });

  test('a statement that fails for one test fails none: each is asked by itself', async () => {
    const shop = project(warehouse.project, {
      n: ['not_null', 'unique', 'not_null: {name: broken, config: {where: nothing = 1}}'],
      gone: ['unique: {name: gone}'],
      w: ['accepted_values: {name: letters, arguments: {values: [a, b]}}'],
    });
    await succeeds(shop, 'run');
    const { statuses, diagnostics } = await sluice(shop, 'test');
    expect(statuses).toEqual({
      not_null_t_n: 'pass',
      unique_t_n: 'pass',
      broken: 'error',
      gone: 'error',
      letters: 'pass',
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['warehouse-syntax', 'warehouse-syntax']);
    expect(diagnostics.map(({ message }) => /nothing|gone/.exec(message)?.[0]).sort()).toEqual([
      'gone',
      'nothing',
    ]);
  });

  test.each([
    ['a test', 'macros/own.sql', '{% test not_null(model, column_name) %} select 1 as own {% endtest %}'],
    [
      'what a test dispatches to',
      'macros/own.sql',
      '{% macro default__test_not_null(model, column_name) %} select 1 as own {% endmacro %}',
    ],
  ])('%s of the project’s own is asked by itself', async (_, path, text) => {
    const shop = project(warehouse.project, { n: ['not_null', 'unique'], w: ['unique'] }, { [path]: text });
    await succeeds(shop, 'run');
    const sent = warehouse.watch();
    const { statuses } = await sluice(shop, 'test');
    expect(statuses).toEqual({ not_null_t_n: 'fail', unique_t_n: 'pass', unique_t_w: 'pass' });
    expect(fusedIn(sent).every((sql) => !sql.includes('count(*) - count(n)'))).toBe(true);
    expect(fusedIn(sent)).toHaveLength(1);
  });

  test.each([
    [
      'counts failures',
      {
        'macros/own.sql': `{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
      select 7 as failures, true as should_warn, true as should_error {% endmacro %}`,
      },
    ],
    [
      'runs tests',
      {
        'macros/own.sql': `{% materialization test, default %}
      {% call statement('main', fetch_result=True) %}select 7 as failures, true as should_warn, true as should_error{% endcall %}
      {{ return({'relations': []}) }} {% endmaterialization %}`,
      },
    ],
  ])('where the project itself %s, no tests are fused', async (_, files) => {
    const shop = project(warehouse.project, { n: ['not_null', 'unique'] }, files);
    await succeeds(shop, 'run');
    const sent = warehouse.watch();
    const { outcome } = await sluice(shop, 'test');
    expect(outcome!.results.map(({ failures }) => failures)).toEqual([7, 7]);
    expect(fusedIn(sent)).toEqual([]);
  });

  test('in a build, tests of a relation are asked when it stands, and stop what is below', async () => {
    const shop = project(
      warehouse.project,
      { n: ['not_null', 'unique'], w: ['unique', 'not_null: {name: found}'] },
      { 'models/below.sql': "select * from {{ ref('t') }}" },
    );
    const { statuses, messages } = await sluice(shop, 'build');
    expect(statuses).toMatchObject({ t: 'success', not_null_t_n: 'pass', found: 'fail', below: 'skipped' });
    expect(messages['below']).toMatch(/^Skipping because of test\.shop\.found/);
  });

  test.each([
    ['nothing wrong', "(1, 'a'), (2, 'b')", []],
    ['no rows', "(1, 'a')", [], 'where id > 1'],
    ['a value twice', "(1, 'a'), (1, 'b'), (2, 'b')", ['repeated']],
    ['one null', "(1, 'a'), (null, 'b')", ['missing']],
    ['two nulls, which are no value twice', "(null, 'a'), (null, 'b'), (1, 'b')", ['missing']],
    ['nulls of another column', "(1, null), (2, 'b'), (3, null)", ['blank']],
    [
      'a null and an unknown value beside a value twice',
      "(1, null), (1, 'c')",
      ['repeated', 'blank', 'unknown'],
    ],
  ])(
    'tests of a view find what is wrong where it is computed once: %s',
    async (_, rows, wrong, more = '') => {
      const shop = warehouse.project({
        'models/t.sql': `select * from (values ${rows}) as v(id, code) ${more}`,
        'models/schema.yml': `models:
  - name: t
    columns:
${columnsYaml({
  id: ['unique: {name: repeated}', 'not_null: {name: missing}'],
  code: ['not_null: {name: blank}', 'accepted_values: {name: unknown, arguments: {values: [a, b]}}'],
})}`,
      });
      await succeeds(shop, 'run');
      const sent = warehouse.watch();
      const { statuses } = await sluice(shop, 'test');
      const found = Object.entries(statuses).flatMap(([name, status]) => (status === 'pass' ? [] : [name]));
      expect(found.sort()).toEqual([...wrong].sort());
      expect(fusedIn(sent).map((sql) => sql.match(/\bfrom [^\n]*\bt\b/g)?.length)).toEqual([1]);
      expect(sent.filter((sql) => sql.includes('as should_error'))).toHaveLength(wrong.length);
    },
  );

  test('fused or not, the results are the same', async () => {
    const shop = project(warehouse.project, {});
    const sent = warehouse.watch();
    await fc.assert(
      fc.asyncProperty(projects, async (files) => {
        shop.write(files);
        await succeeds(shop, 'run');
        expect(told(await sluice(shop, 'test'))).toEqual(
          told(await sluice(shop, 'test', { fuseTests: false })),
        );
      }),
      { numRuns: 6 },
    );
    expect(fusedIn(sent)).not.toEqual([]);
  });
});

const cells: Readonly<Record<string, readonly string[]>> = {
  n: ['1', '2', '3', '2147483647', '-1'],
  w: ["'a'", "'b'", "''", "' a'", "'it''s'"],
  d: [
    "cast('nan' as double precision)",
    "cast('-0.0' as double precision)",
    '0.0',
    "cast('infinity' as double precision)",
    '1.5',
  ],
  '"On It"': ["date '2024-01-01'", "date '2024-02-29'"],
  b: ['true', 'false'],
};
const columns = Object.keys(cells);

const row = fc.tuple(
  ...columns.map((column) =>
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...cells[column]!) }, fc.constant('null')),
  ),
);

const types: Readonly<Record<string, string>> = {
  n: 'integer',
  w: 'varchar(20)',
  d: 'double precision',
  '"On It"': 'date',
  b: 'boolean',
};

const model = (materialized: string, rows: readonly (readonly string[])[]): string => {
  const casts = columns.map((column) => `cast(${column} as ${types[column]}) as ${column}`);
  const values = [...rows, columns.map(() => 'null')].map((cellsOf) => `(${cellsOf.join(', ')})`);
  const names = columns.join(', ');
  return `{{ config(materialized='${materialized}') }} select ${casts.join(', ')} from (values ${values.join(', ')}) as v(${names}) where not (n is null and w is null and b is null)`;
};

const config = fc.record(
  {
    severity: fc.constantFrom('warn', 'error'),
    warn_if: fc.constantFrom('>1', '!= 0', '= 0', '>= 0', '<5'),
    error_if: fc.constantFrom('> 2', '!= 0', 'between 0 and 1', '<= 0'),
    where: fc.constantFrom('n > 1', 'w is not null and (n < 3)', '"On It" is null', "w = '('", 'nothing = 1'),
    limit: fc.constantFrom(1, 2),
    fail_calc: fc.constantFrom('count(*)', 'count(*) * 2'),
    store_failures: fc.boolean(),
  },
  { requiredKeys: [] },
);

const rare = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: odd });

/** Values that a column may be tested for; of another column's, most engines cannot say. */
const accepted: Readonly<Record<string, readonly string[]>> = {
  n: ['1', '2', '3', '2147483647', '-1'],
  w: ['a', 'b', '', ' a'],
  d: ['1.5', '0'],
  '"On It"': ['2024-01-01', '2024-02-29'],
  b: ['true', 'false'],
};

const oneTest = fc.constantFrom(...columns).chain((column) =>
  fc.record({
    name: fc.constantFrom('not_null', 'unique', 'accepted_values'),
    column: rare(fc.constant(column), fc.constantFrom('n + 1', 'nowhere', 'upper(w)')),
    values: rare(fc.subarray([...accepted[column]!], { minLength: 1 }), fc.constant<string[]>(["it's"])),
    quote: rare(fc.constant(column !== 'n' && column !== 'd'), fc.boolean()),
    config: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, config),
  }),
);

const projects = fc
  .record({
    materialized: fc.constantFrom('table', 'view'),
    rows: fc.array(row, { maxLength: 6 }),
    tests: fc.array(oneTest, { minLength: 12, maxLength: 30 }),
  })
  .map(({ materialized, rows, tests }) => {
    const listed = tests.map(({ name, column: column_name, values, quote, config: given }, index) => ({
      [name]: {
        name: `t${index}`,
        arguments: { column_name, ...(name === 'accepted_values' ? { values, quote } : {}) },
        config: given,
      },
    }));
    return {
      'models/t.sql': model(materialized, rows),
      'models/schema.yml': JSON.stringify({ models: [{ name: 't', data_tests: listed }] }),
    };
  });
