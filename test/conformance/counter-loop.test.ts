import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sluice, startProgram } from '../rig.ts';
import { isFull, seed } from './fault-choice.ts';
import { type FaultKind, faults, inject } from './faults.mjs';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { type warehouses as all, having, warehouses } from './warehouses.ts';

/** Every run makes everything anew of the version that it is given: what stands there tells which run it is of. */
const models: Readonly<Record<string, string>> = {
  viewed: "select {{ var('v') }} as v",
  built: "{{ config(materialized='table') }} select {{ var('v') }} as v from generate_series(1, 20) as g(i)",
  indexed: `{{ config(materialized='table', indexes=[{'columns': ['i']}]) }}
    select i, {{ var('v') }} as v from generate_series(1, 20) as g(i)`,
  turned: "{{ config(materialized='table' if var('v') % 2 == 0 else 'view') }} select {{ var('v') }} as v",
  refreshed: `{{ config(materialized='incremental', full_refresh=true) }}
    select {{ var('v') }} as v from generate_series(1, 20) as g(i)`,
  deleted: `{{ config(materialized='incremental', unique_key='i') }}
    select i, {{ var('v') }} as v from generate_series(1, 20) as g(i)`,
  merged: `{{ config(materialized='incremental', incremental_strategy='merge', unique_key='i') }}
    select i, {{ var('v') }} as v from generate_series(1, 20) as g(i)`,
  overwritten: `{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='p') }}
    select i % 2 as p, {{ var('v') }} as v from generate_series(1, 20) as g(i)`,
  synced: `{{ config(materialized='incremental', unique_key='i', on_schema_change='sync_all_columns') }}
    select i, {{ var('v') }} as v, 1 as added_{{ var('v') % 2 }} from generate_series(1, 20) as g(i)`,
  hooked: `{{ config(materialized='table', pre_hook='select 1', post_hook='select 2') }}
    select {{ var('v') }} as v from {{ ref('seeded') }}`,
  appended: `{{ config(materialized='incremental') }}
    select i as v from generate_series(1, {{ var('v') }}) as g(i)
    {% if is_incremental() %} where i > (select coalesce(max(v), 0) from {{ this }}) {% endif %}`,
};

const files = {
  ...Object.fromEntries(Object.entries(models).map(([name, sql]) => [`models/${name}.sql`, sql])),
  'seeds/seeded.csv': 'v\n1\n1\n',
  'snapshots/kept.sql': `{% snapshot kept %}
    {{ config(strategy='check', check_cols=['v'], unique_key='i', hard_deletes='new_record') }}
    select i, {{ var('v') }} as v from generate_series(1, 20) as g(i){% endsnapshot %}`,
};

const names = [...Object.keys(models), 'seeded', 'kept'].sort();

const relationsAt = (version: number): readonly string[] =>
  names.map(
    (name) => `${name} ${name === 'viewed' || (name === 'turned' && version % 2 === 1) ? 'view' : 'table'}`,
  );

/** Somebody else's, who reads what is built. */
const foreign = 'theirs view';

const version = (shop: WarehouseProject, v: number): { readonly vars: { readonly v: number } } => {
  shop.write({ 'seeds/seeded.csv': `v\n${v}\n${v}\n` });
  return { vars: { v } };
};

/** Which version each relation is of; it must be of one only, and whole. */
async function standing(shop: WarehouseProject): Promise<Readonly<Record<string, number>>> {
  const out: Record<string, number> = {};
  for (const name of names) {
    const current = name === 'kept' ? 'where dbt_valid_to is null' : '';
    const [row] = await shop.rows(
      `select min(v), max(v), count(*), count(distinct v) from ${name} ${current}`,
    );
    const [low, high, count, kinds] = row!.map(Number) as [number, number, number, number];
    if (name === 'appended') expect([name, low, count, kinds]).toEqual([name, 1, high, high]);
    else expect([name, low, kinds]).toEqual([name, high, 1]);
    // Every version of before is kept, once for each key.
    if (name === 'kept') {
      expect([name, count]).toEqual([name, 20]);
      expect(await shop.rows('select count(*), count(distinct dbt_scd_id) from kept')).toEqual([
        [20 * high, 20 * high],
      ]);
    }
    out[name] = high;
  }
  return out;
}

