import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runProgram, start } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { succeeds } from './succeeds.ts';
import { having, warehouses } from './warehouses.ts';

const now = new Date('2024-01-05T10:00:00Z');

/** Two rows of each of five days. */
const batched = `{{ config(materialized='incremental', incremental_strategy='microbatch', ${batchKey("['day', 'id']")},
  event_time='day', begin='2024-01-01', batch_size='day', lookback=4) }}
  select cast('{{ model.batch.event_time_start.strftime("%Y-%m-%d") }}' as timestamp) as day, i as id
  from generate_series(1, 2) as g(i)`;

interface RunResults {
  readonly metadata: { readonly invocation_id: string };
  readonly results: readonly unknown[];
}

/** Ten rows that take a moment, so that another writer comes along meanwhile. */
const ten = (slow: string): string => `select i as id, ${slow} as n from generate_series(1, 10) as g(i)`;

const files = (slow: string) => ({
  'models/replaced.sql': `{{ config(materialized='incremental', unique_key='id') }} ${ten(slow)}`,
  'models/built.sql': `{{ config(materialized='table') }} ${ten(slow)}`,
  'models/seen.sql': "select id from {{ ref('built') }}",
  'models/merged.sql': `{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }} ${ten(slow)}`,
  'models/added.sql': `{{ config(materialized='incremental') }} ${ten(slow)}
    {% if is_incremental() %} where i > (select max(id) from {{ this }}) {% endif %}`,
  'models/batched.sql': batched,
  'snapshots/kept.sql': `{% snapshot kept %} {{ config(strategy='check', check_cols=['id'], unique_key='id') }}
    ${ten(slow)} {% endsnapshot %}`,
  'seeds/ten.csv': `id\n${Array.from({ length: 10 }, (_, id) => id).join('\n')}\n`,
});

const counts = `select (select count(*) from replaced), (select count(*) from built), (select count(*) from seen),
  (select count(*) from ten), (select count(*) from merged), (select count(*) from added), (select count(*) from kept),
  (select count(*) from batched)`;

const made = ['added', 'batched', 'built', 'kept', 'merged', 'replaced'].map((name) => `${name} table`);
const relations = [...made, 'seen view', 'ten table'];

describe.each(warehouses)('$name', ({ project, slow }) => {
  test('two runs at once on the same relations take turns, and each row is there once', async () => {
    const shop = project(files(slow));
    for (let round = 0; round < 2; round += 1) {
      const both = await Promise.all([succeeds(shop, 'build', { now }), succeeds(shop, 'build', { now })]);
      // Each leaves its journal, and what is of the last is of one of them as a whole.
      const { metadata, results } = shop.json<RunResults>('target/run_results.json');
      const ids = both.flatMap(({ events }) =>
        events.flatMap((event) => (event.name === 'invocation-started' ? [event.invocationId] : [])),
      );
      expect(ids).toContain(metadata.invocation_id);
      expect(results).toHaveLength(8);
      expect(readdirSync(shop.path('target/runs'))).toEqual(expect.arrayContaining(ids));
      expect(await shop.rows(counts)).toEqual([Array.from({ length: 8 }, () => 10)]);
    }
    expect(await shop.relations()).toEqual(relations);
  });
});

describe.each(warehouses)('$name', ({ project, slow, lockHolder }) => {
  test('the run that waits for another says for which', async () => {
    const shop = project({ 'models/built.sql': `{{ config(materialized='table') }} ${ten(slow)}` });
    const runs = [start(shop, 'run'), start(shop, 'run')];
    const said: string[] = [];
    const listen = async (run: (typeof runs)[number]): Promise<void> => {
      for await (const event of run.events()) if (event.name === 'message') said.push(event.text);
      expect((await run).success).toBe(true);
    };
    await Promise.all(runs.map(listen));
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(lockHolder)]));
    expect(said.filter((text) => lockHolder.test(text) && text.includes('.built waits'))).toHaveLength(1);
  });
});

describe.each(warehouses)('$name', ({ project }) => {
  test('runs that need the same new schemas at once all find them', async () => {
    for (let round = 0; round < 3; round += 1) {
      const shop = project({
        'models/a.sql': "{{ config(materialized='table') }} select 1 as id",
        'models/b.sql': "{{ config(schema='more') }} select id from {{ ref('a') }}",
      });
      await Promise.all([succeeds(shop, 'build'), succeeds(shop, 'build'), succeeds(shop, 'build')]);
      expect(await shop.relations()).toEqual(['a table', 'more.b view']);
    }
  });
});

