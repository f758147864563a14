import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResultStatus } from '../../../src/core/event.ts';
import {
  createSchedule,
  isFailure,
  type Schedule,
  type SkippedItem,
} from '../../../src/run/schedule/schedule.ts';
import { naiveAncestors, randomDag } from '../../graph/random-dag.ts';
import { item, workOf } from '../work-of.ts';

const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);
const skips = (list: readonly SkippedItem[]): (string | null)[][] =>
  list.map(({ item, because }) => [item.id, because]);
const statuses: readonly ResultStatus[] = [
  'success',
  'pass',
  'warn',
  'no-op',
  'error',
  'fail',
  'runtime error',
];

/** Starts and ends items in an order that `choose` picks until nothing is left; returns what happened. */
function drive(
  schedule: Schedule,
  statusOf: (id: string) => ResultStatus,
  choose: (count: number) => number,
): { started: string[]; ended: Map<string, ResultStatus>; skipped: Map<string, string | null> } {
  const running: string[] = [];
  const started: string[] = [];
  const ended = new Map<string, ResultStatus>();
  const skipped = new Map<string, string | null>();
  while (!schedule.isOver) {
    const next = schedule.next();
    if (next !== null && (running.length === 0 || choose(2) === 0)) {
      schedule.start(next.id);
      started.push(next.id);
      running.push(next.id);
      continue;
    }
    if (running.length === 0) throw new Error('stuck');
    const [id] = running.splice(choose(running.length), 1);
    const status = statusOf(id!);
    ended.set(id!, status);
    for (const { item, because } of schedule.finish(id!, status).skipped) {
      expect(skipped.has(item.id)).toBe(false);
      skipped.set(item.id, because);
    }
  }
  return { started, ended, skipped };
}

const choices = fc.infiniteStream(fc.nat());
const chooser =
  (stream: Stream<number>) =>
  (count: number): number =>
    (stream.next().value as number) % count;
type Stream<T> = Iterator<T>;

