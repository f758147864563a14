import { expect } from 'vitest';
import type { Files } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { programs } from './programs.ts';
import type { Warehouse, WarehouseProject } from './warehouse.ts';

/** Twenty, unless it is told otherwise. */
const series = "generate_series(1, {{ var('rows', 20) }}) as g(i)";
const twenty = `select i, {{ var('v') }} as v from ${series}`;

const made = (materialized: string, config = '', sql = twenty): string =>
  `{{ config(materialized='${materialized}'${config === '' ? '' : `, ${config}`}) }} ${sql}`;

const incremental = (strategy: string, config: string, sql = twenty): string =>
  made('incremental', `incremental_strategy='${strategy}', ${config}`, sql);

const note = "insert into {{ target.schema }}.log values ({{ var('v') }})";

/** The day of a batch as a number, and five rows of it. */
const batch = `select cast('{{ model.batch.event_time_start }}' as timestamp) as ts,
  {{ model.batch.id }} * 100 + i as id, {{ var('v') }} as v from generate_series(1, 5) as g(i)`;

/** Every run makes everything anew of the version that it is given: what stands there tells which run it is of. */
const kept: Readonly<Record<string, string>> = {
  viewed: made('view'),
  built: made('table', "persist_docs={'relation': true, 'columns': true}"),
  indexed: made('table', "indexes=[{'columns': ['i']}]"),
  child: "select i, v from {{ ref('indexed') }}",
  deleted: incremental('delete+insert', "unique_key='i'"),
  merged: incremental('merge', "unique_key='i'"),
  overwritten: incremental(
    'insert_overwrite',
    "partition_by='p'",
    `select i, i % 2 as p, {{ var('v') }} as v from ${series}`,
  ),
  synced: incremental(
    'delete+insert',
    "unique_key='i', on_schema_change='sync_all_columns'",
    `select i, {{ var('v') }} as v, 1 as added_{{ var('v') % 2 }} from ${series}`,
  ),
  appended: incremental(
    'append',
    "post_hook='select 1'",
    `select i as v from generate_series(1, {{ var('v') }}) as g(i)
     {% if is_incremental() %} where i > (select coalesce(max(v), 0) from {{ this }}) {% endif %}`,
  ),
  batched: incremental(
    'microbatch',
    `${batchKey("'id'")}, event_time='ts', begin='2024-01-01', batch_size='day'`,
    batch,
  ),
  hooked: made(
    'table',
    `pre_hook=["${note}", {'sql': 'select 1', 'transaction': false}],
     post_hook=["${note}", {'sql': 'select 2', 'transaction': false}]`,
  ),
  // A function cannot be replaced by one of another type where types are bound.
  called: made('table', '', `select i, cast({{ function('version') }}() as integer) as v from ${series}`),
  calling: made('view', '', `select i, {{ function('version') }}() as v from ${series}`),
  swapped: made('swapped'),
  upserted: made('upserted', "unique_key='i'"),
};

/** Beside the database, wherever the process works. */
const inFile = (name: string): string => `location=var('root') ~ '/${name}.parquet'`;

/** Where models are written to files. */
const filed: Readonly<Record<string, string>> = { written: made('external', inFile('written')) };

/** What each is made as by versions that are even, and by those that are not. */
const turning: Readonly<Record<string, readonly [even: string, odd: string]>> = {
  view_table: ['view', 'table'],
  view_incremental: ['view', 'incremental'],
  view_program: ['view', 'swapped'],
  view_upserted: ['view', 'upserted'],
  view_seed: ['view', 'seed'],
  table_seed: ['table', 'seed'],
};

const turningFiled: typeof turning = {
  view_file: ['view', 'external'],
  table_file: ['table', 'external'],
};

const snapshot = (name: string, config: string, sql: string): string =>
  `{% snapshot ${name} %} {{ config(strategy='check', check_cols=['v'], unique_key='i', ${config}) }} ${sql} {% endsnapshot %}`;

const shared: Files = {
  'dbt_project.yml':
    'name: shop\nprofile: shop\non-run-start: create table if not exists {{ target.schema }}.log (v integer)\n',
  'macros/programs.sql': programs,
};

/** A project of which every relation tells its version by its column `v`. */
export interface CounterProject {
  readonly files: Files;
  /** Files that are not the same for each version. */
  at(version: number): Files;
  /** The relations that a version has, sorted: `viewed view`. */
  relations(version: number): readonly string[];
  readonly names: readonly string[];
}

const rows = (version: number): string => `i,v\n${`1,${version}\n`.repeat(20)}`;

const views: ReadonlySet<string> = new Set(['viewed', 'child', 'calling', 'written']);

