import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const table = (sql: string): string => `{{ config(materialized='table') }} ${sql}`;

/** `half` of a number, what it returns, and a model that calls it. */
const half = (
  returns = 'integer',
  { body = 'select x / 2', argument = 'x', more = '' } = {},
): Record<string, string> => ({
  'functions/half.sql': body,
  'functions/f.yml': `functions:
  - name: half
    ${more}
    arguments: [{name: ${argument}, data_type: integer}]
    returns: {data_type: ${returns}}`,
});

/** What the function gives, called by its name in the target's schema. */
const called = async (shop: WarehouseProject, call: string): Promise<unknown> =>
  (await shop.rows(`select ${shop.schema}.${call} as it`))[0]![0];

describe.each(warehouses)('$name', ({ project }) => {
  test('a function is made before what calls it, and again when it changes', async () => {
    const shop = project({
      ...half(),
      'functions/more.sql': "select {{ function('half') }}(n) + sum(id) from {{ ref('numbers') }}",
      'functions/more.yml':
        'functions: [{name: more, arguments: [{name: n, data_type: integer}], returns: {data_type: integer}}]',
      'models/numbers.sql': table('select 1 as id union all select 2'),
      'models/a.sql': table("select {{ function('more') }}(8) as it"),
    });
    const { outcome } = await succeeds(shop, 'build');
    const order = outcome!.results.map(({ node }) => node.name);
    expect(order.at(-1)).toBe('a');
    expect(order.indexOf('more')).toBeGreaterThan(Math.max(order.indexOf('half'), order.indexOf('numbers')));
    expect(await shop.rows('select it from a')).toEqual([[7]]);
    shop.write(half('integer', { body: 'select x / 4;' }));
    await succeeds(shop, 'build');
    expect(await shop.rows('select it from a')).toEqual([[5]]);
    expect(await shop.relations()).toEqual(['a table', 'numbers table']);
  });

  test('its result says what dbt says of it', async () => {
    const shop = project(half());
    await succeeds(shop, 'build');
    const [result] = shop.json<{ results: Record<string, unknown>[] }>('target/run_results.json').results;
    expect(result).toMatchObject({
      status: 'success',
      unique_id: 'function.shop.half',
      compiled: true,
      compiled_code: 'select x / 2',
      relation_name: null,
      failures: null,
    });
    expect(result!['message']).toMatch(/^(CREATE FUNCTION|OK)$/);
    expect(shop.read('target/run/shop/functions/half.sql')).toMatch(/create or replace/i);
    const { functions, nodes } = shop.json<Record<string, Record<string, object>>>('target/manifest.json');
    expect(nodes).toEqual({});
    expect(functions!['function.shop.half']).toMatchObject({
      compiled: true,
      compiled_code: 'select x / 2',
      compiled_path: 'target/compiled/shop/functions/half.sql',
      build_path: 'target/run/shop/functions/half.sql',
    });
  });

  test('only build makes functions, and resource types choose among what it makes', async () => {
    const shop = project({ ...half(), 'models/a.sql': "select {{ function('half') }}(2) as it" });
    expect((await sluice(shop, 'run')).statuses).toEqual({ a: 'error' });
    const only = await succeeds(shop, 'build', { resourceTypes: ['function'] });
    expect(only.statuses).toEqual({ half: 'success' });
    expect((await succeeds(shop, 'build', { select: ['resource_type:function'] })).statuses).toEqual({
      half: 'success',
    });
    expect((await succeeds(shop, 'build', { excludeResourceTypes: ['function'] })).statuses).toEqual({
      a: 'success',
    });
    expect((await sluice(shop, 'compile')).statuses).toEqual({ a: 'success', half: 'success' });
    shop.write({
      'functions/two.sql': 'select 2 as two',
      'functions/t.yml': 'functions: [{name: two, returns: {data_type: integer}}]',
    });
    expect((await sluice(shop, 'show', { select: ['two'] })).outcome!.shown[0]!.rows).toEqual([[2]]);
  });

  test('what calls one that fails is skipped, and retry does both', async () => {
    const shop = project({
      ...half('nonsense'),
      'models/a.sql': table("select {{ function('half') }}(2) as it"),
      'models/b.sql': table('select 1 as id'),
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ half: 'error', a: 'skipped', b: 'success' });
    shop.write(half());
    expect((await succeeds(shop, 'retry')).statuses).toEqual({ half: 'success', a: 'success' });
  });

  test('it is not made where a test of what it reads fails', async () => {
    const shop = project({
      'models/numbers.sql': table('select 1 as id'),
      'models/s.yml':
        'models: [{name: numbers, columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: [2], quote: false}}}]}]}]',
      'functions/total.sql': "select sum(id) from {{ ref('numbers') }}",
      'functions/f.yml': 'functions: [{name: total, returns: {data_type: bigint}}]',
    });
    expect((await sluice(shop, 'build')).statuses).toMatchObject({ total: 'skipped' });
  });

  test('an argument has its default', async () => {
    const shop = project({
      'functions/plus.sql': 'select x + y',
      'functions/f.yml': `functions:
  - name: plus
    arguments: [{name: x, data_type: integer}, {name: y, data_type: integer, default_value: 5}]
    returns: {data_type: integer}`,
    });
    await succeeds(shop, 'build');
    expect(await called(shop, 'plus(1)')).toBe(6);
    expect(await called(shop, 'plus(1, 2)')).toBe(3);
  });

  test('it has the name that the project gives it, in a schema that is made for it', async () => {
    const shop = project({
      ...half('integer', { more: 'config: {alias: halved, schema: raw}' }),
      'models/a.sql': table("select {{ function('half') }}(4) as it"),
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select it from a')).toEqual([[2]]);
    expect(await shop.rows(`select ${shop.schema}_raw.halved(8)`)).toEqual([[4]]);
  });

  test('its description is kept in the warehouse where persist_docs says so', async () => {
    const shop = project(
      half('integer', { more: "description: the 'half'\n    config: {persist_docs: {relation: true}}" }),
    );
    await succeeds(shop, 'build');
    const { schema } = shop;
    const comments = await shop.rows(
      schema.startsWith('main')
        ? `select comment from duckdb_functions() where function_name = 'half' and schema_name = '${schema}'`
        : `select obj_description(('${schema}.half'::regproc)::oid, 'pg_proc')`,
    );
    expect(comments).toEqual([["the 'half'"]]);
  });

  test("hooks run around it, and the project's macros and materialization take effect", async () => {
    const log = (what: string): string => `insert into {{ target.schema }}.log values ('${what}')`;
    const shop = project({
      ...half('integer', {
        more: `config: {pre-hook: "${log('before')}", post-hook: "${log('after')}"}`,
      }),
      'dbt_project.yml':
        'name: shop\nprofile: shop\non-run-start: "create table if not exists {{ target.schema }}.log (line varchar(99))"\non-run-end: "insert into {{ target.schema }}.log values (\'{{ schemas | length }} schemas\')"\n',
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select line from log order by line desc')).toEqual([
      ['before'],
      ['after'],
      ['0 schemas'],
    ]);
    shop.write({
      'macros/own.sql': `{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
        {% call statement('main') %}{{ build_sql | replace('/ 2', '* 100') }}{% endcall %}{% do adapter.commit() %}{% endmacro %}`,
    });
    await succeeds(shop, 'build');
    expect(await called(shop, 'half(3)')).toBe(300);
    shop.write({
      'macros/own.sql': `{% materialization function, default %}
        {% set target = this.incorporate(type=this.Function) %}
        {% set kind = this.get_function_config(model) %}
        {% do run_query("insert into " ~ target.schema ~ ".log values ('" ~ this.get_function_macro_name(kind) ~ ' ' ~ kind.language ~ "')") %}
        {% call statement('main') %}{{ scalar_function_sql(target) | replace('/ 2', '* 7') }}{% endcall %}
        {% do adapter.commit() %}{{ return({'relations': [target]}) }}{% endmaterialization %}`,
    });
    await succeeds(shop, 'build');
    expect(await called(shop, 'half(3)')).toBe(21);
    expect(await shop.rows("select line from log where line like '%sql%'")).toEqual([
      ['scalar_function_sql sql'],
    ]);
  });

  test('a kind that the warehouse does not make is refused by the name of the macro that would make it', async () => {
    const shop = project({
      ...half('integer', { more: 'config: {type: aggregate}' }),
      'functions/main.py': 'def main(x): return x',
    });
    const { diagnostics, statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ half: 'error', main: 'error' });
    expect(diagnostics.map(({ code, span }) => [code, span?.file])).toEqual([
      ['function-kind-unknown', 'functions/half.sql'],
      ['function-kind-unknown', 'functions/main.py'],
    ]);
    shop.write({
      'macros/own.sql': `{% macro default__scalar_function_python(target_relation) %}select '{{ model.language }}' as it{% endmacro %}`,
    });
    expect((await sluice(shop, 'build')).statuses).toMatchObject({ main: 'success' });
    expect(shop.read('target/run/shop/functions/main.py')).toBe("select 'python' as it");
  });

  test('one that says nothing of what it returns is refused in these words', async () => {
    const shop = project({ 'functions/f.sql': 'select 1' });
    const [found] = (await sluice(shop, 'build')).diagnostics;
    expect(found).toMatchObject({
      code: 'function-returns-missing',
      span: { file: 'functions/f.sql' },
      hint: 'describe it under functions: in a YAML file, with returns: {data_type: ...}',
    });
    expect(found!.message).toMatch(/^function 'f' does not say what it returns: .*invalid_type/i);
  });

  test('a type that does not exist is refused, of an argument too', async () => {
    const shop = project(half());
    const known = shop.read('functions/f.yml');
    await succeeds(shop, 'build');
    shop.write({ 'functions/f.yml': known.replace('data_type: integer}]', 'data_type: nonsense}]') });
    const { diagnostics, statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ half: 'error' });
    expect(diagnostics[0]).toMatchObject({
      code: 'warehouse-syntax',
      message: expect.stringMatching(/nonsense"? does not exist/),
    });
    expect(await called(shop, 'half(8)')).toBe(4);
  });

  test('what calls it is tested with it', async () => {
    const shop = project({
      ...half(),
      'models/numbers.sql': 'select 1 as id',
      'models/a.sql': "select {{ function('half') }}(id) as it from {{ ref('numbers') }}",
      'models/s.yml': `unit_tests:
  - name: halves
    model: a
    given: [{input: ref('numbers'), rows: [{id: 8}]}]
    expect: {rows: [{it: 4}]}
models:
  - name: a
    columns: [{name: it, data_tests: [not_null]}]`,
    });
    expect((await succeeds(shop, 'build')).statuses).toMatchObject({ halves: 'pass', not_null_a_it: 'pass' });
  });

  test('one that is not made here is called where another run made it, and a new one is modified', async () => {
    const shop = project({
      ...half(),
      'macros/generate_schema_name.sql':
        "{% macro generate_schema_name(name, node) %}{{ target.schema }}{{ '_prod' if var('prod', false) else '' }}{% endmacro %}",
      'models/a.sql': table("select {{ function('half') }}(4) as it"),
    });
    await succeeds(shop, 'build', { vars: { prod: true } });
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    const deferring = { defer: true, state: 'state' };
    await succeeds(shop, 'build', { select: ['a'], ...deferring });
    expect(shop.read('target/compiled/shop/models/a.sql')).toContain(`${shop.schema}_prod`);
    await succeeds(shop, 'build', { select: ['half'] });
    await succeeds(shop, 'build', { select: ['a'], ...deferring });
    expect(shop.read('target/compiled/shop/models/a.sql')).not.toContain('_prod');
    await succeeds(shop, 'build', { select: ['a'], ...deferring, favorState: true });
    expect(shop.read('target/compiled/shop/models/a.sql')).toContain('_prod');
    shop.write(half('bigint'));
    const { outcome } = await sluice(shop, 'list', { select: ['state:modified+'], state: 'state' });
    expect(outcome!.lines).toEqual(['shop.half', 'shop.a']);
  });
});

describe.each(having('bound views'))('where functions are bound to their types: $name', ({ project }) => {
  test.each([
    ['type', half('bigint')],
    ['argument', half('integer', { argument: 'number', body: 'select number / 2' })],
    ['missing default', half()],
  ])('a function of another %s takes its place with all that it was given', async (what, files) => {
    const first = half();
    if (what === 'missing default')
      first['functions/f.yml'] = first['functions/f.yml']!.replace(
        'integer}]',
        'integer, default_value: 6}]',
      );
    const shop = project(first);
    await succeeds(shop, 'build');
    await shop.rows(`revoke execute on function ${shop.schema}.half(integer) from public`);
    await shop.rows(`comment on function ${shop.schema}.half(integer) is 'ours'`);
    shop.write(files);
    await succeeds(shop, 'build');
    expect(await called(shop, 'half(8)')).toBe(4);
    const [[rights, comment]] = (await shop.rows(
      `select has_function_privilege('public', p.oid, 'execute'), obj_description(p.oid, 'pg_proc')
       from pg_proc p where p.oid = '${shop.schema}.half'::regproc`,
    )) as [[boolean, string]];
    expect([rights, comment]).toEqual([false, 'ours']);
  });

  test('rights are granted on it', async () => {
    const shop = project(half());
    await succeeds(shop, 'build');
    await shop.rows(`revoke execute on function ${shop.schema}.half(integer) from public`);
    shop.write(half('integer', { more: 'config: {grants: {execute: [public]}}' }));
    await succeeds(shop, 'build');
    const granted = `select has_function_privilege('public', '${shop.schema}.half(integer)', 'execute')`;
    expect(await shop.rows(granted)).toEqual([[true]]);
  });

  test('views that call it are made again, whoever made them', async () => {
    const shop = project({ ...half(), 'models/a.sql': "select {{ function('half') }}(8) as it" });
    await succeeds(shop, 'build');
    const { schema } = shop;
    await shop.rows(`create view ${schema}.theirs as select it + ${schema}.half(2) as it from ${schema}.a`);
    shop.write(half('bigint', { body: 'select x / 4' }));
    await succeeds(shop, 'build', { select: ['half'] });
    expect(await shop.rows('select a.it, theirs.it from a, theirs')).toEqual([[2, 2]]);
    expect(await shop.columns('a')).toEqual(['it bigint']);
    shop.write(half('text', { body: "select 'x'::text" }));
    const { diagnostics, statuses } = await sluice(shop, 'build', { select: ['half'] });
    expect(statuses).toEqual({ half: 'error' });
    expect(diagnostics[0]!.message).toContain(`view ${schema}.theirs`);
    expect(await shop.rows('select a.it, theirs.it from a, theirs')).toEqual([[2, 2]]);
  });

  test('what something else depends on stays, and is named', async () => {
    const shop = project(half());
    await succeeds(shop, 'build');
    await shop.rows(`create table ${shop.schema}.theirs (it integer default ${shop.schema}.half(2))`);
    shop.write(half('bigint'));
    const { diagnostics, statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ half: 'error' });
    expect(diagnostics[0]!.code).toBe('function-held');
    expect(diagnostics[0]!.message).toMatch(
      /half\(integer\) cannot be replaced \(cannot change return type of existing function\).*\n {2}default value for column it of table \S*theirs depends on function/,
    );
    await shop.rows(`insert into ${shop.schema}.theirs default values`);
    expect(await shop.rows('select it from theirs')).toEqual([[1]]);
  });

  test('an aggregate or a procedure of its name stays', async () => {
    const shop = project({ ...half(), 'models/a.sql': 'select 1 as id' });
    await succeeds(shop, 'build', { select: ['a'] });
    await shop.rows(`create aggregate ${shop.schema}.half(integer) (sfunc = int4pl, stype = integer)`);
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics[0]).toMatchObject({
      code: 'warehouse-syntax',
      message: expect.stringMatching(/cannot change routine kind/),
    });
    expect(await shop.rows(`select ${shop.schema}.half(id) from (values (1), (2)) as v(id)`)).toEqual([[3]]);
  });

  test('a body that is refused leaves the function that stands there, which is not to blame', async () => {
    const shop = project(half());
    await succeeds(shop, 'build');
    shop.write(half('bigint', { body: "select 'x'::text" }));
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics[0]!.message).toMatch(/return type mismatch/);
    expect(await called(shop, 'half(8)')).toBe(4);
  });

  test('one that loses its connection before it is there is worked again, with its hooks', async () => {
    const shop = project({
      'functions/f.sql': `{{ config(pre_hook="insert into {{ this.schema }}.log values (1)", post_hook="select 1") }} select {{ this.schema }}.flaky()`,
      'functions/f.yml':
        'functions: [{name: f, config: {persist_docs: {relation: true}}, description: F, returns: {data_type: integer}}]',
      'macros/own.sql': `{% macro alter_relation_comment(relation, comment) %}select {{ relation.schema }}.flaky(){% endmacro %}`,
      'models/first.sql': 'select 1 as id',
    });
    await succeeds(shop, 'build', { select: ['first'] });
    const { schema } = shop;
    await shop.rows(`create table ${schema}.log (n integer)`);
    await shop.rows(`create sequence ${schema}.tries`);
    await shop.rows(`create function ${schema}.flaky() returns int language plpgsql as $$
      begin
        if nextval('${schema}.tries') < 3 then perform pg_terminate_backend(pg_backend_pid()); end if;
        return 7;
      end $$`);
    const { events } = await succeeds(shop, 'build', { select: ['f'] });
    const again = events.filter((event) => event.name === 'message' && /worked again/.test(event.text));
    expect(again).toHaveLength(2);
    expect(await called(shop, 'f()')).toBe(7);
    expect(await shop.rows('select n from log')).toEqual([[1]]);
  });

  test('functions of one name with other types stand beside each other', async () => {
    const shop = project(half());
    await succeeds(shop, 'build');
    await shop.rows(`create function ${shop.schema}.half(text) returns text language sql as 'select $1'`);
    shop.write(half('bigint'));
    await succeeds(shop, 'build');
    expect(await called(shop, 'half(8)')).toBe(4);
    expect(await called(shop, "half('x'::text)")).toBe('x');
    shop.write({
      'functions/half_text.sql': 'select x || x',
      'functions/t.yml': `functions:
  - name: half_text
    config: {alias: half}
    arguments: [{name: x, data_type: text}]
    returns: {data_type: text}`,
    });
    const { warnings } = await succeeds(shop, 'build');
    expect(warnings).toEqual([]);
    expect([await called(shop, 'half(8)'), await called(shop, "half('x'::text)")]).toEqual([4, 'xx']);
  });
});
