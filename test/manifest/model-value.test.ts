import { expect, test } from 'vitest';
import { modelRecord } from '../../src/manifest/model-value.ts';
import { parse } from './rig.ts';

const files = {
  'models/a.sql': "{{ config(meta={'owner': none}, own=none) }} select 1 as id from {{ ref('b') }}",
  'models/b.sql': 'select 1 as id',
  'models/s.yml': 'models: [{name: a, columns: [{name: id, meta: {x: null}}]}]',
};

test('what nothing was given for is absent in model, and there in graph', () => {
  const node = parse(files).manifest.nodes.get('model.shop.a')!;
  const model = modelRecord(node);
  for (const key of ['version', 'group', 'deprecation_date']) {
    expect(key in model).toBe(false);
    expect(key in node).toBe(true);
  }
  expect(model['config']).not.toHaveProperty('unique_key');
  expect(model['refs']).toEqual([{ name: 'b' }]);
  expect(model['docs']).toEqual({ show: true });
});

test('what the project writes is kept, nulls too', () => {
  const model = modelRecord(parse(files).manifest.nodes.get('model.shop.a')!) as {
    readonly config: Readonly<Record<string, unknown>>;
    readonly columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  expect(model.config).toMatchObject({ meta: { owner: null }, own: null });
  expect(model.columns['id']).toMatchObject({ name: 'id', meta: { x: null } });
  expect(model.columns['id']).not.toHaveProperty('data_type');
});

test('a template sees it so while parsing', () => {
  const { manifest } = parse({
    'models/a.sql': "{{ config(tags=['v' if model.version is defined else 'none']) }} select 1",
  });
  expect(manifest.nodes.get('model.shop.a')!.config.tags).toEqual(['none']);
});
