import { describe, expect, test } from 'vitest';
import type { Files } from '../rig.ts';
import { runProgram, sluice, start, startProgram } from '../rig.ts';
import { faults, inject } from './faults.mjs';
import { programs } from './programs.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const note = (what: string): string => `insert into {{ target.schema }}.log values ('${what}')`;
const outside = (sql: string): string => `{'sql': "${sql}", 'transaction': false}`;
const allHooks = `pre_hook=[${outside(note('1 outside'))}, "${note('2 inside')}"],
  post_hook=["insert into {{ target.schema }}.log select '3 inside ' || count(*) from {{ this }}", ${outside(note('4 outside'))}]`;

const settings = `name: shop
profile: shop
on-run-start:
  - create table if not exists {{ target.schema }}.log (line varchar(99))
`;

const model = (materialized: string, sql: string, config = ''): string =>
  `{{ config(materialized='${materialized}'${config === '' ? '' : `, ${config}`}) }} ${sql}`;

/** A materialization that sends one statement, or two, and what it gives back. */
const small = (name: string, body: string, gives = "{'relations': []}", options = 'default'): string =>
  `{% materialization ${name}, ${options} %}${body}{{ return(${gives}) }}{% endmaterialization %}\n`;

const main = (sql: string): string => `{% call statement('main') %}${sql}{% endcall %}`;

const logged = async (shop: WarehouseProject): Promise<readonly unknown[]> =>
  (await shop.rows('select line from log')).map(([line]) => line).sort();

