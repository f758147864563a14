import { describe, expect, test } from 'vitest';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project, types }) => {
  test('models and seeds become what they are configured to be, and a second run changes nothing', async () => {
    const shop = project({
      'seeds/raw.csv': 'id,name\n1,one\n2,two\n',
      'models/default.sql': "select id, name from {{ ref('raw') }}",
      'models/table.sql':
        "{{ config(materialized='table') }} select id, upper(name) as name from {{ ref('default') }}",
      'models/grows.sql':
        "{{ config(materialized='incremental', unique_key='id') }} select id, name from {{ ref('table') }}",
    });
    const before = await succeeds(shop, 'build').then(() => shop.relations());
    expect(before).toEqual(['default view', 'grows table', 'raw table', 'table table']);
    expect(await shop.columns('raw')).toEqual([`id ${types.integer}`, `name ${types.text}`]);
    await succeeds(shop, 'build');
    expect(await shop.relations()).toEqual(before);
    expect(await shop.rows('select * from grows order by id')).toEqual([
      [1, 'ONE'],
      [2, 'TWO'],
    ]);
  });

  test('tables of either kind turn into each other and back', async () => {
    const shop = project();
    for (const [index, type] of (['view', 'table', 'view', 'incremental', 'view'] as const).entries()) {
      shop.write({ 'models/a.sql': `{{ config(materialized='${type}') }} select ${index} as id` });
      await succeeds(shop, 'build');
      expect(await shop.relations()).toEqual([`a ${type === 'view' ? 'view' : 'table'}`]);
      expect(await shop.rows('select * from a')).toEqual([[index]]);
    }
  });
});