/** Everything keeps its type. */
export function keeping({ lacks }: Pick<Warehouse, 'lacks'>): CounterProject {
  const models = lacks.files === undefined ? { ...kept, ...filed } : kept;
  const names = [...Object.keys(models), 'seeded', 'recorded', 'widened'].sort();
  return {
    names,
    files: {
      ...shared,
      ...Object.fromEntries(Object.entries(models).map(([name, sql]) => [`models/${name}.sql`, sql])),
      'models/described.yml':
        'models: [{name: built, description: twenty rows, columns: [{name: i, description: a number}]}]',
      'functions/version.sql': "select {{ var('v') }}",
      'snapshots/recorded.sql': snapshot('recorded', "hard_deletes='new_record'", twenty),
      'snapshots/widened.sql': snapshot('widened', '', twenty.replace(' as v', ' as v, 1 as added')),
    },
    at: (version) => ({
      'seeds/seeded.csv': rows(version),
      'functions/version.yml': `functions: [{name: version, returns: {data_type: ${version % 2 ? 'integer' : 'bigint'}}}]`,
    }),
    relations: () => names.map((name) => `${name} ${views.has(name) ? 'view' : 'table'}`),
  };
}

/** Everything changes its type from one version to the next. */
export function changing({ lacks }: Pick<Warehouse, 'lacks'>): CounterProject {
  const all = lacks.files === undefined ? { ...turning, ...turningFiled } : turning;
  const names = Object.keys(all).sort();
  return {
    names,
    files: shared,
    at: (version) =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, types]): [string, string | null][] => {
          const type = types[version % 2]!;
          const [model, seed] = [`models/${name}.sql`, `seeds/${name}.csv`];
          const config = type === 'external' ? inFile(name) : "unique_key='i'";
          return [
            [model, type === 'seed' ? null : made(type, config)],
            [seed, type === 'seed' ? rows(version) : null],
          ];
        }),
      ),
    relations: (version) =>
      names.map((name) => {
        const isView = ['view', 'external'].includes(all[name]![version % 2]!);
        return `${name} ${isView ? 'view' : 'table'}`;
      }),
  };
}

const snapshots: ReadonlySet<string> = new Set(['recorded', 'widened']);

/** The rows of the relations that hold: of a snapshot, those of its newest version. */
export const holds = (name: string): string => (snapshots.has(name) ? 'where dbt_valid_to is null' : '');

/** What somebody else's view over the relation reads: columns that every version has. */
export const seenThrough = (name: string): string =>
  `select ${snapshots.has(name) ? 'v, dbt_valid_to' : name === 'batched' ? 'v, id' : 'v'} from ${name}`;

/** What stands: each relation's version by its name; of batches, by name and day. */
export type Standing = ReadonlyMap<string, number>;

/**
 * Which version each relation that is there is of; it must be of one only, and whole. `since` is the version of the
 * first run: a snapshot has the rows of each since then.
 */
export async function standing(
  shop: WarehouseProject,
  { names }: CounterProject,
  since: number,
): Promise<Standing> {
  const there = new Set((await shop.relations()).map((relation) => relation.split(' ')[0]!));
  const present = names.filter((name) => there.has(name));
  const found = new Map<string, number>();
  if (present.length === 0) return found;
  const queries = present.map((name) => {
    const place = name === 'batched' ? 'cast(floor(id / 100.0) as integer)' : '0';
    const scd = snapshots.has(name) ? 'dbt_scd_id' : 'null';
    const valid = snapshots.has(name) ? `filter (${holds(name)})` : '';
    const measures = [`min(v) ${valid}`, `max(v) ${valid}`, `count(*) ${valid}`, 'count(distinct v)'];
    return `select '${name}', ${place}, ${measures.join(', ')}, count(*), count(distinct ${scd}) from ${name} group by 2`;
  });
  for (const row of await shop.rows(queries.join(' union all '))) {
    const name = String(row[0]);
    const [place, low, high, count, kinds, all, ids] = row.slice(1).map(Number) as [number, ...number[]];
    const versions = high! - since + 1;
    // A snapshot keeps every version of before, once for each key.
    if (ids! > 0) {
      const whole = [low, count, kinds, all, ids];
      expect([name, ...whole]).toEqual([name, high, 20, versions, 20 * versions, 20 * versions]);
    } else if (name === 'appended') expect([name, low, count, kinds]).toEqual([name, 1, high, high]);
    else expect([name, low, count, kinds]).toEqual([name, high, place === 0 ? 20 : 5, 1]);
    found.set(place === 0 ? name : `${name} ${place}`, high!);
  }
  if (present.includes('hooked')) await hooksAgree(shop, found.get('hooked')!);
  return found;
}

/** What hooks wrote inside of the transaction is there as often as the table that they belong to was made. */
async function hooksAgree(shop: WarehouseProject, version: number): Promise<void> {
  const [row] = await shop.rows(`select max(v), sum(case when v = ${version} then 1 else 0 end) from log`);
  const [newest, count] = row!.map(Number) as [number, number];
  expect(['hooked', newest, count > 0, count % 2]).toEqual(['hooked', version, true, 0]);
}
