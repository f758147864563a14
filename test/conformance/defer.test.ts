import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

const files = {
  // What `prod` says builds into a schema of its own: the other run.
  'macros/generate_schema_name.sql':
    "{% macro generate_schema_name(name, node) %}{{ target.schema }}{{ '_prod' if var('prod', false) else '' }}{% endmacro %}",
  'models/parent.sql': "{{ config(materialized='table') }} select {{ 1 if var('prod', false) else 2 }} as id",
  'models/between.sql': "{{ config(materialized='ephemeral') }} select id from {{ ref('parent') }}",
  'models/child.sql': "{{ config(materialized='table') }} select id from {{ ref('between') }}",
  'models/s.yml': 'models: [{name: parent, columns: [{name: id, data_tests: [not_null]}]}]',
};

async function produced(shop: WarehouseProject): Promise<void> {
  await succeeds(shop, 'run', { vars: { prod: true } });
  cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
}

describe.each(warehouses)('$name', ({ project }) => {
  test('what is not built here is read from the other run, through ephemeral models too', async () => {
    const shop = project(files);
    await produced(shop);
    await succeeds(shop, 'run', { select: ['child'], defer: true, state: 'state' });
    expect(await shop.rows('select id from child')).toEqual([[1]]);
    await succeeds(shop, 'test', { select: ['parent'], defer: true, state: 'state' });
    const compiled = shop.read('target/compiled/shop/models/child.sql');
    expect(compiled).toContain(`${shop.schema}_prod`);
  });

  test('what is built here is read here, unless the other run is favoured and it is not selected', async () => {
    const shop = project(files);
    await produced(shop);
    await succeeds(shop, 'run', { select: ['parent'] });
    const deferring = { defer: true, state: 'state' };
    await succeeds(shop, 'run', { select: ['child'], ...deferring });
    expect(await shop.rows('select id from child')).toEqual([[2]]);
    await succeeds(shop, 'run', { select: ['child'], ...deferring, favorState: true });
    expect(await shop.rows('select id from child')).toEqual([[1]]);
    await succeeds(shop, 'run', { select: ['+child'], ...deferring, favorState: true });
    expect(await shop.rows('select id from child')).toEqual([[2]]);
  });

  test('--defer-state defers to one run while --state compares with another', async () => {
    const shop = project(files);
    await produced(shop);
    cpSync(shop.path('state'), shop.path('compared'), { recursive: true });
    shop.write({
      'models/child.sql': "{{ config(materialized='table') }} select id, 1 as more from {{ ref('between') }}",
    });
    const { statuses } = await sluice(shop, 'run', {
      select: ['state:modified'],
      defer: true,
      state: 'compared',
      deferState: 'state',
    });
    expect(statuses).toEqual({ child: 'success' });
    expect(await shop.rows('select id, more from child')).toEqual([[1, 1]]);
  });

  test('without a run to defer to nothing is built', async () => {
    const shop = project(files);
    expect((await sluice(shop, 'run', { defer: true })).diagnostics).toMatchObject([
      { code: 'state-missing' },
    ]);
    const nowhere = await sluice(shop, 'run', { defer: true, state: 'nowhere' });
    expect(nowhere.diagnostics).toMatchObject([{ code: 'state-manifest-missing' }]);
    expect(await shop.relations()).toEqual([]);
  });
});