describe.each(having('processes'))('$name', ({ project, slow }) => {
  test('two programs at once on the same relations take turns, and each row is there once', async () => {
    const shop = project(files(slow));
    const clock = { SLUICE_NOW: now.toISOString() };
    const both = await Promise.all([runProgram(shop, ['build'], clock), runProgram(shop, ['build'], clock)]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await shop.rows(counts)).toEqual([Array.from({ length: 8 }, () => 10)]);
    expect(await shop.relations()).toEqual(relations);
  });
});

describe.each(having('reader locks'))('$name', ({ project }) => {
  test('a reader with a lock for longer than a swap waits only delays it', async () => {
    const sql = (version: number): string =>
      `{{ config(materialized='table') }} select ${version} as version`;
    const hooked = (version: number): string =>
      `{{ config(materialized='table', pre_hook='select 1', post_hook='select count(*) from {{ this }}') }} select ${version} as version`;
    const shop = project({
      'models/a.sql': sql(1),
      'models/h.sql': hooked(1),
      'models/b.sql': "select version from {{ ref('a') }}",
      'models/c.sql':
        "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }} select 1 as id",
      'seeds/s.csv': 'id\n1\n',
    });
    await succeeds(shop, 'build');
    shop.write({
      'models/a.sql': sql(2),
      'models/h.sql': hooked(2),
      'models/c.sql':
        "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }} select 2 as id, 3 as more",
      'seeds/s.csv': 'id\n2\n',
    });
    const reader = await shop.client();
    const read = 'select a.version, b.version, h.version, c.id, s.id from a, b, h, c, s';
    await reader.rows('begin');
    expect(await reader.rows(read)).toEqual([[1, 1, 1, 1, 1]]);
    const invocation = start(shop, 'build');
    const waiting = new Set<string>();
    for await (const event of invocation.events()) {
      if (event.name !== 'message' || !/waits for a lock/.test(event.text)) continue;
      waiting.add(event.text.replace(/^\w+\.shop\.(\w+).*$/s, '$1'));
      if (waiting.size < 4) continue;
      // Whoever was kept waiting gave way, so that others still read what stands there.
      expect(await reader.rows(read)).toEqual([[1, 1, 1, 1, 1]]);
      await reader.rows('commit');
    }
    expect((await invocation).success).toBe(true);
    expect([...waiting].sort()).toEqual(['a', 'c', 'h', 's']);
    expect(await shop.rows('select a.version, b.version, h.version from a, b, h')).toEqual([[2, 2, 2]]);
    expect(await shop.rows('select id, more from c order by id')).toEqual([
      [1, null],
      [2, 3],
    ]);
    expect(await shop.rows('select id from s')).toEqual([[2]]);
    expect(await shop.relations()).toEqual(['a table', 'b view', 'c table', 'h table', 's table']);
  });
});

describe.each(having('reader locks'))('$name', ({ project }) => {
  test('queries that join views over a table never fail while it is rebuilt, nor mix old and new', async () => {
    const table = (version: number): string =>
      `{{ config(materialized='table') }} select i as id, ${version} as version from generate_series(1, 100) as g(i)`;
    const shop = project({
      'models/t.sql': table(0),
      'models/x.sql': "select id, version from {{ ref('t') }}",
      'models/y.sql': "select id, version from {{ ref('x') }}",
      'models/z.sql': "select id, version from {{ ref('t') }}",
    });
    await succeeds(shop, 'build');
    let reading = true;
    const read = async (tables: string): Promise<number> => {
      const client = await shop.client();
      let reads = 0;
      for (; reading; reads += 1) {
        const [a, b, c] = tables.split(' ');
        const sql = `select count(*), count(distinct (a.version, b.version, c.version))
          from ${a} as a join ${b} as b on b.id = a.id and b.version = a.version
          join ${c} as c on c.id = a.id and c.version = a.version`;
        expect(await client.rows(sql)).toEqual([[100, 1]]);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return reads;
    };
    const readers = ['x y z', 'z y x', 't z y'].map(read);
    try {
      for (let version = 1; version <= 6; version += 1) {
        shop.write({ 'models/t.sql': table(version) });
        await succeeds(shop, 'run', { select: ['t'] });
      }
    } finally {
      reading = false;
    }
    for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(10);
    expect(await shop.rows('select distinct version from y')).toEqual([[6]]);
  });
});
