import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const table = (sql: string): string => `{{ config(materialized='table') }} ${sql}`;
const ids = async (shop: WarehouseProject, name: string) =>
  (await shop.rows(`select id from ${name} order by id`)).map(([id]) => id);

describe.each(warehouses)('$name', ({ project }) => {
  test('views of others over a rebuilt relation stay, and read the new rows', async () => {
    const shop = project({
      'models/a.sql': table("select {{ var('id', 1) }} as id"),
      'models/b.sql': "select id from {{ ref('a') }}",
      'models/c.sql':
        "{{ config(materialized='incremental', unique_key='id') }} select id from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    await shop.rows('create view over_a as select id from a');
    await shop.rows('create view over_b as select id from b');
    await shop.rows('create view over_c as select id from c');
    await shop.rows(
      'create view over_all as select o.id from over_a as o join over_b as p using (id) join a using (id)',
    );
    await succeeds(shop, 'build', { vars: { id: 2 } });
    for (const name of ['over_a', 'over_b', 'over_all'])
      expect([name, await ids(shop, name)]).toEqual([name, [2]]);
    expect(await ids(shop, 'over_c')).toEqual([1, 2]);
    await succeeds(shop, 'build', { vars: { id: 3 }, fullRefresh: true });
    for (const name of ['over_a', 'over_b', 'over_c', 'over_all'])
      expect([name, await ids(shop, name)]).toEqual([name, [3]]);
    shop.write({ 'models/a.sql': 'select 4 as id' });
    await succeeds(shop, 'build');
    expect(await ids(shop, 'over_all')).toEqual([4]);
  });

  test('what somebody drops while the run goes on is made again', async () => {
    const gone = "post_hook=['drop view {{ this.schema }}.b', 'drop table {{ this.schema }}.c']";
    const shop = project({
      'models/a.sql': table('select 1 as id'),
      'models/b.sql': "select id from {{ ref('a') }}",
      'models/c.sql': table("select id from {{ ref('b') }}"),
    });
    await succeeds(shop, 'build');
    shop.write({ 'models/a.sql': `{{ config(materialized='table', ${gone}) }} select 2 as id` });
    await succeeds(shop, 'build');
    expect(await ids(shop, 'c')).toEqual([2]);
  });

  test('a view of the project whose column disappears is built anew later in the same run', async () => {
    const shop = project({
      'models/a.sql': table("select 1 as id, 'x' as name"),
      'models/b.sql': "select id, name from {{ ref('a') }}",
      'models/c.sql': "select id, name from {{ ref('b') }}",
      'models/d.sql': table("select id from {{ ref('c') }}"),
    });
    await succeeds(shop, 'build');
    const before = await shop.relations();
    shop.write({
      'models/a.sql': table('select 2 as id'),
      'models/b.sql': "select id from {{ ref('a') }}",
      'models/c.sql': "select id from {{ ref('b') }}",
    });
    await succeeds(shop, 'build');
    expect(await shop.relations()).toEqual(before);
    expect(await ids(shop, 'd')).toEqual([2]);
  });
});

describe.each(having('bound views'))('$name', ({ project }) => {
  test('a view of others whose column disappears is named, and the old relations stay', async () => {
    const shop = project({
      'models/a.sql': table("select 1 as id, 'x' as name"),
      'models/b.sql': "select 1 as id, 'x' as name",
      'models/c.sql':
        "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }} select 1 as id, 'x' as name",
      'seeds/s.csv': 'id,name\n1,x\n',
    });
    await succeeds(shop, 'build');
    for (const name of ['a', 'b', 'c', 's'])
      await shop.rows(`create view over_${name} as select id, name from ${name}`);
    const before = await shop.relations();
    shop.write({
      'models/a.sql': table('select 2 as id'),
      'models/b.sql': 'select 2 as id',
      'models/c.sql':
        "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }} select 2 as id",
      'seeds/s.csv': 'id\n2\n',
    });
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error', b: 'error', c: 'error', s: 'error' });
    for (const name of ['a', 'b', 'c', 's']) {
      const said = diagnostics.find(({ message }) => message.startsWith(`'${name}'`));
      expect(said).toMatchObject({ code: 'dependent-in-the-way' });
      expect(said?.message).toContain(`view ${shop.schema}.over_${name}`);
      expect(await shop.rows(`select id, name from over_${name}`)).toEqual([[1, 'x']]);
    }
    expect(await shop.relations()).toEqual(before);
  });

  test('a build of the table alone leaves the views of the project that it does not build as they were', async () => {
    const shop = project({
      'models/a.sql': table("select 1 as id, 'x' as name"),
      'models/b.sql': "select id, name from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    shop.write({ 'models/a.sql': table("select 2 as id, 'y' as name, 3 as more") });
    await succeeds(shop, 'run', { select: ['a'] });
    expect(await shop.rows('select id, name from b')).toEqual([[2, 'y']]);
    shop.write({ 'models/a.sql': table('select 3 as id') });
    const { diagnostics } = await sluice(shop, 'run', { select: ['a'] });
    expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
    expect(await shop.rows('select id, name from b')).toEqual([[2, 'y']]);
  });
});

describe.each(having('roles', 'attachments', 'materialized views'))('$name', ({ project }) => {
  /** A role of the test's own; names of views and columns are such that must be quoted. */
  async function attached(shop: WarehouseProject): Promise<string> {
    const role = `"Reader ${randomBytes(4).toString('hex')}"`;
    await shop.rows(`create role ${role}`);
    onTestFinished(async () => {
      await shop.rows(`drop owned by ${role}`);
      await shop.rows(`drop role ${role}`);
    });
    for (const sql of [
      `grant usage, create on schema ${shop.schema} to ${role}`,
      `grant select on a to ${role} with grant option`,
      'create view "Top View" with (security_barrier=true) as select id, name as "Full Name" from a where id > 0 with local check option',
      `alter view "Top View" alter column "Full Name" set default 'it''s'`,
      `comment on view "Top View" is 'says "hi" $$'`,
      `comment on column "Top View"."Full Name" is 'a name'`,
      `grant select, insert on "Top View" to ${role} with grant option`,
      `grant update ("Full Name") on "Top View" to public`,
      'create table log (line text)',
      "create function note() returns trigger language plpgsql as 'begin insert into log values (new.name); return new; end'",
      `create view owned as select id from a`,
      `alter view owned owner to ${role}`,
      'create view triggered as select id, name from a',
      'create trigger noting instead of insert on triggered for each row execute function note()',
      `create rule keep as on delete to "Top View" do instead insert into log values ('kept')`,
    ]) {
      await shop.rows(sql);
    }
    return role;
  }

  /** What the server's catalog says of the views, without the numbers that it gives. */
  const described = (shop: WarehouseProject) =>
    shop.rows(`
      select c.relname, pg_get_userbyid(c.relowner), c.relacl::text, c.reloptions::text, pg_get_viewdef(c.oid),
        obj_description(c.oid, 'pg_class'),
        (select string_agg(concat_ws(' ', attname, attacl, col_description(c.oid, attnum), pg_get_expr(adbin, adrelid)), ';' order by attnum)
         from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = c.oid),
        (select string_agg(pg_get_triggerdef(t.oid), ';') from pg_trigger t where tgrelid = c.oid and not tgisinternal),
        (select string_agg(pg_get_ruledef(r.oid), ';') from pg_rewrite r where ev_class = c.oid and rulename <> '_RETURN')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = '${shop.schema}' and c.relkind = 'v' order by 1`);

  test('views of others keep owner, grants, options, comments, defaults, triggers and rules', async () => {
    const shop = project({ 'models/a.sql': table("select {{ var('id', 1) }} as id, 'x' as name") });
    await succeeds(shop, 'build');
    await attached(shop);
    const before = await described(shop);
    expect(before).toHaveLength(3);
    await succeeds(shop, 'build', { vars: { id: 2 } });
    expect(await described(shop)).toEqual(before);
    await shop.rows("insert into triggered values (1, 'noted')");
    await shop.rows('delete from "Top View"');
    expect(await shop.rows('select line from log order by 1')).toEqual([['kept'], ['noted']]);
    expect(await shop.rows('select * from "Top View"')).toEqual([[2, 'x']]);
  });

  test('materialized views of others are made again with all that belongs to them, and filled', async () => {
    const shop = project({ 'models/a.sql': table("select {{ var('id', 1) }} as id, 'x' as name") });
    await succeeds(shop, 'build');
    const role = await attached(shop);
    for (const sql of [
      'create view over_a as select id, name from a',
      'create materialized view "Kept" with (fillfactor=70) as select id, name from over_a',
      'create unique index "Kept id" on "Kept" (id) where id > 0',
      'create index kept_name on "Kept" (lower(name)) include (id)',
      'alter materialized view "Kept" cluster on kept_name',
      'create statistics kept_both on id, name from "Kept"',
      `comment on materialized view "Kept" is 'it''s kept'`,
      `comment on column "Kept".name is 'a name'`,
      `grant select on "Kept" to ${role}`,
      'create materialized view over_kept as select id from "Kept"',
      'create materialized view empty as select id from a with no data',
      'create materialized view owned_rows as select id from a',
      `alter materialized view owned_rows owner to ${role}`,
    ]) {
      await shop.rows(sql);
    }
    const catalog = () =>
      shop.rows(`
        select c.relname, pg_get_userbyid(c.relowner), c.relacl::text, c.reloptions::text, pg_get_viewdef(c.oid),
          c.relispopulated, obj_description(c.oid, 'pg_class'), col_description(c.oid, 2),
          (select string_agg(pg_get_indexdef(indexrelid) || indisclustered, ';' order by 1) from pg_index where indrelid = c.oid),
          (select string_agg(pg_get_statisticsobjdef(s.oid), ';') from pg_statistic_ext s where stxrelid = c.oid)
        from pg_class c where c.relnamespace = '${shop.schema}'::regnamespace and c.relkind = 'm' order by 1`);
    const before = await catalog();
    expect(before).toHaveLength(4);
    await succeeds(shop, 'build', { vars: { id: 2 } });
    expect(await catalog()).toEqual(before);
    for (const name of ['"Kept"', 'over_kept', 'owned_rows']) {
      expect([name, await ids(shop, name)]).toEqual([name, [2]]);
    }
  });

  test('a materialized view whose column disappears is named, and nothing is lost', async () => {
    const shop = project({ 'models/a.sql': table("select 1 as id, 'x' as name") });
    await succeeds(shop, 'build');
    await shop.rows('create view over_a as select id, name from a');
    await shop.rows('create materialized view kept as select id, name from over_a');
    shop.write({ 'models/a.sql': table('select 2 as id') });
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
    expect(diagnostics[0]!.message).toContain(`view ${shop.schema}.over_a`);
    expect(await shop.relations()).toEqual(['a table', 'kept materialized view', 'over_a view']);
    expect([await ids(shop, 'a'), await ids(shop, 'kept')]).toEqual([[1], [1]]);
  });

  test('materialized views of the project stay while what they read is built anew, with them or alone', async () => {
    const shop = project({
      'models/a.sql': table("select {{ var('id', 1) }} as id"),
      'models/b.sql': "{{ config(materialized='materialized_view') }} select id from {{ ref('a') }}",
      'models/c.sql':
        "{{ config(materialized='materialized_view') }} select id + 1 as id from {{ ref('b') }}",
      'models/d.sql': "select id from {{ ref('c') }}",
    });
    await succeeds(shop, 'build');
    const before = await shop.relations();
    const all = async () => [
      await ids(shop, 'a'),
      await ids(shop, 'b'),
      await ids(shop, 'c'),
      await ids(shop, 'd'),
    ];
    const steps = [
      { vars: { id: 2 } },
      { vars: { id: 3 }, select: ['a'] },
      { vars: { id: 4 }, fullRefresh: true },
    ];
    for (const [index, options] of steps.entries()) {
      await succeeds(shop, 'run', options);
      expect(await all()).toEqual([[index + 2], [index + 2], [index + 3], [index + 3]]);
      expect(await shop.relations()).toEqual(before);
    }
    shop.write({
      'models/a.sql': table('select 8 as more'),
      'models/b.sql': "{{ config(materialized='materialized_view') }} select more as id from {{ ref('a') }}",
    });
    await succeeds(shop, 'run');
    expect(await shop.rows('select id from d')).toEqual([[9]]);
    expect(await shop.relations()).toEqual(before);
  });

  test('a foreign key of another table stays, and one that no longer holds keeps the old table', async () => {
    const unique = "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]) }}";
    const shop = project({ 'models/a.sql': `${unique} select id from (values (1), (2)) as t(id)` });
    await succeeds(shop, 'build');
    await shop.rows('create table orders (a_id int references a (id) on delete cascade)');
    await shop.rows('insert into orders values (1)');
    await succeeds(shop, 'build');
    await expect(shop.rows('insert into orders values (9)')).rejects.toThrow(/foreign key/);
    expect(await shop.rows('select a_id from orders')).toEqual([[1]]);
    shop.write({ 'models/a.sql': `${unique} select 2 as id` });
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
    expect(diagnostics[0]!.message).toContain(`foreign key orders_a_id_fkey of ${shop.schema}.orders`);
    expect(await ids(shop, 'a')).toEqual([1, 2]);
    await expect(shop.rows('insert into orders values (9)')).rejects.toThrow(/foreign key/);
  });

  test('what the server alone knows of stays: the table is filled where it stands, or the node fails', async () => {
    const shop = project({ 'models/a.sql': table("select {{ var('id', 1) }} as id") });
    await succeeds(shop, 'build');
    await shop.rows('create table holders (held a)');
    await succeeds(shop, 'build', { vars: { id: 2 } });
    expect(await ids(shop, 'a')).toEqual([2]);
    shop.write({ 'models/a.sql': table("select 'x' as id") });
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error' });
    expect(diagnostics[0]!.message).toContain(`column held of table ${shop.schema}.holders`);
    expect(await ids(shop, 'a')).toEqual([2]);
    expect(await shop.relations()).toEqual(['a table', 'holders table']);
  });
});
