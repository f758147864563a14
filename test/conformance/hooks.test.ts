import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { having, warehouses } from './warehouses.ts';

const table = (hooks: string, sql: string): string => `{{ config(materialized='table', ${hooks}) }} ${sql}`;

/** A hook that adds a line to the log, or one outside of the transaction. */
const note = (what: string): string => `insert into {{ target.schema }}.log values ('${what}')`;
const outside = (sql: string): string => `{'sql': "${sql}", 'transaction': false}`;

const startsLog = `on-run-start:
  - drop table if exists {{ target.schema }}.log
  - create table {{ target.schema }}.log (line varchar(99))
`;

describe.each(warehouses)('$name', ({ project }) => {
  test('hooks of a model run in their order, before and after its table, in and around its transaction', async () => {
    const shop = project({
      'dbt_project.yml': `name: shop\nprofile: shop\n${startsLog}`,
      'models/a.sql': table(
        `pre_hook=[${outside(note('first'))}, "${note('second')}"],
        post_hook=["insert into {{ target.schema }}.log select 'third ' || count(*) from {{ this }}", ${outside(note('fourth'))}]`,
        'select 1 as id',
      ),
      'models/b.sql': `{{ config(materialized='incremental', post_hook="${note('b')}") }} select id from {{ ref('a') }}`,
      'models/c.sql': `{{ config(post_hook="${note('c')}") }} select id from {{ ref('b') }}`,
    });
    await succeeds(shop, 'build');
    const lines = await shop.rows('select * from log');
    expect(lines.map(([line]) => line)).toEqual(['first', 'second', 'third 1', 'fourth', 'b', 'c']);
  });

  test('run hooks see the run: before it nothing, after it every result and schema', async () => {
    const shop = project({
      'dbt_project.yml': `name: shop
profile: shop
${startsLog}  - "insert into {{ target.schema }}.log values ('start {{ flags.WHICH }}')"
on-run-end:
  - "{% for r in results %}insert into {{ target.schema }}.log values ('{{ r.node.name }} {{ r.status }}'); {% endfor %}"
  - "insert into {{ target.schema }}.log values ('{{ schemas == [target.schema] }}')"
`,
      'models/a.sql': 'select 1 as id',
      'models/b.sql': "{{ config(schema='broken') }} select nothing",
    });
    const { statuses } = await sluice(shop, 'run', { threads: 1 });
    expect(statuses).toMatchObject({
      'shop-on-run-start-2': 'success',
      a: 'success',
      b: 'error',
      'shop-on-run-end-1': 'success',
    });
    const lines = await shop.rows('select * from log');
    expect(lines.map(([line]) => line)).toEqual(['start run', 'a success', 'b error', 'True']);
  });

  test('a run hook that cannot be compiled ends the run: before it nothing is built, after it all is told', async () => {
    const hooked = (when: string) => `name: shop\nprofile: shop\non-run-${when}:
  - "select 1 as id"
  - "{{ exceptions.raise_compiler_error('not on a Monday') if execute }}"
  - "create table {{ target.schema }}.third (id int)"
`;
    const shop = project({ 'dbt_project.yml': hooked('start'), 'models/a.sql': 'select 1 as id' });
    const refused = async () => {
      const { outcome, diagnostics } = await sluice(shop, 'run');
      expect(outcome).toBeNull();
      expect(diagnostics).toMatchObject([{ message: 'not on a Monday' }]);
    };
    await refused();
    expect(await shop.relations()).toEqual([]);
    shop.write({ 'dbt_project.yml': hooked('end') });
    await refused();
    expect(await shop.relations()).toEqual(['a view']);
    const { results } = shop.json<{ results: { unique_id: string; status: string }[] }>(
      'target/run_results.json',
    );
    expect(results.map(({ unique_id, status }) => [unique_id, status])).toContainEqual([
      'model.shop.a',
      'success',
    ]);
  });

  test('a hook that is configured in both spellings at once is refused', async () => {
    const shop = project({
      'models/a.sql': `{{ config({'pre_hook': "${note('one')}", 'pre-hook': "${note('two')}"}) }} select 1 as id`,
    });
    const { diagnostics } = await sluice(shop, 'parse');
    expect(diagnostics).toMatchObject([
      {
        message: "Invalid inline model config: 'pre-hook' is given as 'pre_hook', too; keep one of them",
        span: { file: 'models/a.sql' },
      },
    ]);
  });

  test('a result is an object with attributes: unset configuration is none, times are datetimes', async () => {
    const shop = project({
      'dbt_project.yml': `name: shop
profile: shop
${startsLog}on-run-end: "{{ told(results) }}"
`,
      'macros/told.sql': `{% macro told(results) %}
  {% for r in results | sort(attribute='node.name') %}
    {% set kind = r.node.config.get('materialized', '') ~ ' ' ~ r.node.config.full_refresh ~ ' ' ~ r.node.config.mine %}
    {% set known = (r is mapping, r.node is mapping, r.node.nonesuch is defined, 'materialized' in r.node.config) %}
    {% set took = (r.timing[-1].completed_at - r.timing[0].started_at).total_seconds() >= 0 %}
    {% set told = r.to_dict() %}
    {% set same = (told.status == r.status, told.node.config == r.node.config.to_dict(), told.timing[0].started_at is string) %}
    {% set bare = ('failures' in told, 'message' in r.to_dict(omit_none=true)) %}
    insert into {{ target.schema }}.log values ('{{ r.node.name }} {{ kind }}');
    insert into {{ target.schema }}.log values ('{{ known }} {{ took }} {{ same }} {{ bare }}');
  {% endfor %}
{% endmacro %}`,
      'models/a.sql': '{{ config(mine=3) }} select 1 as id',
      'models/a.yml': 'models: [{name: a, columns: [{name: id, data_tests: [not_null]}]}]',
    });
    await succeeds(shop, 'build');
    const lines = await shop.rows('select * from log');
    expect(lines.map(([line]) => line)).toEqual([
      'a view None 3',
      '(False, False, False, True) True (True, True, True) (True, True)',
      'not_null_a_id test None None',
      '(False, False, False, True) True (True, True, True) (True, False)',
    ]);
  });

  test('a failed hook at the start is a failure of the run, and stops it where the project says so', async () => {
    const settings = (more: string): string => `name: shop\nprofile: shop\n${more}`;
    const shop = project({
      'dbt_project.yml': settings('on-run-start: [select nothing, select 1]\n'),
      'models/a.sql': 'select 1 as id',
    });
    const lenient = await sluice(shop, 'run');
    expect(lenient.outcome?.success).toBe(false);
    expect(lenient.statuses).toEqual({
      'shop-on-run-start-0': 'error',
      'shop-on-run-start-1': 'skipped',
      a: 'success',
    });
    expect(lenient.messages['shop-on-run-start-1']).toBe('shop.on-run-start.1 skipped');
    expect(lenient.outcome?.results.map(({ failures }) => failures)).toEqual([1, 1, null]);
    shop.write({
      'dbt_project.yml': settings(
        `flags: {skip_nodes_if_on_run_start_fails: true}
on-run-start: [select nothing]
on-run-end: ["create table {{ target.schema }}.told as select {{ results | length }} as results"]
`,
      ),
    });
    const strict = await sluice(shop, 'run');
    expect(strict.statuses).toEqual({
      'shop-on-run-start-0': 'error',
      a: 'skipped',
      'shop-on-run-end-0': 'success',
    });
    expect(await shop.rows('select results from told')).toEqual([[0]]);
    expect(strict.messages['a']).toBe('Skipping because of a failed on-run-start hook');
  });

  test('a hook may commit, which a warning says; what follows is in a transaction again', async () => {
    const shop = project({
      'dbt_project.yml': `name: shop\nprofile: shop\n${startsLog}`,
      'models/a.sql': table(
        `pre_hook="${note('pre')}; commit;", post_hook="${note('post')}; commit"`,
        'select 1 as id',
      ),
      'models/b.sql': table(
        `pre_hook="${note('kept')}; commit", post_hook="${note('lost')}"`,
        'select 1 as id',
      ),
    });
    const { warnings } = await succeeds(shop, 'build');
    expect(warnings.map(({ code }) => code)).toContain('hook-committed');
    const lines = async () => (await shop.rows('select line from log order by line')).map(([line]) => line);
    expect(await lines()).toEqual(['kept', 'lost', 'post', 'pre']);
    shop.write({
      'models/a.sql': table('', 'select 2 as id'),
      'models/b.sql': table(
        `pre_hook="${note('kept')}; commit", post_hook=["${note('lost')}", 'select nothing']`,
        'select 2 as id',
      ),
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toMatchObject({ a: 'success', b: 'error' });
    expect(await lines()).toEqual(['kept']);
    expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[2, 1]]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'log table']);
  });

  test('a hook that rolls back is a failure of its node, not a success without what it made', async () => {
    const shop = project({ 'models/a.sql': table('', 'select 1 as id') });
    await succeeds(shop, 'build');
    shop.write({ 'models/a.sql': table('post_hook="rollback"', 'select 2 as id') });
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error' });
    expect(diagnostics).toMatchObject([{ code: 'hook-rolled-back' }]);
    expect(await shop.rows('select id from a')).toEqual([[1]]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('a failed hook inside the transaction takes the table and all hooks back; one after it cannot', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\n',
      'models/before.sql': table('', 'select 1 as id'),
      'models/outside.sql': table('', 'select 1 as id'),
      'models/inside_pre.sql': table('', 'select 1 as id'),
      'models/inside_post.sql': table('', 'select 1 as id'),
      'models/after.sql': table('', 'select 1 as id'),
      'models/below.sql': "select * from {{ ref('after') }}",
    });
    await succeeds(shop, 'build');
    await shop.rows('create table log (line varchar(99))');
    const failing = (hooks: string) => table(hooks, 'select 2 as id');
    shop.write({
      'models/before.sql': failing(`pre_hook=${outside('select nothing')}`),
      'models/outside.sql': failing(`pre_hook=${outside(note('outside'))}, post_hook='select nothing'`),
      'models/inside_pre.sql': failing(
        `pre_hook=['delete from {{ this }}', "${note('pre')}", 'select nothing']`,
      ),
      'models/inside_post.sql': failing(`post_hook=["${note('post')}", 'select nothing']`),
      'models/after.sql': failing(`post_hook=${outside('select nothing')}`),
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({
      before: 'error',
      outside: 'error',
      inside_pre: 'error',
      inside_post: 'error',
      after: 'error',
      below: 'skipped',
    });
    for (const name of ['before', 'outside', 'inside_pre', 'inside_post']) {
      expect([name, await shop.rows(`select id from ${name}`)]).toEqual([name, [[1]]]);
    }
    expect(await shop.rows('select id from after')).toEqual([[2]]);
    expect(await shop.rows('select line from log')).toEqual([['outside']]);
    expect((await shop.relations()).filter((name) => name.includes('__'))).toEqual([]);
  });

  test('a hook may make an index of its own, again and again', async () => {
    const shop = project({
      'models/a.sql': table(
        "post_hook='create unique index a_of_our_own on {{ this }} (id)'",
        'select 1 as id',
      ),
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    await expect(shop.rows('insert into a values (1)')).rejects.toThrow(/unique|duplicate/i);
  });
});

describe.each(having('roles'))('$name', ({ project }) => {
  test('a hook may grant on the table that it follows, again and again', async () => {
    const shop = project({
      'models/a.sql': table("post_hook='grant select on {{ this }} to public'", 'select 1 as id'),
      'models/b.sql':
        "{{ config(post_hook='grant select on {{ this }} to public') }} select id from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    const granted = `select table_name, privilege_type from information_schema.role_table_grants
      where grantee = 'PUBLIC' and table_schema = '${shop.schema}' order by 1`;
    expect(await shop.rows(granted)).toEqual([
      ['a', 'SELECT'],
      ['b', 'SELECT'],
    ]);
  });
});
