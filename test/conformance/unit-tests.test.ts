import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/index.ts';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const people = "select 1 as id, cast('ann' as varchar(20)) as name, cast(1.5 as double precision) as price";

const byName = (results: readonly RunResult[]) =>
  new Map(
    results
      .filter(({ node }) => node.resource_type === 'unit_test')
      .map((result) => [result.node.unique_id.replace(/^unit_test\.shop\./, ''), result]),
  );

/** What a unit test says is wrong, each with the words that it points at. */
const pointed = ({ span, related }: { span: unknown; related: readonly { span: unknown }[] }) =>
  [{ span }, ...related].map((place) => {
    const { file, text, start, end } = place.span as {
      file: string;
      text: string;
      start: number;
      end: number;
    };
    return `${file}:${text.slice(0, start).split('\n').length} ${text.slice(start, end)}`;
  });

describe.each(warehouses)('$name', ({ project, fixtureValues, types }) => {
  test('the rows of a test stand for all that its model reads, in each form, and nothing is left of them', async () => {
    const shop = project({
      'seeds/raw.csv': 'id,name\n1,ann\n2,bob\n',
      'models/people.sql': people,
      'models/priced.sql': "{{ config(materialized='ephemeral') }} select id, price from {{ ref('people') }}",
      'models/wide_v1.sql': "select id from {{ ref('people') }}",
      'models/wide_v2.sql': "select id + 1 as id from {{ ref('people') }}",
      'models/all_of_it.sql': `{{ config(materialized='table') }}
        select p.id, upper(p.name) as name, e.price * {{ var('rate') }} as price, t.what, r.name as raw, w1.id as one, w2.id as two
        from {{ ref('people') }} p join {{ ref('priced') }} e using (id) join {{ source('src', 'things') }} t using (id)
        join {{ ref('raw') }} r using (id) join {{ ref('wide', v=1) }} w1 using (id) join {{ ref('wide') }} w2 using (id)`,
      'models/growing.sql': `{{ config(materialized='incremental') }} select id, '{{ env_var("WHO") }}' as who
        from {{ ref('people') }} {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}`,
      'macros/words.sql':
        "{% macro word() %}'{{ inner_word() }} {{ shop.inner_word() }}'{% endmacro %}{% macro inner_word() %}real{% endmacro %}",
      'models/worded.sql':
        "select {{ word() }} as word, {{ current_timestamp() }} as at from {{ ref('people') }}",
      'tests/fixtures/things.csv': 'id,what\n1,\n',
      'tests/fixtures/wanted.sql': "select 'ANN' as name, 1 as id",
      'models/schema.yml': `
sources:
  - {name: src, schema: "{{ target.schema }}", tables: [{name: things, identifier: things_in}]}
models:
  - {name: wide, latest_version: 2, versions: [{v: 1}, {v: 2}]}
unit_tests:
  - name: every_form
    model: all_of_it
    given:
      - {input: ref('people'), rows: [{ID: 1, name: ann}, {id: 2}]}
      - {input: ref('priced'), rows: [{id: 1, price: 2}]}
      - {input: "source('src', 'things')", format: csv, fixture: things}
      - {input: ref('raw')}
      - {input: "ref('wide', v=1)", format: csv, rows: "id\\n1"}
      - {input: ref('wide'), format: sql, rows: "select 1 as id union all select 9"}
    overrides: {vars: {rate: 10}}
    expect: {rows: [{id: 1, name: ANN, price: 20, what: null, raw: ann, one: 1, two: 1}]}
  - name: by_name
    model: all_of_it
    given: &inputs
      - {input: ref('people'), rows: [{id: 1, name: ann}]}
      - {input: ref('priced'), format: sql, rows: "select 1 as id, 2 as price"}
      - {input: "source('src', 'things')", rows: [{id: 1}]}
      - {input: ref('raw')}
      - {input: "ref('wide', v=1)", rows: [{id: 1}]}
      - {input: ref('wide'), rows: [{id: 1}]}
    expect: {format: sql, rows: "select 'ann' as raw, 2 as price, 1 as two, 1 as one, cast(null as ${types.text}) as what, 'ANN' as name, 1 as id"}
  - name: none
    model: all_of_it
    given: &empty
      - {input: ref('people'), rows: []}
      - {input: ref('priced'), rows: []}
      - {input: "source('src', 'things')", rows: []}
      - {input: ref('raw'), rows: []}
      - {input: "ref('wide', v=1)", rows: []}
      - {input: ref('wide'), rows: []}
    expect: {rows: []}
  - name: grows
    model: growing
    given: [{input: ref('people'), rows: [{id: 1}, {id: 2}]}, {input: this, rows: [{id: 1}]}]
    overrides: {macros: {is_incremental: true}, env_vars: {WHO: me}}
    expect: {rows: [{id: 2, who: me}]}
  - name: begins
    model: growing
    given: [{input: ref('people'), rows: [{id: 1}, {id: 2}]}]
    overrides: {macros: {is_incremental: false}}
    expect: {rows: [{who: us, id: 2}, {id: 1, who: us}]}
  - name: versioned
    model: wide
    versions: {include: [2]}
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 2}]}
  - name: words
    model: worded
    given: [{input: ref('people'), rows: [{id: 1}]}]
    overrides: {macros: {inner_word: plain, shop.inner_word: packaged, current_timestamp: "cast('2024-05-06 07:08:09' as timestamp)"}}
    expect: {rows: [{word: plain packaged, at: 2024-05-06 07:08:09}]}
  - name: passed_over
    model: worded
    config: {enabled: false}
    given: []
    expect: {rows: []}
`,
      'dbt_project.yml': 'name: shop\nprofile: shop\nvars: {rate: 1}\non-run-start: "{{ make_things() }}"\n',
      'macros/make.sql':
        '{% macro make_things() %}create table if not exists {{ target.schema }}.things_in (id integer, what varchar(5)){% endmacro %}',
    });
    const env = { WHO: 'us' };
    await succeeds(shop, 'build', { env, excludeResourceTypes: ['unit_test'] });
    const compiled = await sluice(shop, 'compile', { env });
    expect(compiled.outcome!.results.some(({ node }) => node.resource_type === 'unit_test')).toBe(false);
    const before = await shop.relations();
    const { outcome } = await succeeds(shop, 'test', { env });
    const results = byName(outcome!.results);
    expect([...results].map(([name, { status }]) => `${name} ${status}`).sort()).toEqual([
      'all_of_it.by_name pass',
      'all_of_it.every_form pass',
      'all_of_it.none pass',
      'growing.begins pass',
      'growing.grows pass',
      'wide.versioned_v2 pass',
      'worded.words pass',
    ]);
    expect(await shop.relations()).toEqual(before);
    const path = 'target/compiled/shop/models/schema.yml/models/grows.sql';
    expect(results.get('growing.grows')).toMatchObject({ failures: 0, message: null, compiledPath: path });
    expect(shop.read(path)).toBe(results.get('growing.grows')!.compiledCode);
    expect(shop.read('target/run/shop/models/schema.yml/models/grows.sql')).toContain('actual_or_expected');
  });

  test('a name that is no macro is overridden by the value itself', async () => {
    const shop = project({
      'models/one.sql': 'select 1 as id',
      'models/run_of.sql':
        "select id, '{{ invocation_id }}' as run, '{{ target.name }}' as target from {{ ref('one') }}",
      'models/schema.yml': `
unit_tests:
  - name: fixed
    model: run_of
    given: [{input: ref('one'), format: sql, rows: select 7 as id}]
    overrides: {macros: {invocation_id: abc, target: {name: none}}}
    expect: {format: sql, rows: "select 7 as id, 'abc' as run, 'none' as target"}
`,
    });
    const { outcome } = await succeeds(shop, 'build', {});
    expect(byName(outcome!.results).get('run_of.fixed')).toMatchObject({ status: 'pass' });
  });

  test('values of every type are compared as what they are', async () => {
    const columns = fixtureValues.map(({ type }, index) => `cast(null as ${type}) as c${index}`);
    const row = (key: 'value' | 'other') =>
      `{${fixtureValues.map((one, index) => `c${index}: ${one[key]}`).join(', ')}}`;
    const given = (rows: string) => `    given: [{input: ref('typed'), rows: [${rows}]}]`;
    const shop = project({
      'models/typed.sql': `{{ config(materialized='table') }} select ${columns.join(', ')}`,
      'models/same.sql': "select * from {{ ref('typed') }}",
      'models/schema.yml': `unit_tests:
  - name: equal
    model: same
${given(row('value'))}
    expect: {rows: [${row('value')}]}
  - name: nothing
    model: same
${given('{c0: null}')}
    expect: {rows: [{${fixtureValues.map((_, index) => `c${index}: null`).join(', ')}}]}
${fixtureValues
  .map(
    ({ value, other }, index) => `  - name: other_${index}
    model: same
${given(`{c${index}: ${value}}`)}
    expect: {rows: [{c${index}: ${other}}]}`,
  )
  .join('\n')}
`,
    });
    const { statuses, diagnostics } = await sluice(shop, 'build', { exclude: ['same'] });
    expect(diagnostics).toEqual([]);
    const ran = await sluice(shop, 'test');
    expect(ran.diagnostics.map(({ message }) => message)).toEqual([]);
    expect(statuses).toMatchObject({ typed: 'success' });
    expect(ran.statuses).toEqual({
      equal: 'pass',
      nothing: 'pass',
      ...Object.fromEntries(fixtureValues.map((_, index) => [`other_${index}`, 'fail'])),
    });
  });

  test('rows that differ are told by their marks, in words and as data, and the model waits', async () => {
    const shop = project({
      'models/people.sql': people,
      'models/named.sql': "select id, name, price from {{ ref('people') }}",
      'models/below.sql': "select * from {{ ref('named') }}",
      'models/beside.sql': "select * from {{ ref('people') }}",
      'models/schema.yml': `
models: [{name: people, columns: [{name: id, data_tests: [unique]}]}]
unit_tests:
  - name: differs
    model: named
    given: [{input: ref('people'), rows: [{id: 1, name: ann, price: 1}, {id: 2, name: 'b,b'}, {id: 3, name: cid}]}]
    expect: {rows: [{id: 2, name: bob}, {id: 1, name: ann}, {id: 4, name: dan}]}
  - name: agrees
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
`,
    });
    const { outcome, statuses, messages } = await sluice(shop, 'build');
    expect(statuses).toEqual({
      people: 'success',
      unique_people_id: 'pass',
      differs: 'fail',
      agrees: 'pass',
      named: 'skipped',
      below: 'skipped',
      beside: 'success',
    });
    expect(outcome!.results.map(({ node }) => node.name).indexOf('differs')).toBeGreaterThan(
      outcome!.results.map(({ node }) => node.name).indexOf('unique_people_id'),
    );
    expect(messages['named']).toBe('Skipping because of unit_test.shop.named.differs');
    expect(messages['differs']).toBe(
      `\n\nactual differs from expected:\n\n${[
        '@@ ,id,name     ',
        '   ,1 ,ann      ',
        '→  ,2 ,"bob→b,b"',
        '+++,3 ,cid      ',
        '---,4 ,dan      ',
      ]
        .map((line) => line.trimEnd())
        .join('\n')}\n\n`,
    );
    expect(byName(outcome!.results).get('named.differs')).toMatchObject({
      failures: 1,
      difference: {
        columns: ['id', 'name'],
        rows: [
          { change: 'none', expected: ['1', 'ann'], actual: ['1', 'ann'] },
          { change: 'changed', expected: ['2', 'bob'], actual: ['2', 'b,b'] },
          { change: 'unexpected', expected: null, actual: ['3', 'cid'] },
          { change: 'missing', expected: ['4', 'dan'], actual: null },
        ],
      },
    });
  });

  test('all that is wrong in the rows of a test is told at its place', async () => {
    const shop = project({
      'models/people.sql': people,
      'models/unbuilt.sql': people,
      'models/named.sql': "select id, name, price from {{ ref('people') }}",
      'models/later.sql': "select id from {{ ref('unbuilt') }}",
      'models/passing.sql': "{{ config(materialized='ephemeral') }} select id from {{ ref('people') }}",
      'models/through.sql': "select id from {{ ref('passing') }}",
      'models/several.sql': "select id from {{ ref('people') }}; create table left_over as select 1 as id",
      'models/broken.sql': "select\n  nothing\nfrom {{ ref('people') }}",
      'models/schema.yml': `unit_tests:
  - name: wrong_rows
    model: named
    given:
      - input: ref('people')
        rows:
          - {id: 1, nam: ann}
          - {id: one, name: x, price: 1}
          - {id: 2, price: dear}
    expect:
      rows: [{id: x1, naem: ann}]
  - name: wrong_inputs
    model: named
    given: [{input: ref('peopel'), rows: []}, {input: people, rows: []}, {input: "source('a', 'b')", rows: []}]
    expect: {rows: []}
  - name: forgotten
    model: named
    given: []
    expect: {rows: []}
  - name: no_types
    model: later
    given: [{input: ref('unbuilt'), rows: [{id: 1}]}]
    expect: {rows: []}
  - name: wrong_model
    model: broken
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
  - name: wrong_ephemeral
    model: through
    given: [{input: ref('passing'), rows: [{idd: 1}]}]
    expect: {rows: []}
  - name: wrong_csv
    model: named
    given: [{input: ref('people'), format: csv, rows: "id,name\\n1,a,b"}]
    expect: {rows: []}
  - name: two_statements
    model: several
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
  - name: fine
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
`,
    });
    await succeeds(shop, 'run', { select: ['people'] });
    const { outcome, statuses } = await sluice(shop, 'test');
    expect(statuses).toMatchObject({ fine: 'pass', wrong_rows: 'error', two_statements: 'error' });
    expect(await shop.relations()).toEqual(['people view']);
    const told = new Map(outcome!.results.map(({ node, diagnostic }) => [node.name, diagnostic!]));
    const places = (name: string) => pointed(told.get(name)!);
    expect(places('wrong_rows')).toEqual([
      'models/schema.yml:7 nam',
      'models/schema.yml:8 one',
      'models/schema.yml:9 dear',
    ]);
    expect(told.get('wrong_rows')).toMatchObject({
      code: 'unit-test-column',
      hint: "did you mean 'name'?",
      message:
        "Invalid column name: 'nam' in unit test fixture for 'people'.\nAccepted columns for 'people' are: ['id', 'name', 'price']",
    });
    expect(told.get('wrong_rows')!.related[0]!.message).toContain(`'one' is no ${types.integer}`);
    expect(places('wrong_inputs')).toEqual([
      "models/schema.yml:14 ref('peopel')",
      'models/schema.yml:14 people',
      `models/schema.yml:14 "source('a', 'b')"`,
    ]);
    expect(told.get('wrong_inputs')).toMatchObject({
      code: 'unit-test-input',
      hint: "did you mean 'people'?",
    });
    expect(told.get('forgotten')).toMatchObject({ code: 'unit-test-input-missing' });
    expect(places('forgotten')).toEqual(['models/schema.yml:18 given', "models/named.sql:1 ref('people')"]);
    expect(told.get('no_types')).toMatchObject({ code: 'unit-test-relation' });
    expect(places('no_types')).toEqual(["models/schema.yml:22 ref('unbuilt')"]);
    expect(told.get('wrong_ephemeral')).toMatchObject({ code: 'unit-test-column' });
    expect(places('wrong_ephemeral')).toEqual(['models/schema.yml:30 idd']);
    expect(told.get('wrong_csv')).toMatchObject({ code: 'unit-test-csv' });
    expect(told.get('wrong_model')).toMatchObject({ code: 'warehouse-syntax' });
    expect(places('wrong_model')[0]).toBe('models/broken.sql:2 nothing');
  });

  test('what is wrong in the file of a fixture is told at its place there', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\ntest-paths: [checks]\n',
      'models/people.sql': "select 1 as id, 'ann' as name",
      'models/named.sql': "select id, name from {{ ref('people') }}",
      'checks/fixtures/deep/wrong_value.csv': '\nname,id\n"a, ""b""",1\ncarl,"no number"\n',
      'checks/fixtures/wrong_column.csv': 'id,nam\n1,ann\n',
      'checks/fixtures/beyond.csv': 'id\n1,2\n',
      'checks/fixtures/wrong.sql': 'select 1 as id,\n  nothing as name\n',
      'models/schema.yml': `unit_tests:
${['wrong_value', 'wrong_column', 'beyond', 'wrong']
  .map(
    (name) => `  - name: on_${name}
    model: named
    given: [{input: ref('people'), format: ${name === 'wrong' ? 'sql' : 'csv'}, fixture: ${name}}]
    expect: {rows: [{id: 1}]}
`,
  )
  .join('')}  - name: expects
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {format: csv, fixture: wrong_value}
`,
    });
    await succeeds(shop, 'run', { select: ['people'] });
    const { outcome } = await sluice(shop, 'test');
    const places = Object.fromEntries(
      outcome!.results.map(({ node, diagnostic }) => [node.name, pointed(diagnostic!)[0]]),
    );
    expect(places).toEqual({
      on_wrong_value: 'checks/fixtures/deep/wrong_value.csv:4 "no number"',
      on_wrong_column: 'checks/fixtures/wrong_column.csv:1 nam',
      on_beyond: 'checks/fixtures/beyond.csv:2 2',
      on_wrong: expect.stringMatching(/^checks\/fixtures\/wrong\.sql:2 .*nothing/),
      expects: 'checks/fixtures/deep/wrong_value.csv:4 "no number"',
    });
  });

  test('a project may put its own macros, and its own materialization, in the place of ours', async () => {
    const shop = project({
      'models/people.sql': people,
      'models/named.sql': "select id from {{ ref('people') }}",
      'models/schema.yml': `unit_tests:
  - name: seen
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 41}]}
`,
      'macros/own.sql': `
{% macro get_fixture_sql(rows, column_name_to_data_types) %}select 41 as id{% endmacro %}`,
    });
    await succeeds(shop, 'build');
    shop.write({
      'macros/own.sql': `{% materialization unit, default %}
  {% set aside = make_temp_relation(this.incorporate(type='table')) %}
  {% do run_query(get_create_table_as_sql(true, aside, get_empty_subquery_sql(sql))) %}
  {% set types = {} %}
  {% set quoted = {} %}
  {% for column in adapter.get_columns_in_relation(aside) %}
    {% do types.update({column.name: column.data_type}) %}
    {% do quoted.update({column.name: column.quoted}) %}
  {% endfor %}
  {% call statement('main', fetch_result=true) %}
    {{ get_unit_test_sql(sql, get_expected_sql(config.get('expected_rows'), types, quoted), quoted.values() | list) }}
  {% endcall %}
  {% do adapter.drop_relation(aside) %}
  {{ return({'relations': []}) }}
{% endmaterialization %}`,
      'models/schema.yml': shop.read('models/schema.yml').replace('41', '1'),
    });
    await succeeds(shop, 'build');
    shop.write({
      'macros/own.sql': `{% materialization unit, default %}
  {% call statement('made') %}create temporary table own_unit as select 1 as n{% endcall %}
  {{ return(dbt.materialization_unit_default()) }}
{% endmaterialization %}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}select 1 as {{ column_name_to_quoted['id'] }}{% endmacro %}`,
    });
    const { warnings } = await succeeds(shop, 'build');
    expect(warnings).toEqual([]);
    expect(await shop.relations()).toEqual(['named view', 'people view']);
  });

  test('types are those of the other run where an input is not here, or of one that was built empty', async () => {
    const shop = project({
      'macros/generate_schema_name.sql':
        "{% macro generate_schema_name(name, node) %}{{ target.schema }}{{ '_prod' if var('prod', false) else '' }}{% endmacro %}",
      'models/people.sql': people,
      'models/named.sql': "select id from {{ ref('people') }}",
      'models/schema.yml': `unit_tests:
  - name: typed
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
`,
    });
    await succeeds(shop, 'run', { vars: { prod: true } });
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    expect((await sluice(shop, 'test')).statuses).toEqual({ typed: 'error' });
    await succeeds(shop, 'test', { defer: true, state: 'state' });
    await succeeds(shop, 'run', { empty: true, select: ['people'] });
    await succeeds(shop, 'test');
  });

  test('what a failed test held up is done by retry once the test passes', async () => {
    const unitTests = (id: number): string => `unit_tests:
  - name: right
    model: named
    given: [{input: ref('people'), rows: [{id: 1}]}]
    expect: {rows: [{id: ${id}}]}
`;
    const shop = project({
      'models/people.sql': people,
      'models/named.sql': "select id from {{ ref('people') }}",
      'models/schema.yml': unitTests(2),
    });
    expect((await sluice(shop, 'build')).statuses).toEqual({
      people: 'success',
      right: 'fail',
      named: 'skipped',
    });
    shop.write({ 'models/schema.yml': unitTests(1) });
    expect((await sluice(shop, 'retry')).statuses).toEqual({ right: 'pass', named: 'success' });
  });
});
