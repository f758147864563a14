import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cli, sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const files = {
  // What `other` says builds into a schema of its own: the other run.
  'macros/generate_schema_name.sql':
    "{% macro generate_schema_name(name, node) %}{{ target.schema }}{{ '_prod' if var('prod', false) else '' }}{% endmacro %}",
  'dbt_project.yml': 'name: shop\nprofile: shop\non-run-start: [select nothing]\n',
  'models/t.sql': "{{ config(materialized='table') }} select 1 as id",
  'models/v.sql': "select id from {{ ref('t') }}",
  'models/i.sql': "{{ config(materialized='incremental') }} select id from {{ ref('e') }}",
  'models/e.sql': "{{ config(materialized='ephemeral') }} select id from {{ ref('v') }}",
  'seeds/s.csv': 'id,name\n5,x\n',
};

/** Builds the other run, and keeps its manifest as state. */
async function produced(shop: WarehouseProject): Promise<void> {
  const { statuses } = await sluice(shop, 'build', { vars: { prod: true } });
  expect(statuses).toMatchObject({ t: 'success', v: 'success', i: 'success', s: 'success' });
  cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
  await shop.rows(`create schema if not exists ${shop.schema}`);
}

const own = async (shop: WarehouseProject): Promise<readonly string[]> =>
  (await shop.relations()).filter((name) => !name.startsWith('prod.'));

describe.each(warehouses)('$name', ({ project }) => {
  test('each node gets a view on its relation of the other run, without being built', async () => {
    const shop = project(files);
    await produced(shop);
    const { outcome, statuses, messages, events } = await sluice(shop, 'clone', { state: 'state' });
    expect(outcome?.success).toBe(true);
    expect(statuses).toEqual({ t: 'success', v: 'success', i: 'success', s: 'success' });
    expect(messages['t']).toMatch(/^(OK|CREATE VIEW)$/);
    expect(events.some(({ name }) => name === 'hook-started')).toBe(false);
    expect(await own(shop)).toEqual(['i view', 's view', 't view', 'v view']);
    expect(await shop.rows('select t.id, v.id, i.id, s.id, s.name from t, v, i, s')).toEqual([
      [1, 1, 1, 5, 'x'],
    ]);
    expect(shop.read('target/run/shop/models/t.sql')).toContain('select * from');
  });

  test('what stands there stays, and is replaced with --full-refresh, whatever it is', async () => {
    const shop = project(files);
    await produced(shop);
    await shop.rows('create table t as select 7 as id, 8 as more');
    await shop.rows('create view v as select id from t');
    const { messages, events } = await sluice(shop, 'clone', { deferState: 'state', select: ['t', 'v'] });
    expect(messages).toEqual({ t: 'No-op', v: 'No-op' });
    const told = events.flatMap((event) => (event.name === 'template-log' ? [event.text] : [])).sort();
    expect(told).toEqual([
      `Relation "${shop.database}"."${shop.schema}"."t" already exists`,
      `Relation "${shop.database}"."${shop.schema}"."v" already exists`,
    ]);
    expect(await shop.rows('select t.id, v.id from t, v')).toEqual([[7, 7]]);
    const options = { state: 'state', select: ['t'], fullRefresh: true };
    expect((await sluice(shop, 'clone', options)).outcome?.success).toBe(true);
    expect(await own(shop)).toEqual(['t view', 'v view']);
    expect(await shop.rows('select t.id, v.id from t, v')).toEqual([[1, 1]]);
    expect(await shop.columns('t')).toHaveLength(1);
  });

  test('a node that the other run did not have, or did not make, leaves what was there', async () => {
    const shop = project(files);
    await produced(shop);
    await shop.rows('create table s as select 7 as id');
    shop.write({ 'models/added.sql': 'select 2 as id' });
    await shop.rows(`drop table ${shop.schema}_prod.s`);
    const options = { state: 'state', fullRefresh: true };
    const { statuses, messages, events } = await sluice(shop, 'clone', options);
    expect(statuses).toMatchObject({ added: 'success', s: 'error', i: 'success' });
    expect(messages['added']).toBe('No-op');
    expect(events.flatMap((event) => (event.name === 'template-log' ? [event.text] : []))).toContain(
      'No relation found in state manifest for model.shop.added',
    );
    expect(await own(shop)).toEqual(['i view', 's table', 't view', 'v view']);
    expect(await shop.rows('select id from s')).toEqual([[7]]);
  });

  test('a run is not cloned from itself', async () => {
    const shop = project({ ...files, 'dbt_project.yml': 'name: shop\nprofile: shop\n' });
    await succeeds(shop, 'build');
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    const before = await shop.relations();
    const { messages } = await sluice(shop, 'clone', { state: 'state', fullRefresh: true });
    expect(messages).toEqual({ t: 'No-op', v: 'No-op', i: 'No-op', s: 'No-op' });
    expect(await shop.relations()).toEqual(before);
  });

  test('where macros say how tables are cloned they are; and the project may bring a program of its own', async () => {
    const copies = `{% macro default__can_clone_table() %}{{ return(true) }}{% endmacro %}
      {% macro default__create_or_replace_clone(this_relation, defer_relation) %}
        drop table if exists {{ this_relation }}; create table {{ this_relation }} as select * from {{ defer_relation }}
      {% endmacro %}`;
    const shop = project({ ...files, 'macros/clone.sql': copies });
    await produced(shop);
    await shop.rows('create view t as select 7 as id');
    await sluice(shop, 'clone', { state: 'state', fullRefresh: true, select: ['t', 'v'] });
    expect(await own(shop)).toEqual(['t table', 'v view']);
    expect(await shop.rows('select t.id, v.id from t, v')).toEqual([[1, 1]]);
    shop.write({
      'macros/clone.sql': `{% materialization clone, default %}
        {% if this.identifier == 'v' %}{{ return({'relations': []}) }}{% endif %}
        {% call statement('main') %}create table {{ this }} as select id + 10 as id from {{ defer_relation }}{% endcall %}
        {% do adapter.commit() %}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
      {% endmaterialization %}`,
    });
    const { messages } = await sluice(shop, 'clone', { state: 'state', select: ['i', 'v'] });
    expect(messages['v']).toBe('No-op');
    expect(await own(shop)).toEqual(['i table', 't table', 'v view']);
    expect(await shop.rows('select id from i')).toEqual([[11]]);
  });
});

