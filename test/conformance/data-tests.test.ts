import { describe, expect, test } from 'vitest';
import { cli, sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const numbers = 'select * from (values (1), (2), (2), (null)) as t(n)';
const above =
  '{% test above(model, column_name, least) %} select * from {{ model }} where {{ column_name }} < {{ least }} {% endtest %}';

/** What a test of the numbers' column gives, with the message that says so; a test without one has no failures. */
const outcomes: readonly (readonly [yaml: string, status: string, failures: number, message?: string])[] = [
  ['unique: {name: NAME}', 'fail', 1, 'configured to fail if != 0'],
  ['not_null: {name: NAME}', 'fail', 1, 'configured to fail if != 0'],
  ['not_null: {name: NAME, config: {severity: warn}}', 'warn', 1, 'configured to warn if != 0'],
  ['not_null: {name: NAME, config: {where: n = 1}}', 'pass', 0],
  [
    'accepted_values: {name: NAME, arguments: {values: [1], quote: false}}',
    'fail',
    1,
    'configured to fail if != 0',
  ],
  [
    'relationships: {name: NAME, arguments: {to: ref("one"), field: id}}',
    'fail',
    2,
    'configured to fail if != 0',
  ],
  ['not_null: {name: NAME, config: {error_if: ">1"}}', 'warn', 1, 'configured to warn if != 0'],
  ['not_null: {name: NAME, config: {error_if: ">5", warn_if: ">3"}}', 'pass', 0],
  [
    'not_null: {name: NAME, config: {severity: warn, warn_if: ">=1"}}',
    'warn',
    1,
    'configured to warn if >=1',
  ],
  [
    'unique: {name: NAME, config: {fail_calc: sum(n_records), error_if: ">=2"}}',
    'fail',
    2,
    'configured to fail if >=2',
  ],
  ['above: {name: NAME, arguments: {least: 2}}', 'fail', 1, 'configured to fail if != 0'],
  ['above: {name: NAME, arguments: {least: 3}, config: {limit: 2}}', 'fail', 2, 'configured to fail if != 0'],
];

/** Expectations are those of dbt-core 1.11.16, asked with the same project. */
const resources = `groups: [{name: finance, owner: {name: me}}]
sources:
  - name: raw
    schema: "{{ target.schema }}"
    tables:
      - name: numbers
        data_tests: [counted: {name: src_counted}]
        columns: [{name: n, data_tests: [not_null, unique: {config: {severity: warn}}]}]
seeds:
  - name: things
    columns: [{name: id, data_tests: [not_null, unique: {config: {where: "name <> 'x'"}}]}]
models:
  - name: twos
    columns:
      - name: n
        data_tests:
          - not_null
          - unique
          - accepted_values: {arguments: {values: [1], quote: false}}
          - unique: {name: twos_stored, config: {store_failures: true}}
  - name: numbers
    columns:
      - name: word
        data_tests:
          - relationships: {name: rel_twos, arguments: {to: ref('twos'), field: word}}
          - relationships: {name: rel_where, arguments: {to: ref('twos'), field: word}, config: {where: "n = 2"}}
      - name: n
        data_tests:
          - not_null: {name: between, config: {error_if: "between 1 and 3"}}
          - not_null: {name: loud, config: {severity: WARN}}
          - above:
              name: aliased
              description: kept
              arguments: {least: 3}
              config: {store_failures: true, alias: other_name, tags: nightly, meta: {a: 1}, group: finance}
          - above: {name: elsewhere, arguments: {least: 3}, config: {store_failures: true, schema: other_audit}}
          - above: {name: as_view, arguments: {least: 3}, config: {store_failures_as: view}}
          - above: {name: as_nothing, arguments: {least: 3}, config: {store_failures_as: ephemeral, store_failures: true}}
          - above: {name: as_table, arguments: {least: 3}, config: {store_failures_as: table, store_failures: false}}
          - above: {name: off, arguments: {least: 3}, config: {enabled: false}}
`;

describe.each(warehouses)('$name', ({ project }) => {
  test('a test passes, warns or fails as its rows and its configuration say', async () => {
    const listed = outcomes.map(([yaml], index) => `          - ${yaml.replace('NAME', `t${index}`)}`);
    const shop = project({
      'models/numbers.sql': numbers,
      'models/one.sql': 'select 1 as id',
      'models/schema.yml': `models:\n  - name: numbers\n    columns:\n      - name: n\n        data_tests:\n${listed.join('\n')}\n`,
      'tests/generic/above.sql': above,
      'tests/none_above_two.sql': "select * from {{ ref('numbers') }} where n > 2",
      'tests/none_above_one.sql':
        "{{ config(severity='warn') }} select * from {{ ref('numbers') }} where n > 1",
      'tests/wrong.sql': 'select nothing',
    });
    const { outcome, statuses, diagnostics } = await sluice(shop, 'build');
    const results = new Map(outcome!.results.map((result) => [result.node.name, result]));
    for (const [index, [yaml, status, failures, limits]] of outcomes.entries()) {
      const message =
        limits === undefined ? null : `Got ${failures} ${failures === 1 ? 'result' : 'results'}, ${limits}`;
      expect({ yaml, ...results.get(`t${index}`) }).toMatchObject({ yaml, status, failures, message });
    }
    expect(statuses).toMatchObject({ none_above_two: 'pass', none_above_one: 'warn', wrong: 'error' });
    expect(diagnostics.map(({ code }) => code)).toEqual(['warehouse-syntax']);
  });

  test('the number of failures is a whole one, also where there are none', async () => {
    const calculation = (name: string, sql: string, where = 'n > 0', limits = '!= 0') =>
      `          - unique: {name: ${name}, config: {fail_calc: "${sql}", where: ${where}, error_if: "${limits}", warn_if: "${limits}"}}`;
    const shop = project({
      'models/numbers.sql': numbers,
      'models/schema.yml': `models:\n  - name: numbers\n    columns:\n      - name: n\n        data_tests:
${[
  calculation('decimal', 'sum(n_records) * 1.0'),
  calculation('part', 'sum(n_records) * 1.7'),
  calculation('text', "'many'", 'n > 0', "= 'many'"),
  calculation('none', 'sum(n_records)', 'n = 1'),
  calculation('counted', 'coalesce(sum(n_records), 0)', 'n = 1'),
].join('\n')}\n`,
    });
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toMatchObject({
      decimal: 'fail',
      part: 'error',
      text: 'error',
      none: 'error',
      counted: 'pass',
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(3).fill('test-failures-not-whole'));
  });

  test('a get_test_sql of the project says yes and no by booleans, numbers and words; others are errors', async () => {
    const verdict = (
      error: string,
    ) => `{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
      select 3 as failures, 'no' as should_warn, ${error} as should_error from ({{ main_sql }}) q{% endmacro %}`;
    const shop = project({
      'tests/t.sql': 'select count(*) as n from (select 1 as one) o',
      'macros/m.sql': verdict("'Yes'"),
    });
    const { statuses } = await sluice(shop, 'test');
    expect(statuses).toEqual({ t: 'fail' });
    for (const [sql, status] of [
      ['1', 'fail'],
      ["'off'", 'pass'],
      ["'maybe'", 'error'],
    ] as const) {
      shop.write({ 'macros/m.sql': verdict(sql) });
      const ran = await sluice(shop, 'test');
      expect(ran.statuses, sql).toEqual({ t: status });
      if (status === 'error') expect(ran.diagnostics[0]!.message).toContain("'maybe'");
    }
  });

  test('a warning fails under --warn-error, and where the options name LogTestResult', async () => {
    const shop = project({
      'models/numbers.sql': numbers,
      'models/schema.yml': `models:
  - name: numbers
    columns:
      - name: n
        data_tests:
          - not_null: {name: warned, config: {severity: warn, warn_if: ">0"}}
          - not_null: {name: passed, config: {warn_if: ">1", error_if: ">1"}}
`,
      'models/below.sql': "select * from {{ ref('numbers') }}",
    });
    const failed = { warned: 'fail', passed: 'pass', below: 'skipped' };
    const { statuses, messages } = await sluice(shop, 'build', { warnError: true });
    expect(statuses).toMatchObject(failed);
    expect(messages['warned']).toBe('Got 1 result, configured to fail if >0');
    const named = { warnErrorOptions: { error: ['LogTestResult'] } };
    expect((await sluice(shop, 'build', named)).statuses).toMatchObject(failed);
    const others = { warnErrorOptions: { error: 'all', warn: ['LogTestResult'] } };
    expect((await sluice(shop, 'build', others)).statuses).toMatchObject({
      warned: 'warn',
      below: 'success',
    });
  });

  test('rows that a test finds are shown as many as asked for, stored or not, and count as before', async () => {
    const shop = project({
      'models/numbers.sql': "select * from (values (1, 'a'), (2, null), (3, 'c')) as t(n, word)",
      'models/schema.yml': `models:
  - name: numbers
    columns:
      - name: n
        data_tests:
          - above: {name: many, arguments: {least: 9}}
          - above: {name: kept, arguments: {least: 9}, config: {store_failures: true, limit: 2}}
          - above: {name: warned, arguments: {least: 2}, config: {severity: warn}}
          - above: {name: passed, arguments: {least: 1}}
`,
      'tests/generic/above.sql': above,
    });
    const { outcome } = await sluice(shop, 'build', { showFailures: 2 });
    const shown = outcome!.results.map(({ node, failures, failingRows }) => [
      node.name,
      failures,
      failingRows === null
        ? null
        : [failingRows.columns.map(({ name }) => name), failingRows.rows.length, failingRows.more],
    ]);
    expect(Object.fromEntries(shown.map(([name, ...rest]) => [name, rest]))).toEqual({
      numbers: [null, null],
      many: [3, [['n', 'word'], 2, true]],
      kept: [2, [['n', 'word'], 2, false]],
      warned: [1, [['n', 'word'], 1, false]],
      passed: [0, null],
    });
    const { code, out } = await cli(shop, ['test', '--show-failures', '-s', 'warned', 'passed']);
    expect(code).toBe(0);
    expect(out).toContain('The failing row of warned:\n| n | word |\n| - | ---- |\n| 1 | a    |\n');
    expect(out).not.toContain('row of passed');
    const { out: json } = await cli(shop, [
      'test',
      '--show-failures',
      '1',
      '-s',
      'many',
      '--log-format',
      'json',
    ]);
    const line = json.split('\n').find((one) => one.includes('"FailingRows"'))!;
    expect(JSON.parse(line).data).toMatchObject({ more: true, rows: [{ n: expect.any(Number) }] });
    const { out: plain } = await cli(shop, ['test']);
    expect(plain).not.toMatch(/The .*failing rows? of/);
  });

  test('failures are stored where that is asked for, and the next run replaces them', async () => {
    const shop = project({
      'models/numbers.sql': numbers,
      'models/schema.yml': `models:
  - name: numbers
    columns:
      - name: n
        data_tests:
          - not_null: {config: {store_failures: true, alias: empty_numbers}}
          - above: {name: few, arguments: {least: 9}, config: {store_failures: true, limit: 1}}
`,
      'tests/generic/above.sql': above,
      'tests/twos.sql':
        "{{ config(store_failures_as='view') }} select * from {{ ref('numbers') }} where n = 2",
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ numbers: 'success', not_null_numbers_n: 'fail', few: 'fail', twos: 'fail' });
    const stored = [
      'dbt_test__audit.empty_numbers table',
      'dbt_test__audit.few table',
      'dbt_test__audit.twos view',
    ];
    expect(await shop.relations()).toEqual([...stored, 'numbers view']);
    const audit = `${shop.schema}_dbt_test__audit`;
    const counts = () =>
      shop.rows(`select (select count(*) from ${audit}.empty_numbers), (select count(*) from ${audit}.few),
        (select count(*) from ${audit}.twos)`);
    expect(await counts()).toEqual([[1, 1, 2]]);
    shop.write({ 'models/numbers.sql': "{{ config(materialized='table') }} select 10 as n" });
    await succeeds(shop, 'build');
    expect(await counts()).toEqual([[0, 0, 0]]);
    expect(await shop.relations()).toEqual([...stored, 'numbers table']);
  });

  test('tests of every kind of resource, under every configuration, give what dbt 1.11 gives', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\ndata_tests: {shop: {+meta: {from: project}}}\n',
      'models/numbers.sql': "select * from (values (1, 'a'), (2, 'b'), (2, 'c'), (null, null)) as t(n, word)",
      'models/whole.sql': 'select 1 as id, cast(null as integer) as n',
      'models/twos.sql':
        "{{ config(materialized='ephemeral') }} select * from {{ ref('numbers') }} where n = 2",
      'seeds/things.csv': 'id,name\n1,x\n1,y\n,z\n',
      'snapshots/kept.yml': `snapshots:
  - name: kept
    relation: ref('whole')
    config: {unique_key: id, strategy: check, check_cols: [n]}
    columns: [{name: n, data_tests: [not_null]}]
`,
      'models/schema.yml': resources,
      'tests/generic/above.sql': `${above}
{% test counted(model) %}{{ config(fail_calc='max(c)', severity='warn') }} select count(*) as c from {{ model }}{% endtest %}`,
      'tests/first.sql':
        "{{ config(severity='warn', store_failures_as='view', limit=1) }} select * from {{ ref('numbers') }}",
      'tests/of_twos.sql':
        "{{ config(error_if='>2', warn_if='>1', store_failures=true, alias='pairs') }} select * from {{ ref('twos') }}",
    });
    await sluice(shop, 'build', { excludeResourceTypes: ['test'] });
    const { outcome } = await sluice(shop, 'test');
    const given = outcome!.results.map(({ node, status, failures }) => [node.name, [status, failures]]);
    expect(Object.fromEntries(given)).toEqual({
      source_not_null_raw_numbers_n: ['fail', 1],
      source_unique_raw_numbers_n: ['warn', 1],
      src_counted: ['warn', 4],
      not_null_things_id: ['fail', 1],
      unique_things_id: ['pass', 0],
      not_null_kept_n: ['fail', 1],
      not_null_twos_n: ['pass', 0],
      unique_twos_n: ['fail', 1],
      accepted_values_twos_n__False__1: ['fail', 1],
      twos_stored: ['fail', 1],
      of_twos: ['warn', 2],
      first: ['warn', 1],
      rel_twos: ['fail', 1],
      rel_where: ['pass', 0],
      between: ['fail', 1],
      loud: ['warn', 1],
      aliased: ['fail', 3],
      elsewhere: ['fail', 3],
      as_view: ['fail', 3],
      as_nothing: ['fail', 3],
      as_table: ['fail', 3],
    });
    const { config, description } = outcome!.results.find(({ node }) => node.name === 'aliased')!.node as {
      readonly config: object;
      readonly description: string;
    };
    expect(config).toMatchObject({ meta: { from: 'project', a: 1 }, group: 'finance' });
    expect(description).toBe('kept');
    expect((await shop.relations()).filter((name) => name.includes('audit'))).toEqual([
      'dbt_test__audit.as_table table',
      'dbt_test__audit.as_view view',
      'dbt_test__audit.first view',
      'dbt_test__audit.other_name table',
      'dbt_test__audit.pairs table',
      'dbt_test__audit.twos_stored table',
      'other_audit.elsewhere table',
    ]);
  });

  test('a failing test skips what stands on all that it tests, and nothing else; a warning skips nothing', async () => {
    const shop = project({
      'models/a.sql': 'select 1 as id',
      'models/b.sql': 'select 1 as id',
      'models/below_a.sql': "select * from {{ ref('a') }}",
      'models/below_both.sql': "select * from {{ ref('a') }} join {{ ref('b') }} using (id)",
      'models/further.sql': "select * from {{ ref('below_both') }}",
      'tests/both.sql': "select * from {{ ref('a') }} join {{ ref('b') }} using (id)",
      'tests/warned.sql': "{{ config(severity='warn') }} select * from {{ ref('a') }}",
    });
    const { statuses, messages, outcome } = await sluice(shop, 'build');
    expect(statuses).toEqual({
      a: 'success',
      b: 'success',
      warned: 'warn',
      below_a: 'success',
      both: 'fail',
      below_both: 'skipped',
      further: 'skipped',
    });
    expect(messages['further']).toBe('Skipping because of test.shop.both');
    const skipped = outcome!.results.filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ skippedBecause }) => skippedBecause)).toEqual(['test.shop.both', 'test.shop.both']);
    expect(await shop.relations()).toEqual(['a view', 'b view', 'below_a view']);
  });

  test('a failed model skips everything below it, its tests included, and names itself', async () => {
    const shop = project({
      'models/a.sql': 'select nothing',
      'models/b.sql': "select * from {{ ref('a') }}",
      'models/c.sql': "select * from {{ ref('b') }}",
      'tests/t.sql': "select * from {{ ref('a') }}",
    });
    const { statuses, messages } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error', b: 'skipped', c: 'skipped', t: 'skipped' });
    expect(messages['c']).toBe('Skipping because of model.shop.a');
  });

  test('columns of a relationship may be expressions on both sides', async () => {
    const shop = project({
      'models/child.sql': 'select * from (values (1, 2), (3, 4), (null, 5)) as t(a, b)',
      'models/parent.sql': 'select 1 as c, 2 as d',
      'models/schema.yml': `models:
  - name: child
    data_tests:
      - relationships: {name: both, arguments: {column_name: a + b, to: ref('parent'), field: c + d}}
`,
    });
    const { statuses, messages } = await sluice(shop, 'build');
    expect(statuses).toMatchObject({ both: 'fail' });
    expect(messages['both']).toContain('Got 1 result');
  });
});
