import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const contract = (
  constraints: string,
  columns = '{name: id, data_type: integer}, {name: v, data_type: integer}',
) =>
  `models: [{name: a, config: {contract: {enforced: true}}, constraints: [${constraints}], columns: [${columns}]}]`;

const table = (sql: string, materialized = 'table'): string =>
  `{{ config(materialized='${materialized}', unique_key='id', on_schema_change='fail') }} ${sql}`;

describe.each(warehouses)('$name', ({ project }) => {
  test('a table with named constraints is built again and again, and keeps them', async () => {
    const shop = project({
      'models/a.sql': table('select 1 as id, 2 as v'),
      'models/a.yml': contract(
        `{type: primary_key, name: key_of_a, columns: [id]}, {type: unique, name: '"V once"', columns: [v]},
         {type: check, name: positive, expression: 'id > 0'}`,
      ),
    });
    for (const options of [{}, {}, { fullRefresh: true }]) {
      await succeeds(shop, 'build', options);
      for (const row of ['(1, 3)', '(3, 2)', '(0, 3)'])
        await expect(shop.rows(`insert into a values ${row}`), row).rejects.toThrow(/constraint/i);
    }
    shop.write({ 'models/a.sql': table('select 0 as id, 2 as v') });
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics).toHaveLength(1);
    expect(await shop.rows('select id from a')).toEqual([[1]]);
  });

  test('constraints of columns that are no table’s are left out, with a warning unless they say that this is known', async () => {
    const column = (constraint: string) => `{name: id, data_type: integer, constraints: [{${constraint}}]}`;
    const warned = async (materialized: string, columns: string, constraints = '') => {
      const shop = project({
        'models/a.sql': `{{ config(materialized='${materialized}') }} select 1 as id`,
        'models/a.yml': contract(constraints, columns),
      });
      const { warnings } = await succeeds(shop, 'build');
      return warnings.map(({ code, event }) => [code, event]);
    };
    const ignored = [['constraints-ignored', 'UnsupportedConstraintMaterialization']];
    expect(await warned('view', column('type: not_null'))).toEqual(ignored);
    expect(await warned('view', column('type: not_null, warn_unsupported: false'))).toEqual([]);
    expect(await warned('view', '{name: id, data_type: integer}', '{type: unique, columns: [id]}')).toEqual(
      [],
    );
    expect(await warned('table', column('type: not_null'))).toEqual([]);
  });

  test('a foreign key points to the relation of a model or a source, and so does the manifest', async () => {
    const key = (to: string) => `{type: foreign_key, to: "${to}", to_columns: [id]}`;
    const shop = project({
      'models/towns.sql': table('select 1 as id'),
      'models/people.sql': table('select 1 as town, 2 as land'),
      'models/s.yml': `sources: [{name: atlas, schema: "{{ target.schema }}", tables: [{name: lands}]}]
models:
  - {name: towns, config: {contract: {enforced: true}}, columns: [{name: id, data_type: integer, constraints: [{type: primary_key}]}]}
  - name: people
    config: {contract: {enforced: true}}
    constraints: [{type: foreign_key, columns: [land], to: "source('atlas', 'lands')", to_columns: [id]}]
    columns: [{name: town, data_type: integer, constraints: [${key("ref('towns')")}]}, {name: land, data_type: integer}]`,
    });
    await succeeds(shop, 'run', { select: ['towns'] });
    await shop.rows('create table lands (id integer primary key)');
    await shop.rows('insert into lands values (2)');
    await succeeds(shop, 'run', { select: ['people'] });
    await expect(shop.rows('insert into people values (7, 2)')).rejects.toThrow(/foreign key/i);
    await expect(shop.rows('insert into people values (1, 7)')).rejects.toThrow(/foreign key/i);
    const { nodes } = JSON.parse(shop.read('target/manifest.json'));
    const { constraints, columns } = nodes['model.shop.people'];
    expect(constraints[0].to).toMatch(/^".*"\."lands"$/);
    expect(columns.town.constraints[0].to).toBe(nodes['model.shop.towns'].relation_name);
  });

  test('types of a contract may have names that every warehouse has, unless alias_types says no', async () => {
    const shop = project({
      'models/a.sql': table("select cast('x' as text) as v -- {{ model.columns.v.data_type }}"),
      'models/a.yml': contract('', '{name: v, data_type: string}'),
    });
    await succeeds(shop, 'build');
    expect(shop.read('target/compiled/shop/models/a.sql')).toContain('-- TEXT');
    shop.write({
      'models/a.yml':
        'models: [{name: a, config: {contract: {alias_types: false}}, columns: [{name: v, data_type: string}]}]',
    });
    await succeeds(shop, 'build');
    expect(shop.read('target/compiled/shop/models/a.sql')).toContain('-- string');
  });

  test('a number of a contract without precision and scale is warned of', async () => {
    const shop = project({
      'models/a.sql': table('select cast(1.5 as numeric(9, 2)) as n, cast(2 as numeric(9, 2)) as m'),
      'models/a.yml': contract('', '{name: n, data_type: Numeric}, {name: m, data_type: "numeric(9, 2)"}'),
    });
    const { warnings } = await sluice(shop, 'build');
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/rounded: n$/)]);
  });

  test('a constraint in SQL of its own is part of the table, of a column and of the whole', async () => {
    const shop = project({
      'models/a.sql': table('select 1 as id, 2 as v'),
      'models/a.yml': contract(
        "{type: custom, expression: 'unique (v)'}",
        "{name: id, data_type: integer}, {name: v, data_type: integer, constraints: [{type: custom, expression: 'default 7'}]}",
      ),
    });
    await succeeds(shop, 'build');
    await shop.rows('insert into a (id) values (5)');
    expect(await shop.rows('select v from a where id = 5')).toEqual([[7]]);
    await expect(shop.rows('insert into a values (6, 7)')).rejects.toThrow(/unique|duplicate/i);
  });
});

