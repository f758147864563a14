import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchKey } from './batch-key.ts';
import { seed } from './fault-choice.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

const days = 5;

/** A day's row that is not gone keeps the day from being empty: partitions are replaced, never removed. */
interface Event {
  readonly id: number;
  readonly v: string;
  readonly gone: boolean;
}

/** What becomes of the source before a run, and the days that the run builds beside those that this touches. */
interface Round {
  readonly edits: readonly Event[];
  readonly from: number;
  readonly to: number;
}

const dayOf = (id: number): number => (id % days) + 1;

const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    edits: fc.array(
      fc.record({
        id: fc.integer({ min: days, max: 6 * days }),
        v: fc.constantFrom('a', 'b', "it's", ''),
        gone: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    from: fc.integer({ min: 1, max: days }),
    to: fc.integer({ min: 1, max: days }),
  }),
  { minLength: 5, maxLength: 5 },
);

const select = (where: string): string =>
  `select id, v, gone, day from {{ target.schema }}.events where ${where}`;
const within =
  "{% if is_incremental() %} day between {{ var('from') }} and {{ var('to') }} {% else %} 1 = 1 {% endif %}";
const keyed = (config: string): string =>
  `{{ config(materialized='incremental', ${config}) }} ${select(within)}`;

const files = {
  'models/replaced.sql': keyed("incremental_strategy='delete+insert', unique_key='id'"),
  'models/merged.sql': keyed("incremental_strategy='merge', unique_key=['id', 'day']"),
  'models/overwritten.sql': `{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='day') }}
    ${select(`not gone and ${within}`)}`,
  'models/batched.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', ${batchKey("'moment'")},
    event_time='moment', begin='2024-01-01', batch_size='day', lookback=0) }}
    select day, count(*) as n, min(v) as least, cast('{{ model.batch.event_time_start.strftime("%Y-%m-%d") }}' as timestamp) as moment
    from {{ target.schema }}.events
    where not gone and day = {{ model.batch.event_time_start.day }} group by day`,
};

async function rewrite(shop: WarehouseProject, events: ReadonlyMap<number, Event>): Promise<void> {
  const rows = [...events.values()].map(
    ({ id, v, gone }) => `(${id}, '${v.replaceAll("'", "''")}', ${gone}, ${dayOf(id)})`,
  );
  await shop.rows(`create schema if not exists "${shop.schema}"`);
  await shop.rows('drop table if exists events');
  await shop.rows('create table events (id integer, v varchar(9), gone boolean, day integer)');
  await shop.rows(`insert into events values ${rows.join(', ')}`);
}

describe.each(warehouses)('$name', ({ project }) => {
  test('however runs overlap and their source changes, the rows are those of a full refresh', async () => {
    const [played] = fc.sample(rounds, { numRuns: 1, seed });
    const shop = project(files);
    const events = new Map<number, Event>();
    for (let id = 0; id < days; id += 1) events.set(id, { id, v: 'first', gone: false });
    for (const [index, { edits, from, to }] of played!.entries()) {
      for (const edit of edits) events.set(edit.id, edit);
      await rewrite(shop, events);
      const touched = edits.map(({ id }) => dayOf(id));
      const first = Math.min(from, to, ...touched);
      const last = Math.max(from, to, ...touched);
      await succeeds(shop, 'run', {
        vars: { from: first, to: last },
        ...(index === 0
          ? { now: new Date(`2024-01-0${days}T12:00:00Z`) }
          : { eventTimeStart: `2024-01-0${first}`, eventTimeEnd: `2024-01-0${last + 1}` }),
      });
      const what = `seed ${seed}, round ${index}`;
      const all = await shop.rows('select id, v, gone, day from events order by id');
      const kept = all.filter(([, , gone]) => gone === false);
      for (const name of ['replaced', 'merged']) {
        expect([what, name, await shop.rows(`select id, v, gone, day from ${name} order by id`)]).toEqual([
          what,
          name,
          all,
        ]);
      }
      expect([what, await shop.rows('select id, v, gone, day from overwritten order by id')]).toEqual([
        what,
        kept,
      ]);
      expect([what, await shop.rows('select day, n, least from batched order by day')]).toEqual([
        what,
        await shop.rows('select day, count(*), min(v) from events where not gone group by day order by day'),
      ]);
    }
  });
});
