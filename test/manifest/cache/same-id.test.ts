import { expect, test } from 'vitest';
import { sluice, testProject } from '../../rig.ts';

test('a node keeps its children beside a disabled one of its name', async () => {
  const project = testProject({
    'models/on/a.sql': 'select 1 as id',
    'models/off/a.sql': '{{ config(enabled=false) }} select 2 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
  });
  const children = async (): Promise<unknown> => {
    await sluice(project, 'parse');
    return JSON.parse(project.read('target/manifest.json')).child_map['model.shop.a'];
  };
  expect(await children()).toEqual(['model.shop.b']);
  project.write({ 'models/c.sql': "select * from {{ ref('a') }}" });
  expect(await children()).toEqual(['model.shop.b', 'model.shop.c']);
  project.write({ 'models/on/a.sql': 'select 3 as id' });
  expect(await children()).toEqual(['model.shop.b', 'model.shop.c']);
  project.write({ 'models/off/a.sql': '{{ config(enabled=false) }} select 4 as id' });
  expect(await children()).toEqual(['model.shop.b', 'model.shop.c']);
});