/** After a broken run from one version to the next each relation is of either, and a plain run makes it good. */
async function repaired(shop: WarehouseProject, v: number, what: string): Promise<void> {
  const left = await standing(shop);
  for (const [name, at] of Object.entries(left)) {
    expect([what, name, at === v - 1 || at === v]).toEqual([what, name, true]);
  }
  expect(await shop.rows('select count(*) from theirs')).toEqual([[20]]);
  await succeeds(shop, 'build', version(shop, v));
  expect(await standing(shop)).toEqual(Object.fromEntries(names.map((name) => [name, v])));
  expect(await shop.relations()).toEqual([...relationsAt(v), foreign].sort());
  expect(await shop.rows('select count(*) from theirs')).toEqual([[20]]);
}

async function prepared(project: (typeof all)[number]['project']): Promise<WarehouseProject> {
  const shop = project(files);
  await succeeds(shop, 'build', version(shop, 1));
  await shop.rows('create view theirs as select v from built');
  return shop;
}

/** How many statements a run sends; found out by one that nothing happens to. */
async function statements(shop: WarehouseProject, v: number): Promise<number> {
  inject('fails', Number.MAX_SAFE_INTEGER);
  await succeeds(shop, 'build', { ...version(shop, v), threads: 1 });
  const { seen } = faults;
  inject('fails', 0);
  return seen;
}

function chosen(count: number, share: number): readonly number[] {
  const every = isFull ? 1 : share;
  return Array.from({ length: count }, (_, index) => index + 1).filter((at) => (at + seed) % every === 0);
}

async function breakEach(shop: WarehouseProject, kind: FaultKind, share: number): Promise<void> {
  let v = 2;
  const count = await statements(shop, v);
  console.log(`${kind}: ${count} statements, seed ${seed}`);
  for (const at of chosen(count, share)) {
    v += 1;
    inject(kind, at);
    try {
      await sluice(shop, 'build', { ...version(shop, v), threads: 1 });
    } finally {
      inject(kind, 0);
    }
    await repaired(shop, v, `${kind} at ${at}`);
  }
  expect(v).toBeGreaterThan(2);
}

const long = 1_200_000;

describe.each(warehouses)('$name', ({ project }) => {
  test(
    'whichever statement is refused, readers see the old or the new, and a plain run repairs',
    async () => {
      await breakEach(await prepared(project), 'fails', 4);
    },
    long,
  );

  test(
    'whenever the process is killed, readers see the old or the new, and a plain run repairs',
    async () => {
      const shop = await prepared(project);
      const count = await statements(shop, 2);
      let v = 2;
      const preload = resolve(import.meta.dirname, 'faults.mjs');
      for (const at of chosen(count, 30)) {
        v += 1;
        const kind = at % 2 === 0 ? 'killed' : 'killed-after';
        const { vars } = version(shop, v);
        const running = startProgram(shop, ['build', '--threads', '1', '--vars', JSON.stringify(vars)], {
          NODE_OPTIONS: `--import ${preload}`,
          FAULT_AT: String(at),
          FAULT_KIND: kind,
        });
        expect([at, (await running.ended).signal]).toEqual([at, 'SIGKILL']);
        await repaired(shop, v, `${kind} at ${at}`);
      }
    },
    long,
  );
});

describe.each(having('processes'))('$name', ({ project }) => {
  test(
    'a connection that is cut before a statement leaves the old or the new, and a plain run repairs',
    async () => {
      await breakEach(await prepared(project), 'cut', 6);
    },
    long,
  );

  test(
    'an answer that is lost is not guessed: the old or the new stands, and a plain run repairs',
    async () => {
      await breakEach(await prepared(project), 'lost', 6);
    },
    long,
  );
});
