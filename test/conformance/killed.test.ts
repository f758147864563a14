import { describe, expect, test } from 'vitest';
import { type Running, runProgram, startProgram } from '../rig.ts';
import { batchKey } from './batch-key.ts';
import { byTime, history, lives, rounds, rowsOf } from './histories.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, warehouses } from './warehouses.ts';

const table = (sql: string): string => `{{ config(materialized='table') }} ${sql}`;

/** `b` as the program left it, and `a`, which it was working on, as it was before. */
async function oldStands(shop: WarehouseProject): Promise<void> {
  expect(await shop.rows('select id from a')).toEqual([[1]]);
  expect(await shop.rows('select id from b')).toEqual([[2]]);
}

async function kill({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
}

describe.each(warehouses)('$name', ({ project, endless }) => {
  test('a program killed in the middle of a query leaves the old table, and the next run waits for what it left running', async () => {
    const shop = project({
      'models/b.sql': table('select 1 as id'),
      'models/a.sql': table("select 1 as id -- {{ ref('b') }}"),
      'models/c.sql':
        "{{ config(materialized='incremental', unique_key='id') }} select id from {{ ref('a') }}",
    });
    await succeeds(shop, 'build');
    shop.write({
      'models/b.sql': table('select 2 as id'),
      'models/a.sql': table(`select ${endless} as id -- {{ ref('b') }}`),
    });
    const running = startProgram(shop, ['build', '--debug', '--no-use-colors']);
    await running.saw(new RegExp(`${endless.replaceAll(/[()*]/g, '\\$&')}[^\\0]*\\n`));
    await running.saw(/OK created sql table model \S+\.b/);
    await kill(running);
    await oldStands(shop);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'c table']);
    shop.write({ 'models/a.sql': table("select 3 as id -- {{ ref('b') }}") });
    expect(await runProgram(shop, ['build'])).toMatchObject({ code: 0 });
    expect(await shop.rows('select a.id from a')).toEqual([[3]]);
    expect(await shop.rows('select id from c order by id')).toEqual([[1], [3]]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'c table']);
  });

  test('of a program that was killed, retry does what was not done, with its time and variables', async () => {
    const shop = project({
      'models/a.sql': table("select {{ var('n') }} as n, '{{ run_started_at }}' as seen"),
      'models/b.sql': table(`select ${endless} as n, seen from {{ ref('a') }}`),
      'models/c.sql': table("select n, seen from {{ ref('b') }}"),
    });
    const running = startProgram(shop, ['run', '--debug', '--no-use-colors', '--vars', 'n: 5']);
    await running.saw(new RegExp(`${endless.replaceAll(/[()*]/g, '\\$&')}[^\\0]*\\n`));
    await kill(running);
    expect(await shop.relations()).toEqual(['a table']);
    const [[seen]] = (await shop.rows('select seen from a')) as [[string]];
    shop.write({
      'models/b.sql': table("select {{ var('n') }} as n, '{{ run_started_at }}' as seen -- {{ ref('a') }}"),
    });
    const { code, out } = await runProgram(shop, ['retry', '--no-use-colors']);
    expect(code).toBe(0);
    expect(out).toMatch(/Retrying `run` of \S+: 2 of 3/);
    expect(out).toMatch(/PASS=2 /);
    expect(await shop.rows('select n, seen from c')).toEqual([[5, seen]]);
  });

  test.each(['delete+insert', 'append'])(
    'rows that a killed program had written by %s and not committed are gone, and the next run writes them once',
    async (strategy) => {
      const rows = (version: number, hook: string) => ({
        'models/a.sql': `{{ config(materialized='incremental', incremental_strategy='${strategy}', unique_key='id',
          post_hook='${hook}') }} select ${version} as id`,
      });
      const shop = project(rows(1, 'select 1'));
      await succeeds(shop, 'build');
      shop.write(rows(2, `select ${endless}`));
      const running = startProgram(shop, ['build', '--debug', '--no-use-colors']);
      await running.saw(new RegExp(`select ${endless.replaceAll(/[()*]/g, '\\$&')}`));
      await kill(running);
      shop.write(rows(2, 'select 1'));
      expect(await runProgram(shop, ['build'])).toMatchObject({ code: 0 });
      expect(await shop.rows('select id from a order by id')).toEqual([[1], [2]]);
    },
  );

  test('what a dead run left beside a relation is swept by its next build, and nothing else is', async () => {
    const shop = project({
      'models/a.sql': table('select 1 as id'),
      'models/b.sql': "{{ config(materialized='incremental') }} select 1 as id",
      'models/c.sql': 'select 1 as id',
      'seeds/s.csv': 'id\n1\n',
    });
    await succeeds(shop, 'build');
    await shop.rows('create table a__sluice_new_0123456789ab as select 1 as id');
    await shop.rows('create view a__sluice_new_ba9876543210 as select 1 as id');
    await shop.rows('create table b__sluice_tmp_0123456789ab_zik0zj as select 1 as id');
    await shop.rows('create view c__sluice_new_0123456789ab as select 1 as id');
    await shop.rows('create table s__sluice_new_0123456789ab as select 1 as id');
    const foreign = ['a__sluice_new', 'a__sluice_new_0123', 'orders__sluice_new_0123456789ab'];
    for (const name of foreign) await shop.rows(`create table ${name} as select 1 as id`);
    await succeeds(shop, 'build');
    const stay = [...foreign.map((name) => `${name} table`), 'a table', 'b table', 'c view', 's table'];
    expect(await shop.relations()).toEqual(stay.sort());
  });
});

