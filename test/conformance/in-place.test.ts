import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram, sluice, startProgram } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having } from './warehouses.ts';

const model = (sql: string, config = ''): string =>
  `{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]${config}) }} ${sql}`;

describe.each(having('roles', 'bound views'))('$name', ({ project }) => {
  /**
   * A project that runs as a role of its own, with a table `a` and views of somebody else over it, whose owner the role
   * may not act as.
   */
  async function shared(sql = "select {{ var('id', 1) }} as id, 'x' as name"): Promise<WarehouseProject> {
    const shop = project({ 'models/a.sql': model(sql) });
    const [builder, other] = ['builder', 'other'].map((name) => `${name}_${randomBytes(4).toString('hex')}`);
    for (const role of [builder, other]) {
      await shop.rows(`create role ${role}`);
      onTestFinished(async () => {
        await shop.rows(`drop owned by ${role} cascade`);
        await shop.rows(`drop role ${role}`);
      });
    }
    const profiles = JSON.parse(shop.read('profiles.yml'));
    profiles.shop.outputs.dev.role = builder;
    shop.write({ 'profiles.yml': JSON.stringify(profiles) });
    await shop.rows(`create schema ${shop.schema}`);
    await shop.rows(`grant usage, create on schema ${shop.schema} to ${builder}, ${other}`);
    await succeeds(shop, 'build');
    await shop.rows(`grant select, references on a to ${other} with grant option`);
    await shop.rows('create table log (line text)');
    await as(shop, other!, 'create view over_a as select id, name from a');
    await as(shop, other!, 'create view over_over as select id from over_a');
    return shop;
  }

  async function as(shop: WarehouseProject, role: string, sql: string): Promise<void> {
    const client = await shop.client();
    await client.rows(`set role ${role}`);
    await client.rows(sql);
    await client.close();
  }

  const rows = (shop: WarehouseProject, name: string) => shop.rows(`select * from ${name} order by 1`);

  /** All that the catalog knows of the table and the views, by their very numbers. */
  const catalog = (shop: WarehouseProject) =>
    shop.rows(`
      select c.oid, c.relname, c.relowner, c.relacl::text,
        (select string_agg(pg_get_indexdef(indexrelid), ';' order by 1) from pg_index where indrelid = c.oid),
        (select string_agg(pg_get_constraintdef(k.oid), ';' order by 1) from pg_constraint k where conrelid = c.oid)
      from pg_class c where c.relnamespace = '${shop.schema}'::regnamespace and c.relkind in ('r', 'v') order by 2`);

  test('a table over which others have views that we may not drop gets new rows, and stays what it is', async () => {
    const shop = await shared();
    await shop.rows('alter table a add constraint positive check (id > 0)');
    const before = await catalog(shop);
    const { events, messages } = await succeeds(shop, 'build', { vars: { id: 2 } });
    expect(await rows(shop, 'a')).toEqual([[2, 'x']]);
    expect(await rows(shop, 'over_a')).toEqual([[2, 'x']]);
    expect(await rows(shop, 'over_over')).toEqual([[2]]);
    expect(await catalog(shop)).toEqual(before);
    const told = events.flatMap((event) => (event.name === 'message' ? [event.text] : []));
    expect(told).toEqual([expect.stringMatching(/model\.shop\.a .*filled.*must be owner of view over_/)]);
    expect(messages['a']).toBe('SELECT 1');
    await succeeds(shop, 'build', { vars: { id: 3 }, fullRefresh: true });
    expect(await rows(shop, 'over_over')).toEqual([[3]]);
    shop.write({ 'models/a.sql': model("select 4 as id, 'x' as name", ", persist_docs={'relation': true}") });
    shop.write({ 'models/a.yml': 'models: [{name: a, description: Told}]' });
    await succeeds(shop, 'build');
    expect(await shop.rows("select id, obj_description('a'::regclass) from over_a")).toEqual([[4, 'Told']]);
    expect(await catalog(shop)).toEqual(before);
  });

  test.each([
    ['another type', "select '1' as id, 'x' as name"],
    ['another order', "select 'x' as name, 1 as id"],
    ['another name', "select 1 as id, 'x' as named"],
    ['one more', "select 1 as id, 'x' as name, 1 as more"],
    ['one less', 'select 1 as id'],
  ])(
    '%s: where the columns differ the node fails, names what is in the way, and nothing is changed',
    async (_, sql) => {
      const shop = await shared();
      const before = await catalog(shop);
      shop.write({ 'models/a.sql': model(sql) });
      const { diagnostics } = await sluice(shop, 'build');
      expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
      expect(diagnostics[0]!.message).toContain('over_over');
      expect(await rows(shop, 'a')).toEqual([[1, 'x']]);
      expect(await catalog(shop)).toEqual(before);
    },
  );

  test('rows that the table does not take leave the old ones', async () => {
    const shop = await shared();
    await shop.rows('alter table a add constraint small check (id < 2)');
    const { diagnostics } = await sluice(shop, 'build', { vars: { id: 2 } });
    expect(diagnostics).toMatchObject([{ code: 'warehouse-data' }]);
    expect(await rows(shop, 'over_a')).toEqual([[1, 'x']]);
    expect((await shop.relations()).filter((name) => name.includes('sluice'))).toEqual([]);
  });

  test('a table that foreign keys of others point to is not emptied, which could take their rows along', async () => {
    const shop = await shared();
    await shop.rows('create table orders (a_id int references a (id) on delete cascade)');
    await shop.rows('insert into orders values (1)');
    const { diagnostics } = await sluice(shop, 'build', { vars: { id: 2 } });
    expect(diagnostics).toMatchObject([{ code: 'dependent-in-the-way' }]);
    expect(diagnostics[0]!.message).toContain(`foreign key orders_a_id_fkey of ${shop.schema}.orders`);
    expect(await rows(shop, 'orders')).toEqual([[1]]);
    expect(await rows(shop, 'over_a')).toEqual([[1, 'x']]);
  });

  test('a program killed while it fills a table leaves the old rows, and the next run repairs alone', async () => {
    const shop = await shared();
    await shop.rows('create table held_up as select true as yes');
    await shop.rows(`grant select on held_up to public`);
    await shop.rows(
      `create function wait() returns trigger language plpgsql as
        'begin perform pg_sleep(600) from ${shop.schema}.held_up; return null; end'`,
    );
    await shop.rows('create trigger waiting after delete on a for each statement execute function wait()');
    const run = ['run', '--vars', 'id: 2'];
    const running = startProgram(shop, [...run, '--debug', '--no-use-colors']);
    await running.saw(/delete from/);
    while ((await shop.running()) === 0) await running.saw(/./);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(await rows(shop, 'over_a')).toEqual([[1, 'x']]);
    await shop.rows('delete from held_up');
    expect(await runProgram(shop, run)).toMatchObject({ code: 0 });
    expect(await rows(shop, 'over_a')).toEqual([[2, 'x']]);
    expect((await shop.relations()).filter((name) => name.includes('sluice'))).toEqual([]);
  });
});