describe.each(warehouses)('$name', ({ project, endless }) => {
  test('a table program builds, with all hooks, twice in a row, and leaves nothing beside', async () => {
    const shop = project({
      'dbt_project.yml': settings,
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', "select {{ var('id', 1) }} as id, 'x' as name", allHooks),
      'models/b.sql': "select id from {{ ref('a') }}",
      'models/a.yml': 'models: [{name: a, columns: [{name: id, data_tests: [unique]}]}]',
    });
    const first = await succeeds(shop, 'build');
    expect(first.statuses).toMatchObject({ a: 'success', b: 'success', unique_a_id: 'pass' });
    expect(await logged(shop)).toEqual(['1 outside', '2 inside', '3 inside 1', '4 outside']);
    expect(shop.read('target/run/shop/models/a.sql')).toMatch(/create/);
    for (const id of [2, 3]) {
      await succeeds(shop, 'build', { vars: { id } });
      expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[id, id]]);
      expect(await shop.relations()).toEqual(['a table', 'b view', 'log table']);
    }
    expect(await logged(shop)).toHaveLength(12);
  });

  test('a program that wraps a built-in materialization builds what that builds, hooks and views over it included', async () => {
    const wraps = (name: string, body = '') => `{% materialization wrapped_${name}, default %}
      {% set made = dbt.materialization_${name}_default() %}
      {% do run_query("insert into " ~ target.schema ~ ".log values ('${name} " ~ made.relations[0].identifier ~ ' ' ~ made.relations[0].type ~ "')") %}
      ${body}{{ return(made) }}
    {% endmaterialization %}`;
    const shop = project({
      'dbt_project.yml': settings,
      'macros/own.sql': ['view', 'table', 'incremental'].map((name) => wraps(name)).join(''),
      'models/a.sql': model('wrapped_table', "select {{ var('id', 1) }} as id", allHooks),
      'models/b.sql': model('wrapped_view', "select id from {{ ref('a') }}"),
      'models/c.sql': model(
        'wrapped_incremental',
        "select {{ var('id', 1) }} as id, 'x' as name",
        "unique_key='id', incremental_strategy='delete+insert'",
      ),
    });
    const { messages } = await succeeds(shop, 'build');
    const kinds = ['incremental c table', 'table a table', 'view b view'];
    const hooks = ['1 outside', '2 inside', '3 inside 1', '4 outside'];
    expect(await logged(shop)).toEqual([...hooks, ...kinds]);
    expect(messages['a']).toMatch(/^(OK|SELECT 1)$/);
    expect(shop.read('target/run/shop/models/a.sql')).toMatch(/create/);
    await shop.rows(`create view ours as select id + 1 as id from ${shop.schema}.b`);
    await succeeds(shop, 'build', { vars: { id: 5 } });
    expect(await shop.rows('select b.id, ours.id from b, ours')).toEqual([[5, 6]]);
    expect(await shop.rows('select id from c order by id')).toEqual([[1], [5]]);
    await succeeds(shop, 'build', { vars: { id: 7 }, fullRefresh: true });
    expect(await shop.rows('select id from c')).toEqual([[7]]);
    expect(await shop.relations()).toEqual(['a table', 'b view', 'c table', 'log table', 'ours view']);
  });

  test("a project's own table that only wraps the built-in one takes its place, and a failure leaves what was there", async () => {
    const shop = project({
      'macros/own.sql': `{% materialization table, default %}{{ return(dbt.materialization_table_default()) }}{% endmaterialization %}
        {% materialization table, adapter='duckdb' %}{{ return(dbt_duckdb.materialization_table_duckdb()) }}{% endmaterialization %}`,
      'models/a.sql': model('table', 'select 1 as id'),
    });
    await succeeds(shop, 'build');
    shop.write({ 'models/a.sql': model('table', 'select 2 as id', 'post_hook="select nothing"') });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error' });
    expect(await shop.rows('select id from a')).toEqual([[1]]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('what a program leaves alone, like a view that nobody builds in this run, still reads the new table', async () => {
    const shop = project({
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', "select {{ var('id', 1) }} as id"),
      'models/b.sql': "select id from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    await shop.rows(`create view ours as select id + 1 as id from ${shop.schema}.b`);
    await succeeds(shop, 'run', { select: ['a'], vars: { id: 5 } });
    expect(await shop.rows('select b.id, ours.id from b, ours')).toEqual([[5, 6]]);
    expect(await shop.relations()).toEqual(['a table', 'b view', 'ours view']);
  });

  test('an incremental program inserts, replaces, changes columns and is rebuilt', async () => {
    const rows = (sql: string): Files => ({
      'models/a.sql': model('upserted', sql, "unique_key='id', on_schema_change='append_new_columns'"),
    });
    const shop = project({
      'macros/programs.sql': programs,
      ...rows('select 1 as id, 1 as v union all select 2, 1'),
    });
    await succeeds(shop, 'build');
    shop.write(rows('select 2 as id, 2 as v union all select 3, 2'));
    await succeeds(shop, 'build');
    expect(await shop.rows('select id, v from a order by id')).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
    shop.write(rows("select 3 as id, 3 as v, 'new' as name"));
    await succeeds(shop, 'build');
    expect(await shop.rows('select id, v, name from a order by id')).toEqual([
      [1, 1, null],
      [2, 2, null],
      [3, 3, 'new'],
    ]);
    await succeeds(shop, 'build', { fullRefresh: true });
    expect(await shop.rows('select id, v, name from a')).toEqual([[3, 3, 'new']]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('a failure rolls back what is open, hooks inside of it too, and the next run repairs alone', async () => {
    const shop = project({
      'dbt_project.yml': settings,
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', 'select 1 as id'),
      'models/b.sql': model('upserted', 'select 1 as id', "unique_key='id'"),
    });
    await succeeds(shop, 'build');
    const failing = `pre_hook="${note('inside')}", post_hook='select nothing'`;
    shop.write({
      'models/a.sql': model('swapped', 'select 2 as id', failing),
      'models/b.sql': model('upserted', 'select 2 as id', `unique_key='id', ${failing}`),
    });
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toMatchObject({ a: 'error', b: 'error' });
    expect(diagnostics.every(({ message }) => message.includes('nothing'))).toBe(true);
    expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[1, 1]]);
    expect(await logged(shop)).toEqual([]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'log table']);
    shop.write({ 'models/a.sql': model('swapped', 'select 3 as id') });
    await succeeds(shop, 'build', { select: ['a'] });
    expect(await shop.rows('select id from a')).toEqual([[3]]);
  });

  test('cancelled at any statement, a program leaves the old table or the new one', async () => {
    const shop = project({
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', "select {{ var('id', 1) }} as id"),
    });
    await succeeds(shop, 'build');
    let id = 1;
    let interrupted = true;
    for (let last = 1; interrupted; last += 1) {
      const invocation = start(shop, 'run', { vars: { id: last + 1 } });
      let sent = 0;
      for await (const event of invocation.events()) {
        if (event.name !== 'statement-sent' || event.uniqueId !== 'model.shop.a') continue;
        sent += 1;
        if (sent === last) invocation.cancel();
      }
      interrupted = (await invocation).interrupted;
      const [[now]] = (await shop.rows('select id from a')) as [[number]];
      expect([id, last + 1]).toContain(now);
      id = now;
      expect(last).toBeLessThan(40);
    }
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('whichever statement is refused, programs leave old or new, and a plain run repairs', async () => {
    const shop = project({
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', "select {{ var('v', 1) }} as v from generate_series(1, 3) as g(i)"),
      'models/b.sql': model(
        'upserted',
        "select i, {{ var('v', 1) }} as v from generate_series(1, 3) as g(i) -- {{ ref('a') }}",
        "unique_key='i'",
      ),
      'models/c.sql': "select v from {{ ref('a') }}",
    });
    const standing = () =>
      shop.rows(
        'select (select min(v) from a), (select max(v) from a), (select min(v) from b), (select max(v) from b)',
      );
    const options = (v: number) => ({ vars: { v }, threads: 1, select: ['a', 'b'] });
    await succeeds(shop, 'build', { threads: 1 });
    inject('fails', Number.MAX_SAFE_INTEGER);
    await succeeds(shop, 'run', options(1));
    const count = faults.seen;
    inject('fails', 0);
    for (let at = 1; at <= count; at += 1) {
      const v = at + 1;
      inject('fails', at);
      try {
        await sluice(shop, 'run', options(v));
      } finally {
        inject('fails', 0);
      }
      const [a, same, b, sameToo] = (await standing())[0]!.map(Number);
      expect([at, a === at || a === v, b === at || b === v, a === same, b === sameToo]).toEqual([
        at,
        true,
        true,
        true,
        true,
      ]);
      await succeeds(shop, 'run', options(v));
      expect(await standing()).toEqual([[v, v, v, v]]);
      expect(await shop.rows('select min(v), count(*) from c')).toEqual([[v, 3]]);
      expect(await shop.relations()).toEqual(['a table', 'b table', 'c view']);
    }
    expect(count).toBeGreaterThan(10);
  }, 600_000);

  test('killed in the middle of its query, a program leaves the old table, and the next run repairs alone', async () => {
    const shop = project({
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', 'select 1 as id'),
    });
    await succeeds(shop, 'build');
    shop.write({ 'models/a.sql': model('swapped', `select ${endless} as id`) });
    const running = startProgram(shop, ['build', '--debug', '--no-use-colors']);
    await running.saw(new RegExp(`create[^;]*${endless.replaceAll(/[()*]/g, '\\$&')}`));
    running.child.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    expect(await shop.rows('select id from a')).toEqual([[1]]);
    shop.write({ 'models/a.sql': model('swapped', 'select 2 as id') });
    expect(await runProgram(shop, ['build'])).toMatchObject({ code: 0 });
    expect(await shop.rows('select id from a')).toEqual([[2]]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('a program may make several temporary tables, and moves what does not say its type', async () => {
    const parts = `{% set standing = load_cached_relation(this) %}
      {% set gone = [] %}
      {% if standing is none %}
        {% call statement('main') %}create table {{ this }} as {{ sql }}{% endcall %}
      {% else %}
        {% set aside = make_backup_relation(this, standing.type) %}
        {% do adapter.rename_relation(this, aside) %}
        {% do gone.append(aside) %}
        {% call statement('main') %}create table {{ this }} as {{ sql }}{% endcall %}
        {% for number in range(3) %}
          {% set part = make_temp_relation(this.incorporate(type='table')) %}
          {% do run_query(create_table_as(true, part, 'select ' ~ number ~ ' as id')) %}
          {% call statement('more', fetch_result=true) %}
            insert into {{ this }} select id from {{ part }}
          {% endcall %}
          {% set more = load_result('more') %}
          {% do log([more.keys() | list, more['response']['query_id'], more.get('nothing')], info=true) %}
        {% endfor %}
      {% endif %}
      {% do adapter.commit() %}
      {% for one in gone %}{% do adapter.drop_relation(one) %}{% endfor %}`;
    const shop = project({
      'macros/m.sql': small('parts', parts, "{'relations': [this.incorporate(type='table')]}"),
      'models/a.sql': model('parts', 'select 7 as id'),
    });
    await succeeds(shop, 'build');
    const { events } = await succeeds(shop, 'build');
    const told = events.flatMap((event) =>
      event.name === 'template-log' && event.level === 'info' ? [event.text] : [],
    );
    expect(told).toEqual(Array(3).fill("[['response', 'data', 'table'], None, None]"));
    expect(await shop.rows('select id from a order by id')).toEqual([[0], [1], [2], [7]]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('what has no type cannot be dropped, as under dbt', async () => {
    const shop = project({
      'macros/m.sql': '{% macro m() %}{% do adapter.drop_relation(ref("a")) %}{% endmacro %}',
      'models/a.sql': 'select 1 as id',
    });
    await succeeds(shop, 'build');
    const { diagnostics } = await sluice(shop, 'runOperation', { macro: 'm' });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'relation-type-missing',
        `Tried to drop relation "${shop.database}"."${shop.schema}"."a", but its type is null.`,
      ],
    ]);
    expect(await shop.relations()).toEqual(['a view']);
  });

  test('what a program did not commit is gone, as under dbt, and is told', async () => {
    const create = main('create table {{ this }} as {{ sql }}');
    const made = "{'relations': [this.incorporate(type='table')]}";
    const shop = project({
      'macros/m.sql': [
        small('left_open', create, made),
        small('queried', main('{{ sql }}')),
        small('noted', "{% do store_raw_result('main', message='NOTED', rows_affected=3) %}"),
      ].join(''),
      'models/left_open.sql': model('left_open', 'select 1 as id'),
      'models/queried.sql': model('queried', 'select 1 as id'),
      'models/noted.sql': model('noted', 'select 1 as id'),
    });
    const { statuses, messages, warnings } = await sluice(shop, 'build');
    expect(statuses).toEqual({ left_open: 'success', noted: 'success', queried: 'success' });
    expect(messages['noted']).toBe('NOTED');
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "materialization-not-committed: the materialization 'left_open' of 'left_open' did not commit: what it did was rolled back",
    ]);
    expect(await shop.relations()).toEqual([]);
  });

  test('a program that gives back something else, or takes another language, is told as dbt tells it', async () => {
    const named = {
      text: "'text'",
      none: 'none',
      keys: "{'rel': []}",
      list: "{'relations': 1}",
      item: "{'relations': ['x']}",
    };
    const shop = project({
      'macros/m.sql': [
        ...Object.entries(named).map(([name, gives]) => small(`gives_${name}`, main('select 1'), gives)),
        small('no_main', ''),
        small('python', main('select 1'), undefined, "default, supported_languages=['python']"),
      ].join(''),
      ...Object.fromEntries(
        [...Object.keys(named).map((name) => `gives_${name}`), 'no_main', 'python'].map((name) => [
          `models/${name}.sql`,
          model(name, 'select 1 as id'),
        ]),
      ),
    });
    const { messages } = await sluice(shop, 'build');
    const said = Object.entries(messages).map(([name, message]) => [name, message!.split('\n  ')[1]]);
    expect(Object.fromEntries(said)).toEqual({
      gives_text:
        'The materialization ("gives_text") did not explicitly return a list of relations to add to the cache.',
      gives_none:
        'Invalid return value from materialization, expected a dict with key "relations", got: None',
      gives_keys: `Invalid return value from materialization, "relations" not found, got keys: ['rel']`,
      gives_list: 'Invalid return value from materialization, "relations" not a list, got: 1',
      gives_item: 'Invalid return value from materialization, "relations" contains non-Relation: x',
      no_main: 'main is not being called during running model',
      python: `Materialization "materialization_python_default" only supports languages ['python']; got "sql"`,
    });
  });

  test("the project's own program stands for a built-in one, of seeds and tests too", async () => {
    const shop = project({
      'macros/m.sql': [
        small(
          'view',
          `${main('create or replace view {{ this }} as select 7 as id')}{% do adapter.commit() %}`,
          "{'relations': [this.incorporate(type='view')]}",
        ),
        small(
          'seed',
          `{% set table = load_agate_table() %}
          {% do drop_relation_if_exists(load_cached_relation(this)) %}
          {% do create_csv_table(model, table) %}{% do load_csv_rows(model, table) %}
          {% call noop_statement('main', 'LOADED ' ~ table.rows | length) %}{% endcall %}{% do adapter.commit() %}`,
          "{'relations': [this.incorporate(type='table')]}",
        ),
        small(
          'test',
          `{% call statement('main', fetch_result=true) %}
          select count(*) + 40 as failures, true as should_warn, false as should_error from ({{ sql }}) as q
          {% endcall %}`,
        ),
      ].join(''),
      'models/a.sql': 'select 1 as id',
      'seeds/s.csv': 'id,name\n1,x\n2,y\n',
      'tests/t.sql': "select * from {{ ref('a') }} cross join {{ ref('s') }} as s",
    });
    for (const _ of [1, 2]) {
      const { statuses, messages } = await sluice(shop, 'build');
      expect(statuses).toEqual({ a: 'success', s: 'success', t: 'warn' });
      expect(messages).toMatchObject({ s: 'LOADED 2', t: 'Got 42 results, configured to warn if != 0' });
    }
    expect(await shop.rows('select a.id, s.name from a, s order by name')).toEqual([
      [7, 'x'],
      [7, 'y'],
    ]);
  });

  test("an installed package's program is found by its name; for a built-in one only where the project lets it", async () => {
    const create = `${main("create or replace view {{ this }} as select 'near' as who")}{% do adapter.commit() %}`;
    const made = "{'relations': [this.incorporate(type='view')]}";
    const project_ = (more: string): string => `name: shop\nprofile: shop\n${more}`;
    const shop = project({
      'dbt_project.yml': project_(''),
      'packages.yml': 'packages: [{local: near}]',
      'near/dbt_project.yml': 'name: near',
      'near/macros/m.sql': small('view', create, made) + small('of_near', create, made),
      'models/a.sql': "select 'shop' as who",
      'models/b.sql': model('of_near', "select 'shop' as who"),
    });
    await sluice(shop, 'deps');
    const who = async () => {
      const { warnings, statuses } = await sluice(shop, 'build');
      expect(statuses).toEqual({ a: 'success', b: 'success' });
      return [await shop.rows('select a.who, b.who from a, b'), warnings.map(({ event }) => event)];
    };
    expect(await who()).toEqual([[['shop', 'near']], []]);
    shop.write({
      'dbt_project.yml': project_(
        'flags: {require_explicit_package_overrides_for_builtin_materializations: false}',
      ),
    });
    expect(await who()).toEqual([[['near', 'near']], ['PackageMaterializationOverrideDeprecation']]);
  });
});

describe.each(having('bound views'))('$name', ({ project }) => {
  test('a view that cannot be made again over a new table keeps the old one, and is told', async () => {
    const shop = project({
      'macros/programs.sql': programs,
      'models/a.sql': model('swapped', 'select 1 as id, 2 as gone'),
    });
    await succeeds(shop, 'build');
    await shop.rows('create view ours as select gone from a');
    shop.write({ 'models/a.sql': model('swapped', 'select 1 as id') });
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics.map(({ code }) => code)).toEqual(['dependent-in-the-way']);
    expect(await shop.rows('select gone from ours')).toEqual([[2]]);
  });
});