/** So many rows of ten columns, of one version. */
function bigSeed(rows: number, version: number): string {
  const lines = Array.from(
    { length: rows },
    (_, id) => `${id},${version},word${id},2024-01-01,1.5,x,y,z,more text ${id},true`,
  );
  return ['id,v,c,d,e,f,g,h,i,j', ...lines, ''].join('\n');
}

describe.each(warehouses)('$name', ({ project, endless }) => {
  test('a program killed among the rows of a large seed leaves the old ones, and the next run needs little memory', async () => {
    const rows = 100_000;
    const shop = project({ 'seeds/s.csv': bigSeed(10, 1) });
    await succeeds(shop, 'seed');
    shop.write({ 'seeds/s.csv': bigSeed(rows, 2) });
    const running = startProgram(shop, ['seed', '--debug', '--no-use-colors']);
    // Nothing is committed between this and the last row.
    await running.saw(/On seed\.shop\.s: [^\0]*(truncate|delete from|create table) [^;]*"s"/);
    await kill(running);
    const standing = () => shop.rows('select count(*), min(v), max(v) from s');
    expect(await standing()).toEqual([[10, 1, 1]]);
    // The file has six megabytes, and its rows as values far more.
    const small = { NODE_OPTIONS: '--max-old-space-size=40' };
    expect(await runProgram(shop, ['seed'], small)).toMatchObject({ code: 0 });
    expect(await standing()).toEqual([[rows, 2, 2]]);
    expect(await shop.relations()).toEqual(['s table']);
  });

  test('of a program killed among batches, retry builds those that were not there, and no other', async () => {
    const batched = (worth: string): string =>
      `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', begin='2024-01-01',
         batch_size='day', ${batchKey("'id'")}) }}
       select cast('{{ model.batch.event_time_start }}' as timestamp) as ts, {{ model.batch.id }} as id, ${worth} as worth`;
    const shop = project({
      'models/a.sql': batched(`{{ '${endless}' if model.batch.id == '20240103' else '1' }}`),
    });
    const at = { SLUICE_NOW: '2024-01-05T12:00:00Z' };
    const running = startProgram(shop, ['run', '--debug', '--no-use-colors', '--threads', '1'], at);
    await running.saw(/20240103 as id/);
    await kill(running);
    const worths = async () =>
      (await shop.rows('select id, worth from a order by id')).map((row) => row.join(' '));
    expect(await worths()).toEqual(['20240101 1', '20240102 1']);
    shop.write({ 'models/a.sql': batched('2') });
    expect(await runProgram(shop, ['retry'])).toMatchObject({ code: 0 });
    expect(await worths()).toEqual([
      ...['20240101 1', '20240102 1'],
      ...['20240103 2', '20240104 2', '20240105 2'],
    ]);
    expect(await shop.relations()).toEqual(['a table']);
  });
});

