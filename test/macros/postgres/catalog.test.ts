import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { postgresProject } from '../../postgres.ts';
import { type Files, sluice } from '../../rig.ts';
import { printed } from '../rig.ts';
import recorded from './catalog/catalog.json' with { type: 'json' };
import { macroProject } from './rig.ts';

const folder = join(import.meta.dirname, 'catalog');

const filesOf = (...places: readonly string[]): Files =>
  Object.fromEntries(
    places
      .flatMap((place) =>
        place === ''
          ? ['dbt_project.yml']
          : readdirSync(join(folder, place)).map((name) => `${place}/${name}`),
      )
      .map((name) => [name, readFileSync(join(folder, name))]),
  );

interface Catalog {
  readonly nodes: Readonly<Record<string, CatalogTable>>;
  readonly sources: Readonly<Record<string, CatalogTable>>;
}

interface CatalogTable {
  readonly metadata: Readonly<Record<string, string | null>>;
}

test('the catalog is what dbt writes: types, comments, order, tables of every kind', async () => {
  const project = postgresProject(filesOf('', 'models', 'seeds'));
  expect((await sluice(project, 'build')).diagnostics).toEqual([]);
  expect((await sluice(project, 'docsGenerate')).diagnostics).toEqual([]);
  const { nodes, sources } = project.json<Catalog & Record<string, unknown>>('target/catalog.json');
  // Whose server the tests have, and in which schema, is not the catalog's doing.
  const placed = (tables: Readonly<Record<string, CatalogTable>>): Record<string, CatalogTable> =>
    Object.fromEntries(
      Object.entries(tables).map(([id, table]) => {
        const { metadata } = table;
        expect([id, metadata['owner']]).toEqual([id, expect.stringMatching(/./)]);
        const schema = metadata['schema']!.replace(project.schema, 'SCHEMA');
        return [id, { ...table, metadata: { ...metadata, schema, database: 'DATABASE', owner: 'OWNER' } }];
      }),
    );
  expect({ nodes: placed(nodes), sources: placed(sources) }).toEqual(recorded);
  // `toEqual` does not look at the order of columns.
  const order = (tables: object): string =>
    JSON.stringify(
      Object.entries(tables)
        .map(([id, { columns }]) => [id, Object.keys(columns)])
        .sort(),
    );
  expect(order({ ...nodes, ...sources })).toBe(order({ ...recorded.nodes, ...recorded.sources }));
});

test('the catalog of single relations has those only, and is empty for none', async () => {
  const project = await macroProject({ 'models/other.sql': 'select 1 as a, 2 as b' });
  const relation = (name: string) =>
    `api.Relation.create(database=target.database, schema=target.schema, identifier=${name})`;
  const names = (relations: string) =>
    `{{ get_catalog_relations(ref('other').information_schema(), ${relations}).rows | map(attribute='table_name') | join(',') }}`;
  const text = await printed(
    project,
    `${names(`[${relation("'OTHER'")}]`)}|${names(`[${relation('none')}]`)}|${names(`[${relation('"it\'s"')}]`)}|${names('[]')}`,
  );
  expect(text).toBe('other,other|numbers,other,other||');
});

test('relations and schemas are listed, functions among them', async () => {
  const project = await macroProject({
    'models/seen.sql': 'select 1 as a',
    'dbt_project.yml': `name: shop\nprofile: shop\non-run-end:
      - create function {{ target.schema }}.doubled(n int) returns int language sql as 'select 2 * n'
      - create materialized view {{ target.schema }}.kept as select 1 as a\n`,
  });
  const text = await printed(
    project,
    `{% for row in list_relations_without_caching(ref('seen').without_identifier()).rows %}{{ row['name'] }} {{ row['type'] }} {{ row['schema'] == target.schema }} {{ row['database'] == target.database }};{% endfor %}
    {{ target.schema in list_schemas(target.database).columns[0].values() }}
    {{ check_schema_exists(ref('seen').information_schema(), target.schema).rows[0][0] }}
    {{ check_schema_exists(ref('seen').information_schema(), 'it\\'s').rows[0][0] }}
    {{ information_schema_name('any') }}`,
  );
  expect(text).toBe(
    'doubled function True True;kept materialized_view True True;numbers table True True;seen view True True; True 1 0 information_schema',
  );
});

test('relations tell which views read them', async () => {
  const project = await macroProject({
    'models/direct.sql': "select n from {{ ref('numbers') }}",
    'models/over.sql': "select d.n from {{ ref('direct') }} d cross join {{ ref('numbers') }}",
  });
  const text = await printed(
    project,
    `{% for row in postgres_get_relations().rows if row['dependent_schema'] == target.schema %}{{ row[1] }} reads {{ row['referenced_name'] }};{% endfor %}`,
  );
  expect(text).toBe('direct reads numbers;over reads direct;over reads numbers;');
});

test('a database that is not that of the connection is refused', async () => {
  const project = await macroProject();
  for (const call of [
    "create_schema(api.Relation.create(database='other', schema='x'))",
    "drop_schema(api.Relation.create(database='other', schema='x'))",
    "list_schemas('other')",
    "get_catalog(api.Relation.create(database='other').information_schema(), ['public'])",
  ]) {
    expect(await printed(project, `{% do ${call} %}`)).toContain(
      'a connection of postgres sees one database only',
    );
  }
  expect(
    await printed(project, `{{ list_schemas('"' ~ target.database | upper ~ '"').rows | length > 0 }}`),
  ).toBe('True');
});
