import { spawnSync } from 'node:child_process';
import { describe, expect, inject, test } from 'vitest';
import { start } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having } from './warehouses.ts';

const select = 'select id from {{ this.schema }}.filled';
const model = (sql: string, config = '', materialized = 'materialized_view'): string =>
  `{{ config(materialized='${materialized}', grants={'select': ['public']}${config}) }} ${sql}`;

const unique = ", indexes=[{'columns': ['id'], 'unique': true}]";
const plain = ", indexes=[{'columns': ['id', 'id']}]";
const hooked = ", post_hook=['insert into {{ this.schema }}.log select 1']";

interface Change {
  /** The model before; null where there was none. */
  readonly old: string | null;
  readonly next: string;
  readonly fullRefresh?: boolean;
  /** What the table holds by then; 2 unless told. */
  readonly id?: number;
}

/** Each way to build a materialized view, or to build over one. What it reads holds 1 before. */
const changes: Readonly<Record<string, Change>> = {
  'first build': { old: null, next: model(select, unique) },
  refresh: { old: model(select, unique), next: model(select, unique) },
  'refresh with a hook': { old: model(select), next: model(select, hooked) },
  'index change': { old: model(select, unique), next: model(select, plain), id: 1 },
  'query change': { old: model(select, unique), next: model(`${select} where id > 0`, unique) },
  'full refresh': { old: model(select, unique), next: model(select, unique), fullRefresh: true },
  'from a table': { old: model(select, '', 'table'), next: model(select) },
  'to a table': { old: model(select), next: model(select, '', 'table') },
  'from a view': { old: model('select 1 as id', '', 'view'), next: model(select) },
  'to a view': { old: model(select), next: model(`${select} where id = 2`, '', 'view') },
};

/** The model has a name of its own, by which its connections are known among those of other tests. */
const name = 'stopped';
const file = `models/${name}.sql`;

/** All that others see of it: what it is, its rows, indexes and grants, rows of the view over it, what its hook wrote. */
async function state(shop: WarehouseProject): Promise<string> {
  const standing = (await shop.relations()).filter((one) => one.startsWith(`${name} `));
  const over = (await shop.relations()).includes('over view');
  if (standing.length === 0) return 'nothing';
  const seen = await shop.rows(
    `select (select string_agg(id::text, ' ') from ${name}), ${over ? "(select string_agg(id::text, ' ') from over)" : 'null'},
       (select string_agg(regexp_replace(indexdef, '^CREATE (UNIQUE |)INDEX .* USING (.*)$', '\\1\\2'), ';' order by 1)
        from pg_indexes where schemaname = '${shop.schema}' and tablename = '${name}'),
       (select count(*) from pg_class, aclexplode(relacl)
        where oid = '${shop.schema}.${name}'::regclass and grantee = 0),
       (select count(*) from log)`,
  );
  return JSON.stringify([standing, seen]);
}

/** Ends every connection that works for the model, as a network or a dead machine would; returns when it is done. */
function cut(): void {
  const { host, port, user, password, dbname } = inject('postgres');
  const script = `
    import pg from ${JSON.stringify(import.meta.resolve('pg'))};
    const client = new pg.Client(${JSON.stringify({ host, port, user, password, database: dbname })});
    await client.connect();
    const sessions = "from pg_stat_activity where application_name like '%model.shop.${name}'";
    await client.query("select pg_terminate_backend(pid) " + sessions);
    while ((await client.query("select 1 " + sessions)).rows.length > 0);
    await client.end();`;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (done.status !== 0) throw new Error(String(done.stderr));
}

/** Runs the project until its statement `k` is to be sent; false where it has fewer. */
async function stoppedAt(
  shop: WarehouseProject,
  k: number,
  fullRefresh: boolean,
  stop: (cancel: () => void) => void,
): Promise<boolean> {
  let count = 0;
  const invocation = start(shop, 'run', {
    fullRefresh,
    onEvent: (event) => {
      if (event.name !== 'statement-sent' || event.uniqueId !== `model.shop.${name}`) return;
      count += 1;
      if (count === k) stop(() => invocation.cancel());
    },
  });
  await invocation;
  return count >= k;
}

describe.each(having('materialized views', 'processes'))('$name', ({ project }) => {
  /** A project with the state before, the way back to it, and the states of runs that nobody disturbs. */
  async function prepared({ old, next, fullRefresh = false, id = 2 }: Change) {
    const shop = project();
    await shop.rows(`create schema ${shop.schema}`);
    await shop.rows('create table filled (id int)');
    await shop.rows('create table log (id int)');
    const reset = async (): Promise<void> => {
      await shop.rows('truncate filled, log');
      await shop.rows('insert into filled values (1)');
      shop.write({ [file]: old ?? model(select) });
      await succeeds(shop, 'run', { fullRefresh: true });
      if (old === null) await shop.rows(`drop materialized view ${name}`);
      else await shop.rows(`create or replace view over as select id from ${name}`);
      await shop.rows(`update filled set id = ${id}`);
      shop.write({ [file]: next });
    };
    await reset();
    const was = await state(shop);
    await succeeds(shop, 'run', { fullRefresh });
    const becomes = await state(shop);
    expect(becomes).not.toBe(was);
    return { shop, reset, was, becomes };
  }

  /** Stops a run at each of its statements in turn, from the same state before. */
  async function standsThrough(change: Change, stop: (cancel: () => void) => void): Promise<void> {
    const { shop, reset, was, becomes } = await prepared(change);
    const { fullRefresh = false } = change;
    for (let k = 1; ; k += 1) {
      await reset();
      const reached = await stoppedAt(shop, k, fullRefresh, stop);
      expect([was, becomes], `stopped at ${k}`).toContain(await state(shop));
      if (!reached) return;
      // What a hook wrote is written once more by the next run, where the first came through.
      await shop.rows('truncate log');
      await succeeds(shop, 'run', { fullRefresh });
      expect(await state(shop), `after a stop at ${k}`).toBe(becomes);
      expect(await shop.relations()).not.toContainEqual(expect.stringContaining('__sluice'));
    }
  }

  test.each(Object.entries(changes))(
    '%s: cut off at any statement, what was stands, or what is to be, and the next run repairs alone',
    (_, change) => standsThrough(change, cut),
  );

  test.each(['first build', 'refresh', 'index change', 'query change'])(
    '%s: so it does where it is cancelled',
    (name) => standsThrough(changes[name]!, (cancel) => cancel()),
  );
});