describe.each(warehouses)('$name', ({ project }) => {
  test('a program killed at a statement of a snapshot leaves all of its versions or those of before, and the next run repairs alone', async () => {
    const files = rounds(`${byTime}, hard_deletes: invalidate`, lives.map(rowsOf));
    const vars = (round: number): string[] => ['--vars', `round: ${round}`];
    const whole = project(files);
    const states: (readonly unknown[])[] = [[]];
    for (const round of [0, 2]) {
      await succeeds(whole, 'build', { vars: { round } });
      states.push(await history(whole));
    }
    const cases: readonly (readonly [round: number, statement: RegExp])[] = [
      [0, /create [^;]*"history"/],
      [2, /create [^;]*history__dbt_tmp/],
      [2, /update [^;]*"history"/],
      [2, /insert into [^;]*"history"/],
    ];
    for (const [round, statement] of cases) {
      const shop = project(files);
      const place = round === 0 ? 0 : 1;
      if (place > 0) await succeeds(shop, 'build', { vars: { round: 0 } });
      await succeeds(shop, 'run', { vars: { round } });
      const running = startProgram(shop, ['snapshot', '--debug', '--no-use-colors', ...vars(round)]);
      await running.saw(statement);
      running.child.kill('SIGKILL');
      await running.ended;
      const found = (await shop.relations()).includes('history table');
      expect(states.slice(place, place + 2)).toContainEqual(found ? await history(shop) : []);
      expect((await shop.relations()).filter((name) => name.includes('__'))).toEqual([]);
      expect(await runProgram(shop, ['snapshot', ...vars(round)])).toMatchObject({ code: 0 });
      expect(await history(shop)).toEqual(states[place + 1]);
    }
  });
});

describe.each(having('processes', 'reader locks'))('$name', ({ project }) => {
  test('a program killed between build and swap leaves the old table, and the next run sweeps the new one', async () => {
    const shop = project({
      'models/b.sql': table('select 1 as id'),
      'models/a.sql': table("select id from {{ ref('b') }}"),
    });
    await succeeds(shop, 'build');
    shop.write({ 'models/b.sql': table('select 2 as id') });
    const reader = await shop.client();
    await reader.rows('begin');
    await reader.rows('select id from a');
    const running = startProgram(shop, ['build']);
    const staged = /^a__sluice_new_[0-9a-f]{12} table$/;
    while (!(await shop.relations()).some((name) => staged.test(name))) await running.saw(/./);
    await kill(running);
    await oldStands(shop);
    await reader.close();
    expect(await shop.relations()).toEqual(['a table', expect.stringMatching(staged), 'b table']);
    expect(await runProgram(shop, ['build'])).toMatchObject({ code: 0 });
    expect(await shop.rows('select id from a')).toEqual([[2]]);
    expect(await shop.relations()).toEqual(['a table', 'b table']);
  });
});

describe.each(having('processes', 'materialized views'))('$name', ({ project }) => {
  test('a program killed while a materialized view is filled again leaves its old rows, and the next run fills it', async () => {
    const sleeps = "pg_sleep(case id when 2 then 600 else 0 end)::text = ''";
    const shop = project({
      'models/a.sql': `{{ config(materialized='materialized_view') }} select id from {{ this.schema }}.filled where ${sleeps}`,
    });
    await shop.rows(`create schema ${shop.schema}`);
    await shop.rows('create table filled as select 1 as id');
    await succeeds(shop, 'run');
    await shop.rows('update filled set id = 2');
    const running = startProgram(shop, ['run', '--debug', '--no-use-colors']);
    await running.saw(/refresh materialized view/);
    while ((await shop.running()) === 0) await running.saw(/./);
    await kill(running);
    expect(await shop.rows('select id from a')).toEqual([[1]]);
    await shop.rows('update filled set id = 3');
    expect(await runProgram(shop, ['run'])).toMatchObject({ code: 0 });
    expect(await shop.rows('select id from a')).toEqual([[3]]);
    expect(await shop.relations()).toEqual(['a materialized view', 'filled table']);
  });
});
