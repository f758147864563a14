import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FailureKind, WarehouseError } from '../../../src/adapter/failure.ts';
import { Attempt } from '../../../src/run/schedule/attempt.ts';
import { Repeats } from '../../../src/run/schedule/repeats.ts';

const failed = (kind: FailureKind): WarehouseError =>
  new WarehouseError(
    { kind, message: 'refused', code: null, detail: null, hint: null, position: null },
    null,
    null,
  );

/** Works one item until it is given up, on a clock that only the pauses move. */
function pauses(repeats: Repeats, clock: { now: number }, workMs = 0): readonly number[] {
  const out: number[] = [];
  const start = clock.now;
  for (let number = 1; ; number += 1) {
    const pause = repeats.pauseAfter(failed('transient'), new Attempt(number), start);
    if (pause === null) return out;
    out.push(pause);
    clock.now += pause + workMs;
  }
}

test('pauses double up to the longest, each by some chance shorter, and end with the patience for an item', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
      const clock = { now: 1000 };
      const found = pauses(new Repeats({ elapsed: () => clock.now, random: () => chance }), clock);
      const whole = [500, 1000, 2000, 4000, 8000, ...Array<number>(9).fill(15_000)];
      const expected = whole.map((ms) => ms * (0.5 + chance / 2));
      expect(found).toEqual(expected.slice(0, found.length));
      const total = found.reduce((sum, ms) => sum + ms, 0);
      expect(total).toBeLessThanOrEqual(60_000);
      expect(total + expected[found.length]!).toBeGreaterThan(60_000);
    }),
  );
});

test('work that takes long is not tried again for longer than pauses alone', () => {
  const clock = { now: 0 };
  const repeats = new Repeats({ elapsed: () => clock.now, random: () => 1 });
  expect(pauses(repeats, clock, 25_000)).toEqual([500, 1000, 2000]);
});

test('the pauses of a whole run are bounded, however many items wait for the same server', () => {
  const clock = { now: 0 };
  const repeats = new Repeats({ elapsed: () => clock.now, random: () => 0.5 });
  let total = 0;
  for (let item = 0; item < 100; item += 1) {
    for (const pause of pauses(repeats, clock)) total += pause;
  }
  expect(total).toBeGreaterThan(160_000);
  expect(total).toBeLessThanOrEqual(180_000);
});

const final: readonly FailureKind[] = [
  'unsettled',
  'syntax',
  'data',
  'permission',
  'authentication',
  'resources',
  'locked',
  'held',
  'cancelled',
  'timeout',
  'configuration',
  'unknown',
];

test('only lost connections and locks are tried again', () => {
  const repeats = new Repeats({ elapsed: () => 0, random: () => 0 });
  for (const kind of final)
    expect([kind, repeats.pauseAfter(failed(kind), new Attempt(1), 0)]).toEqual([kind, null]);
  expect(repeats.pauseAfter(new Error('a bug'), new Attempt(1), 0)).toBeNull();
  for (const kind of ['transient', 'contention'] as const) {
    expect(repeats.pauseAfter(failed(kind), new Attempt(1), 0)).toBe(250);
    const sealed = new Attempt(1);
    sealed.seal();
    expect(repeats.pauseAfter(failed(kind), sealed, 0)).toBeNull();
  }
});
