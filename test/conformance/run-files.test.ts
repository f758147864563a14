import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

interface Manifest {
  readonly nodes: Readonly<
    Record<
      string,
      { readonly name: string; readonly build_path: string | null; readonly compiled_path: string | null }
    >
  >;
}

const files = {
  'dbt_project.yml': 'name: shop\nprofile: shop\non-run-start: ["select 1", "{{ log(1) }}"]\n',
  'seeds/raw.csv': 'id\n1\n',
  'models/a.sql': "select id from {{ ref('raw') }}",
  'models/inner.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
  'models/deep/schema.yml': `models:
  - name: a
    columns: [{name: id, data_tests: [unique, not_null]}]
unit_tests:
  - {name: passes, model: a, given: [{input: ref('raw'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}
`,
  'tests/none.sql': "select * from {{ ref('a') }} where id > 1",
  'tests/kept.sql': "{{ config(store_failures=true) }} select * from {{ ref('a') }} where id > 1",
  'analyses/look.sql': "select * from {{ ref('a') }}",
  'snapshots/history.yml':
    "snapshots: [{name: history, relation: ref('a'), config: {strategy: check, check_cols: all, unique_key: id}}]",
};

/** Where dbt 1.11.16 writes what it sends, below `target/run/shop`, and says so in the manifest. */
const built = {
  a: 'models/a.sql',
  history: 'snapshots/history.yml/history.yml/history.sql',
  kept: 'tests/kept.sql',
  none: 'tests/none.sql',
  not_null_a_id: 'models/deep/schema.yml/not_null_a_id.sql',
  raw: 'seeds/raw.csv',
  unique_a_id: 'models/deep/schema.yml/unique_a_id.sql',
};

describe.each(warehouses)('$name', ({ project }) => {
  test.each([true, false])(
    'what is sent is written where dbt writes it, fused tests or not (%s)',
    async (fuseTests) => {
      const shop = project(files);
      await succeeds(shop, 'build', { fuseTests });
      const unitTest = 'models/deep/schema.yml/models/deep/passes.sql';
      expect(filesIn(shop.path('target/run/shop'))).toEqual([...Object.values(built), unitTest].sort());
      const { nodes } = shop.json<Manifest>('target/manifest.json');
      const paths = Object.values(nodes).flatMap(({ name, build_path: path }) =>
        path === null ? [] : [[name, path]],
      );
      expect(Object.fromEntries(paths)).toEqual(
        Object.fromEntries(Object.entries(built).map(([name, path]) => [name, `target/run/shop/${path}`])),
      );
      const plain = (path: string): string =>
        shop.read(`target/run/shop/${path}`).replace(/\s+/g, ' ').trim();
      expect(plain(built.not_null_a_id)).toMatch(
        /^select count\(\*\) as failures, .* from \( select id from \S+ where id is null \) (as )?\S+$/,
      );
      expect(plain(built.kept)).toMatch(/ from \( select \* from \S+kept"? \) /);
    },
  );

  test('the manifest keeps apart a model that was built and a disabled one of its name', async () => {
    const shop = project({
      'models/new/orders.sql': 'select 1 as id',
      'models/old/orders.sql': '{{ config(enabled=false) }} select 2 as id',
    });
    await succeeds(shop, 'run');
    const { nodes, disabled } = JSON.parse(shop.read('target/manifest.json'));
    expect(nodes['model.shop.orders']).toMatchObject({ path: 'new/orders.sql', compiled: true });
    expect(disabled['model.shop.orders']).toMatchObject([{ path: 'old/orders.sql', compiled_path: null }]);
  });

  test('the text of hooks is written beside what is compiled, where there is any', async () => {
    const shop = project(files);
    await succeeds(shop, 'seed');
    expect(filesIn(shop.path('target/compiled/shop/dbt_project.yml'))).toEqual([
      'hooks/shop-on-run-start-0.sql',
    ]);
    const { nodes } = shop.json<Manifest>('target/manifest.json');
    expect(nodes['operation.shop.shop-on-run-start-0']?.compiled_path).toMatch(
      /hooks\/shop-on-run-start-0\.sql$/,
    );
    expect(nodes['operation.shop.shop-on-run-start-1']?.compiled_path).toBe(null);
  });
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
    .sort();