describe.each(having('bound views'))('$name', ({ project }) => {
  test('what reads a relation that is cloned anew reads the clone', async () => {
    const shop = project(files);
    await produced(shop);
    await shop.rows('create table t as select 7 as id');
    await shop.rows('create view ours as select id from t');
    const { outcome } = await sluice(shop, 'clone', { state: 'state', select: ['t'], fullRefresh: true });
    expect(outcome?.success).toBe(true);
    expect(await shop.rows('select id from ours')).toEqual([[1]]);
  });
});

test('clone needs a state that has a manifest', async () => {
  const shop = warehouses[0]!.project({ 'models/a.sql': 'select 1 as id', 'broken/manifest.json': '{' });
  const ran = async (...argv: string[]) => {
    const { code, out, err } = await cli(shop, ['clone', ...argv]);
    return [code, `${out}${err}`.match(/error\[.*/g)];
  };
  expect(await ran()).toEqual([
    2,
    ['error[state-missing] --state or --defer-state are required for deferral, but neither was provided'],
  ]);
  expect(await ran('--state', 'nowhere')).toEqual([
    2,
    ['error[state-manifest-missing] Could not find manifest in --state path: "nowhere"'],
  ]);
  expect(await ran('--state', 'broken')).toEqual([
    2,
    [
      expect.stringMatching(
        /^error\[artifact-not-understood\] .*manifest.json is not a manifest artifact: it is no JSON$/,
      ),
    ],
  ]);
});