describe.each(having('bound views'))('$name', ({ project }) => {
  const namesOf = async (shop: WarehouseProject) =>
    (
      await shop.rows(
        `select conname from pg_constraint where conrelid = '${shop.schema}.a'::regclass and contype <> 'n' order by 1`,
      )
    ).map(([name]) => name);

  test('constraints have their configured names after every build, those that keep others to them too', async () => {
    const shop = project({
      'models/a.sql': table('select 1 as id, 2 as v', 'incremental'),
      'models/a.yml': contract(
        `{type: primary_key, name: key_of_a, columns: [id]}, {type: unique, name: '"V once"', columns: [v]},
         {type: check, name: positive, expression: 'id > 0'}, {type: custom, name: own, expression: 'unique (id, v)'}`,
      ),
    });
    for (const options of [{}, {}, { fullRefresh: true }]) {
      await succeeds(shop, 'build', options);
      expect(await namesOf(shop)).toEqual(['V once', 'key_of_a', 'own', 'positive']);
      await shop.rows('create table if not exists orders (a_id int references a (id))');
    }
    expect(await shop.rows(`select to_regclass('${shop.schema}.key_of_a') is not null`)).toEqual([[true]]);
  });

  test('a name that another table has is told, and the old table stays', async () => {
    const shop = project({ 'models/a.sql': table('select 1 as id, 2 as v') });
    await succeeds(shop, 'build');
    await shop.rows('create table other (id int, constraint key_of_a primary key (id))');
    shop.write({ 'models/a.yml': contract('{type: primary_key, name: key_of_a, columns: [id]}') });
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics[0]!.message).toContain('"key_of_a" already exists');
    expect(await namesOf(shop)).toEqual([]);
    expect(await shop.relations()).toEqual(['a table', 'other table']);
  });

  test('a seed that foreign keys point to is filled again, and they stay', async () => {
    const shop = project({ 'seeds/s.csv': 'id\n1\n2\n' });
    await succeeds(shop, 'seed');
    await shop.rows('alter table s add primary key (id)');
    await shop.rows('create table orders (s_id int constraint to_s references s (id))');
    await shop.rows('insert into orders values (1)');
    await shop.rows('create view over_s as select id from s');
    shop.write({ 'seeds/s.csv': 'id\n1\n3\n' });
    await succeeds(shop, 'seed');
    expect(await shop.rows('select id from over_s order by id')).toEqual([[1], [3]]);
    await expect(shop.rows('insert into orders values (2)')).rejects.toThrow(/to_s/);
    shop.write({ 'seeds/s.csv': 'id\n3\n' });
    const { diagnostics } = await sluice(shop, 'seed');
    expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
    expect(await shop.rows('select id from s order by id')).toEqual([[1], [3]]);
  });
});
