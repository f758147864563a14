import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResultStatus } from '../../../src/core/event.ts';
import { runSchedule } from '../../../src/run/schedule/pools.ts';
import { createSchedule, type ScheduleOptions } from '../../../src/run/schedule/schedule.ts';
import { naiveAncestors, randomDag } from '../../graph/random-dag.ts';
import { workOf } from '../work-of.ts';

const never = new Promise<never>(() => {});
const poolOf: NonNullable<ScheduleOptions['poolOf']> = ({ id }) =>
  [null, 'heavy', 'light'][Number(id.slice(1)) % 3]!;

describe('workers', () => {
  test('keep every limit, whatever the order in which items end, and leave nothing undone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        randomDag(16),
        fc.record({
          threads: fc.integer({ min: 1, max: 5 }),
          heavy: fc.integer({ min: 1, max: 4 }),
          light: fc.integer({ min: 1, max: 4 }),
        }),
        fc.array(fc.constantFrom<ResultStatus>('success', 'success', 'error'), { minLength: 16 }),
        async (scheduler, dag, { threads, heavy, light }, plan) => {
          const schedule = createSchedule(workOf(dag.parents), { poolOf });
          const running = new Map<string, string>();
          const started: string[] = [];
          const failed = new Set<string>();
          const skipped = new Set<string>();
          const limits = new Map([
            ['heavy', heavy],
            ['light', light],
          ]);
          const end = runSchedule(schedule, {
            threads,
            limits,
            poolOf,
            onSkipped: ({ item }) => skipped.add(item.id),
            run: async (item, threadId) => {
              expect([...running.values()]).not.toContain(threadId);
              running.set(item.id, threadId);
              started.push(item.id);
              expect(running.size).toBeLessThanOrEqual(threads);
              for (const [pool, limit] of limits) {
                const inPool = [...running.keys()].filter((id) => poolOf({ ...item, id }) === pool);
                expect(inPool.length).toBeLessThanOrEqual(limit);
              }
              const status = plan[Number(item.id.slice(1))]!;
              await scheduler.schedule(Promise.resolve(), item.id);
              running.delete(item.id);
              if (status === 'error') failed.add(item.id);
              return status;
            },
          });
          await scheduler.waitFor(end);
          expect(schedule.isOver).toBe(true);
          expect(new Set(started).size).toBe(started.length);
          for (const node of dag.parents.keys()) {
            const isBlocked = [...naiveAncestors(dag.parents, node)].some((each) => failed.has(`n${each}`));
            expect(skipped.has(`n${node}`)).toBe(isBlocked);
            expect(started.includes(`n${node}`)).toBe(!isBlocked);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('work on a hundred batches in ascending order, never more than the limit at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.constantFrom(1, 4), async (scheduler, limit) => {
        const started: number[] = [];
        let running = 0;
        const options = { poolOf: () => 'backfill' };
        const end = runSchedule(createSchedule(workOf(Array.from({ length: 100 }, () => [])), options), {
          ...options,
          threads: 8,
          limits: new Map([['backfill', limit]]),
          run: async ({ id }) => {
            started.push(Number(id.slice(1)));
            running += 1;
            expect(running).toBeLessThanOrEqual(limit);
            await scheduler.schedule(Promise.resolve(), id);
            running -= 1;
            return 'success';
          },
        });
        await scheduler.waitFor(end);
        expect(started).toEqual(Array.from({ length: 100 }, (_, index) => index));
      }),
      { numRuns: 20 },
    );
  });

  test('are named as in dbt, and the first free one takes the next item', async () => {
    const started: string[] = [];
    const release = new Map<string, () => void>();
    const end = runSchedule(createSchedule(workOf([[], [], [1]])), {
      threads: 2,
      run: async ({ id }, threadId) => {
        started.push(`${id} ${threadId}`);
        await new Promise<void>((resolve) => release.set(id, resolve));
        return 'success';
      },
    });
    expect(started).toEqual(['n1 Thread-1 (worker)', 'n0 Thread-2 (worker)']);
    release.get('n1')!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(started.slice(2)).toEqual(['n2 Thread-1 (worker)']);
    for (const each of release.values()) each();
    await end;
  });

  test('are not held up by one that takes long', async () => {
    const finished: string[] = [];
    let releaseHuge = (): void => {};
    const huge = new Promise<void>((resolve) => {
      releaseHuge = resolve;
    });
    await runSchedule(createSchedule(workOf(Array.from({ length: 50 }, () => []))), {
      threads: 2,
      run: async ({ id }) => {
        if (id === 'n0') await huge;
        finished.push(id);
        if (finished.length === 49) releaseHuge();
        return 'success';
      },
    });
    expect(finished.at(-1)).toBe('n0');
    expect(finished).toHaveLength(50);
  });

  test('need at least one thread', async () => {
    const run = async (): Promise<ResultStatus> => 'success';
    expect(() => runSchedule(createSchedule(workOf([])), { threads: 0, run })).toThrow(RangeError);
  });
});