describe('a schedule', () => {
  test('starts each item at most once, after all of its parents succeeded, and comes to an end', () => {
    fc.assert(
      fc.property(
        randomDag(25),
        fc.array(fc.constantFrom(...statuses), { minLength: 25 }),
        choices,
        (dag, plan, stream) => {
          const statusOf = (id: string): ResultStatus => plan[Number(id.slice(1))]!;
          const { started, ended, skipped } = drive(
            createSchedule(workOf(dag.parents)),
            statusOf,
            chooser(stream),
          );
          expect(new Set(started).size).toBe(started.length);
          expect(started.length + skipped.size).toBe(dag.size);
          for (const [index, id] of started.entries()) {
            for (const parent of dag.parents[Number(id.slice(1))]!) {
              expect(started.indexOf(`n${parent}`)).toBeLessThan(index);
              expect(isFailure(ended.get(`n${parent}`)!)).toBe(false);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('skips exactly the descendants of what failed, and blames a failed ancestor', () => {
    fc.assert(
      fc.property(randomDag(25), fc.array(fc.boolean(), { minLength: 25 }), choices, (dag, fails, stream) => {
        const statusOf = (id: string): ResultStatus => (fails[Number(id.slice(1))] ? 'error' : 'success');
        const { started, ended, skipped } = drive(
          createSchedule(workOf(dag.parents)),
          statusOf,
          chooser(stream),
        );
        const failed = new Set(started.filter((id) => ended.get(id) === 'error'));
        for (const node of dag.parents.keys()) {
          const guilty = [...naiveAncestors(dag.parents, node)]
            .map((each) => `n${each}`)
            .filter((id) => failed.has(id));
          expect(skipped.has(`n${node}`)).toBe(guilty.length > 0);
          if (guilty.length > 0) expect(guilty).toContain(skipped.get(`n${node}`));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives the item with the longest chain below it first, then the first in order', () => {
    // n0 and n1 are free; n2 -> n3 -> n4 is the long way.
    const schedule = createSchedule(workOf([[], [], [], [2], [3]]));
    expect(ids(schedule.ready())).toEqual(['n2', 'n0', 'n1']);
    expect(schedule.next()?.id).toBe('n2');
  });

  test('measures chains in past durations where they are known', () => {
    const durations = new Map([
      ['n1', 10],
      ['n2', 0.5],
    ]);
    const schedule = createSchedule(workOf([[], [], [], [2], [3]]), {
      durationOf: ({ id }) => durations.get(id) ?? 1,
    });
    expect(ids(schedule.ready())).toEqual(['n1', 'n2', 'n0']);
  });

  test('offers the same items by next() as by ready(), in the same order', () => {
    fc.assert(
      fc.property(randomDag(20), (dag) => {
        const schedule = createSchedule(workOf(dag.parents));
        while (!schedule.isOver) {
          const expected = ids(schedule.ready());
          const given: string[] = [];
          for (let next = schedule.next(); next !== null; next = schedule.next()) {
            schedule.start(next.id);
            given.push(next.id);
          }
          expect(given).toEqual(expected);
          for (const id of given) schedule.finish(id, 'success');
        }
      }),
    );
  });

  test('passes by items whose pool is closed', () => {
    const schedule = createSchedule(workOf([[], [], []]), {
      poolOf: ({ id }) => (id === 'n1' ? null : 'heavy'),
    });
    expect(schedule.next((pool) => pool !== 'heavy')?.id).toBe('n1');
    expect(schedule.next()?.id).toBe('n0');
  });

  test('lets descendants go on past an item that continues on error', () => {
    const schedule = createSchedule(workOf([[], [0]]), { continuesOnError: ({ id }) => id === 'n0' });
    schedule.start('n0');
    expect(schedule.finish('n0', 'error').skipped).toEqual([]);
    expect(ids(schedule.ready())).toEqual(['n1']);
  });

  test('skips below an item that was skipped by whoever ran it', () => {
    const schedule = createSchedule(workOf([[], [0]]));
    schedule.start('n0');
    expect(skips(schedule.finish('n0', 'skipped').skipped)).toEqual([['n1', 'n0']]);
  });

  test('of nothing is over at once', () => {
    expect(createSchedule(workOf([])).isOver).toBe(true);
  });

  test('treats what cannot happen as a bug', () => {
    const schedule = createSchedule(workOf([[], [0]]));
    expect(() => schedule.start('n1')).toThrow('n1 is waiting, it cannot start');
    expect(() => schedule.finish('n0', 'success')).toThrow('n0 is ready, it cannot end');
    schedule.start('n0');
    expect(() => schedule.start('n0')).toThrow('n0 is running');
    schedule.finish('n0', 'success');
    expect(() => schedule.finish('n0', 'success')).toThrow('n0 is done');
    expect(() => schedule.stateOf('n9')).toThrow('n9 is no item');
    expect(() => createSchedule(workOf([[1], [0]]))).toThrow('ring');
    expect(() => createSchedule({ items: [item('a'), item('a')], parents: [[], []] })).toThrow('share an id');
  });
});

describe('failing fast', () => {
  test('starts nothing more, blames the failure for its descendants only, and keeps the end of what runs', () => {
    const schedule = createSchedule(workOf([[], [], [], [0], [2]]), { failFast: true });
    schedule.start('n0');
    schedule.start('n2');
    expect(skips(schedule.finish('n0', 'fail').skipped)).toEqual([
      ['n1', null],
      ['n3', 'n0'],
      ['n4', null],
    ]);
    expect([schedule.isHalted, schedule.isOver, schedule.next()]).toEqual([true, false, null]);
    expect(schedule.finish('n2', 'success')).toEqual({ accepted: true, skipped: [] });
    expect([schedule.isOver, schedule.stateOf('n2')]).toEqual([true, 'done']);
  });

  test('is not set off by a warning', () => {
    const schedule = createSchedule(workOf([[], []]), { failFast: true });
    schedule.start('n0');
    expect(schedule.finish('n0', 'warn').skipped).toEqual([]);
    expect(ids(schedule.ready())).toEqual(['n1']);
  });
});

describe('cancelling', () => {
  test('skips everything that is not done, without blame, and ignores late ends', () => {
    fc.assert(
      fc.property(randomDag(20), fc.nat(15), choices, (dag, steps, stream) => {
        const schedule = createSchedule(workOf(dag.parents));
        const choose = chooser(stream);
        const running: string[] = [];
        for (let step = 0; step < steps && !schedule.isOver; step += 1) {
          const next = schedule.next();
          if (next !== null && (running.length === 0 || choose(2) === 0)) {
            schedule.start(next.id);
            running.push(next.id);
          } else schedule.finish(running.splice(choose(running.length), 1)[0]!, 'success');
        }
        const open = ids(schedule.items).filter((id) => schedule.stateOf(id) !== 'done');
        const { skipped } = schedule.cancel();
        expect(skips(skipped)).toEqual(open.map((id) => [id, null]));
        expect([schedule.isOver, schedule.next()]).toEqual([true, null]);
        for (const id of running) {
          expect(schedule.finish(id, 'success')).toEqual({ accepted: false, skipped: [] });
          expect(schedule.stateOf(id)).toBe('skipped');
        }
        expect(schedule.cancel().skipped).toEqual([]);
      }),
    );
  });
});
