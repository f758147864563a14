import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { isFull, seed } from './fault-choice.ts';
import { type FaultKind, faults, inject } from './faults.mjs';
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

const name = 'filling';
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

const kinds: readonly FaultKind[] = ['fails', 'cut', 'lost'];

/** One statement in so many is broken, where not all are. */
const share = 6;

/** What happens to which statement, for a run of so many. */
const chosen = (count: number): readonly (readonly [number, FaultKind])[] =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap((at) => {
    if (isFull) return kinds.map((kind) => [at, kind] as const);
    return (at + seed) % share === 0 ? [[at, kinds[((at + seed) / share) % kinds.length]!] as const] : [];
  });

console.log(`faults: seed ${seed}`);

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
    inject('fails', Number.MAX_SAFE_INTEGER);
    await succeeds(shop, 'run', { fullRefresh });
    const { seen } = faults;
    inject('fails', 0);
    const becomes = await state(shop);
    expect(becomes).not.toBe(was);
    return { shop, reset, was, becomes, seen };
  }

  test.each(Object.entries(changes))(
    '%s: whichever statement is broken, what was stands, or what is to be, and the next run repairs alone',
    async (_, change) => {
      const { shop, reset, was, becomes, seen } = await prepared(change);
      const { fullRefresh = false } = change;
      for (const [at, kind] of chosen(seen)) {
        await reset();
        inject(kind, at);
        try {
          await sluice(shop, 'run', { fullRefresh });
        } finally {
          inject(kind, 0);
        }
        expect([was, becomes], `${kind} at ${at}`).toContain(await state(shop));
        // What a hook wrote is written once more by the next run, where the first came through.
        await shop.rows('truncate log');
        await succeeds(shop, 'run', { fullRefresh });
        expect(await state(shop), `after ${kind} at ${at}`).toBe(becomes);
        expect(await shop.relations()).not.toContainEqual(expect.stringContaining('__sluice'));
      }
    },
    1_200_000,
  );
});