describe('threads that nothing is ready for', () => {
  test('help with the parts of an item, each done once, never more at once than there are threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        randomDag(8),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(6), { minLength: 8 }),
        async (scheduler, dag, threads, counts) => {
          const done: string[] = [];
          let running = 0;
          const end = runSchedule(createSchedule(workOf(dag.parents)), {
            threads,
            run: async ({ id }, _, __, share) => {
              const count = counts[Number(id.slice(1))]!;
              const mine = (): readonly string[] => done.filter((part) => part.startsWith(`${id}.`));
              const waits = dag.parents[Number(id.slice(1))]!;
              for (const parent of waits) {
                expect(done.filter((part) => part.startsWith(`n${parent}.`))).toHaveLength(counts[parent]!);
              }
              let given = 0;
              await share(() => {
                if (given === count) return null;
                given += 1;
                const name = `${id}.${given}`;
                return async () => {
                  running += 1;
                  expect(running).toBeLessThanOrEqual(threads);
                  await scheduler.schedule(Promise.resolve(), name);
                  running -= 1;
                  done.push(name);
                };
              });
              expect(new Set(mine()).size).toBe(count);
              return 'success';
            },
          });
          await scheduler.waitFor(end);
          expect(done).toHaveLength(counts.slice(0, dag.parents.length).reduce((sum, one) => sum + one, 0));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('come to it while it is under way, and leave it to items that get ready', async () => {
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const until = (name: string): Promise<void> =>
      new Promise((resolve) => {
        started.push(name);
        ends.set(name, resolve);
      });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const finish = (name: string): Promise<void> => {
      ends.get(name)!();
      return turn();
    };
    // n2 waits for n1; n0 has parts.
    const end = runSchedule(createSchedule(workOf([[], [], [1]])), {
      threads: 2,
      run: async ({ id }, _, __, share) => {
        const parts = ['a', 'b', 'c', 'd'];
        if (id === 'n0') {
          await share(() => {
            const part = parts.shift();
            return part === undefined ? null : () => until(part);
          });
        } else await until(id);
        return 'success';
      },
    });
    await turn();
    expect(started).toEqual(['n1', 'a']);
    await finish('n1');
    expect(started.slice(2)).toEqual(['n2']);
    await finish('n2');
    expect(started.slice(3)).toEqual(['b']);
    await finish('a');
    await finish('b');
    expect(started.slice(4)).toEqual(['c', 'd']);
    await finish('d');
    await finish('c');
    await end;
  });
});

describe('a cancelled run', () => {
  test('asks what is running to end, starts nothing more, and tells each skipped item once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        randomDag(12),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(12),
        async (scheduler, dag, threads, after) => {
          const schedule = createSchedule(workOf(dag.parents));
          const controller = new AbortController();
          const done: string[] = [];
          const skipped: string[] = [];
          let startedAfterCancel = 0;
          const end = runSchedule(schedule, {
            threads,
            signal: controller.signal,
            onSkipped: ({ item, because }) => {
              expect(because).toBeNull();
              skipped.push(item.id);
            },
            run: async ({ id }, _, signal) => {
              if (controller.signal.aborted) startedAfterCancel += 1;
              await scheduler.schedule(Promise.resolve(), id);
              expect(signal.aborted).toBe(controller.signal.aborted);
              if (!signal.aborted) done.push(id);
              if (done.length === after) controller.abort();
              return 'success';
            },
          });
          await scheduler.waitFor(end);
          expect(startedAfterCancel).toBe(0);
          expect(schedule.isOver).toBe(true);
          const states = dag.parents.map((_, node) => schedule.stateOf(`n${node}`));
          expect(states.filter((state) => state === 'skipped')).toHaveLength(skipped.length);
          expect(new Set(skipped).size).toBe(skipped.length);
          if (!controller.signal.aborted) expect(skipped).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('that was cancelled before it began runs nothing', async () => {
    const schedule = createSchedule(workOf([[], [0]]));
    const signal = AbortSignal.abort();
    await runSchedule(schedule, { threads: 2, signal, run: () => expect.unreachable() });
    expect(schedule.stateOf('n1')).toBe('skipped');
  });

  test('ends without an item that never settles, once patience is over', async () => {
    const controller = new AbortController();
    let loosePatience = (): void => {};
    const patience = new Promise<void>((resolve) => {
      loosePatience = resolve;
    });
    let isOver = false;
    const end = runSchedule(createSchedule(workOf([[], [0]])), {
      threads: 1,
      signal: controller.signal,
      patience: () => patience,
      run: () => never,
    }).then(() => {
      isOver = true;
    });
    controller.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    loosePatience();
    await end;
  });

  test('that fails fast asks what is running to end', async () => {
    const schedule = createSchedule(workOf([[], [], []]), { failFast: true });
    const aborted: string[] = [];
    await runSchedule(schedule, {
      threads: 2,
      run: async ({ id }, _, signal) => {
        if (id === 'n0') return 'error';
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.push(id);
        return 'error';
      },
    });
    expect(aborted).toEqual(['n1']);
    expect(['n0', 'n1', 'n2'].map((id) => schedule.stateOf(id))).toEqual(['done', 'skipped', 'skipped']);
  });
});

describe('a rejection', () => {
  test('is a bug: it cancels the rest, waits for it and is passed on', async () => {
    const schedule = createSchedule(workOf([[], [], [0]]));
    let isAsked = false;
    const end = runSchedule(schedule, {
      threads: 2,
      run: async ({ id }, _, signal) => {
        if (id === 'n0') throw new Error('of the runner');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        isAsked = true;
        return 'success';
      },
    });
    await expect(end).rejects.toThrow('of the runner');
    expect([isAsked, schedule.isOver]).toEqual([true, true]);
  });
});
