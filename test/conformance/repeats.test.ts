import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { postgres } from './postgres.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project, slow }) => {
  test('two nodes that change one row in their transactions both do, once each', async () => {
    const model = `{{ config(materialized='table', pre_hook='update {{ this.schema }}.tally set n = n + 1') }} select ${slow} as id`;
    const shop = project({
      'models/a.sql': model,
      'models/b.sql': model,
      'models/first.sql': 'select 1 as id',
    });
    await succeeds(shop, 'run', { select: ['first'] });
    await shop.rows('create table tally as select 0 as n');
    await succeeds(shop, 'run', { select: ['a', 'b'], threads: 2 });
    expect(await shop.rows('select n from tally')).toEqual([[2]]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'first view', 'tally table']);
  });
});

describe.each(warehouses)('$name', ({ project }) => {
  test('a change of columns that somebody else is changing waits for them, and is made', async () => {
    const model = (more: string): string =>
      `{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }} select 1 as id${more}`;
    const shop = project({ 'models/a.sql': model('') });
    await succeeds(shop, 'run');
    shop.write({ 'models/a.sql': model(', 2 as more') });
    const other = await shop.client();
    await other.rows('begin');
    await other.rows('alter table a add column theirs integer');
    let freed: Promise<unknown> | null = null;
    const ran = await sluice(shop, 'run', {
      onEvent: (event) => {
        if (event.name === 'message' && /worked again|waits for a lock/.test(event.text)) {
          freed ??= other.rows('rollback');
        }
      },
    });
    await freed;
    expect([ran.statuses, ran.diagnostics]).toEqual([{ a: 'success' }, []]);
    expect(freed).not.toBeNull();
    expect(await shop.rows('select id, more from a')).toEqual([[1, 2]]);
  });
});

/** Ends its own connection until it has been called so often; the count outlives every rollback. */
const tries = 3;
const functions = (schema: string) => [
  `create schema if not exists ${schema}`,
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map(
    (name) => `create sequence ${schema}.tries_${name}`,
  ),
  `create function ${schema}.flaky(name text) returns int language plpgsql as $$
    begin
      if nextval(('${schema}.tries_' || name)::regclass) < ${tries} then perform pg_terminate_backend(pg_backend_pid()); end if;
      return 1;
    end $$`,
  `create table ${schema}.audit (name text)`,
];

const flaky = (name: string, config: string): string =>
  `{{ config(${config}) }} select {{ this.schema }}.flaky('${name}') as id`;

const hookOutside = (name: string): string =>
  `{'sql': "insert into {{ this.schema }}.audit values ('${name}')", 'transaction': false}`;

describe('PostgreSQL', () => {
  test('what loses its connection is worked again until it is done, and what would be there twice is not', async () => {
    const shop = postgres.project({
      // Worked again.
      'models/a.sql': flaky('a', "materialized='table'"),
      'models/b.sql': flaky('b', "materialized='incremental', unique_key='id'"),
      'models/c.sql': flaky(
        'c',
        "materialized='incremental', incremental_strategy='insert_overwrite', partition_by='id'",
      ),
      'models/d.sql': flaky(
        'd',
        "materialized='table', pre_hook=\"insert into {{ this.schema }}.audit values ('d')\"",
      ),
      'tests/e.sql': "select 1 as id where (select {{ target.schema }}.flaky('e')) = 0",
      // Not worked again.
      'models/f.sql': flaky('f', "materialized='incremental'"),
      'models/g.sql': flaky('g', "materialized='incremental', incremental_strategy='mine', unique_key='id'"),
      'models/h.sql': flaky('h', `materialized='table', pre_hook=${hookOutside('h')}`),
      'models/i.sql': flaky('i', "materialized='mine'"),
      'models/j.sql': `{% if execute %}{% do run_query("insert into " ~ this.schema ~ ".audit values ('j')") %}{% endif %}${flaky('j', "materialized='table'")}`,
      'macros/mine.sql': `{% macro get_incremental_mine_sql(arg_dict) %}insert into {{ arg_dict['target_relation'] }} select * from {{ arg_dict['temp_relation'] }}{% endmacro %}
        {% materialization mine, default %}
          {%- call statement('main') -%} create table {{ this }} as {{ sql }} {%- endcall -%}
          {% do adapter.commit() %}{{ return({'relations': [this.incorporate(type='table')]}) }}
        {% endmaterialization %}
        {% macro operate() %}{% do run_query("select " ~ target.schema ~ ".flaky('k')") %}{% endmacro %}`,
    });
    for (const statement of functions(shop.schema)) await shop.rows(statement);
    const standing = ['b', 'c', 'f', 'g'];
    for (const name of standing) await shop.rows(`create table ${name} as select 0 as id`);
    const { statuses, diagnostics } = await sluice(shop, 'build', { threads: 4 });
    const names = { done: ['a', 'b', 'c', 'd'], failed: ['f', 'g', 'h', 'i', 'j'] };
    expect(statuses).toEqual(
      Object.fromEntries([
        ...names.done.map((name) => [name, 'success']),
        ['e', 'pass'],
        ...names.failed.map((name) => [name, 'error']),
      ]),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(names.failed.map(() => 'warehouse-transient'));
    const operated = await sluice(shop, 'runOperation', { macro: 'operate' });
    expect(operated.outcome?.success).toBe(false);
    const counted = [...names.done, 'e', ...names.failed, 'k'].map(
      (name) => `(select last_value from tries_${name})`,
    );
    expect(await shop.rows(`select ${counted.join(', ')}`)).toEqual([
      [...names.done, 'e'].map(() => tries).concat([...names.failed, 'k'].map(() => 1)),
    ]);
    expect(await shop.rows('select name, count(*) from audit group by name order by name')).toEqual([
      ['d', 1],
      ['h', 1],
      ['j', 1],
    ]);
    expect(await shop.rows('select (select count(*) from f), (select count(*) from g)')).toEqual([[1, 1]]);
    expect((await shop.relations()).filter((name) => name.includes('__'))).toEqual([]);
  });
});
