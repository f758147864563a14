import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

interface Catalog {
  readonly nodes: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[] | null;
}

const files = {
  'models/apples.sql': 'select 1 as id',
  'models/pears.sql': "select * from {{ ref('apples') }}",
  'models/fruit.yml': `
models:
  - name: apples
    columns: [{name: id, data_tests: [{not_null: {name: has_id, config: {store_failures: true}}}]}]
sources:
  - {name: farm, schema: "{{ target.schema }}", tables: [{name: apples}]}
  - {name: market, schema: "{{ target.schema }}", tables: [{name: apples}, {name: pears}]}
`,
};

const trees = ['model.shop.apples', 'model.shop.pears'];
const everywhere = ['source.shop.farm.apples', 'source.shop.market.apples', 'source.shop.market.pears'];

describe.each(warehouses)('$name', ({ project }) => {
  test('the catalog lists what is selected: nodes, failures that tests keep, every source of a table', async () => {
    const shop = project(files);
    await succeeds(shop, 'build');
    const listed = async (options: object) => {
      expect((await sluice(shop, 'docsGenerate', options)).diagnostics).toEqual([]);
      const { nodes, sources, errors } = shop.json<Catalog>('target/catalog.json');
      expect(errors).toBeNull();
      return [...Object.keys(nodes), ...Object.keys(sources)]
        .map((id) => id.replace(/\.[0-9a-f]{10}$/, ''))
        .sort();
    };
    expect(await listed({})).toEqual([...trees, ...everywhere, 'test.shop.has_id']);
    expect(await listed({ select: ['pears'] })).toEqual(['model.shop.pears']);
    expect(await listed({ select: ['source:farm+'] })).toEqual(['source.shop.farm.apples']);
    expect(await listed({ select: ['pears'], compile: false })).toEqual([
      ...trees,
      ...everywhere,
      'test.shop.has_id',
    ]);
  });

  test('folders of assets are copied beside the catalog', async () => {
    const shop = project({
      'dbt_project.yml': 'name: shop\nprofile: shop\nasset-paths: [pictures, nowhere]\n',
      'pictures/deep/map.svg': '<svg/>',
      'target/pictures/old.svg': '<svg/>',
    });
    expect((await sluice(shop, 'docsGenerate', { emptyCatalog: true })).diagnostics).toEqual([]);
    expect(shop.read('target/pictures/deep/map.svg')).toBe('<svg/>');
    expect(shop.has('target/pictures/old.svg')).toBe(false);
  });

  test.each(['.', 'pictures', 'pictures/deep'])(
    'assets stay what they are where the target folder is %s',
    async (targetPath) => {
      const shop = project({
        'dbt_project.yml': 'name: shop\nprofile: shop\nasset-paths: [pictures]\n',
        'pictures/deep/map.svg': '<svg/>',
      });
      expect((await sluice(shop, 'docsGenerate', { emptyCatalog: true, targetPath })).diagnostics).toEqual(
        [],
      );
      expect(shop.read('pictures/deep/map.svg')).toBe('<svg/>');
      expect(shop.has('pictures/pictures')).toBe(false);
    },
  );

  test('a macro of the project gives the catalog, and what it raises stands in it', async () => {
    const shop = project({
      ...files,
      'macros/catalog.sql': `{% macro get_catalog_relations(information_schema, relations) %}
        {% do exceptions.raise_compiler_error('not ' ~ relations | length ~ ' relations') %}
      {% endmacro %}`,
    });
    await succeeds(shop, 'build');
    const ran = await sluice(shop, 'docsGenerate', { select: ['apples', 'source:market'] });
    expect(ran.outcome?.success).toBe(false);
    expect(shop.json<Catalog>('target/catalog.json')).toMatchObject({
      nodes: {},
      sources: {},
      errors: ['not 4 relations'],
    });
    const strict = await sluice(shop, 'docsGenerate', { warnError: true });
    expect([strict.outcome, strict.diagnostics.length]).toEqual([null, 1]);
  });
});
