import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUnits, floorTime, laterBy } from '../../src/intervals/interval.ts';
import {
  batchLabel,
  batchUnits,
  type MicrobatchRequest,
  microbatches,
} from '../../src/intervals/microbatch.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const day: MicrobatchRequest = {
  unit: 'day',
  begin: at('2024-01-01T06:00:00'),
  lookback: 1,
  isIncremental: false,
  asked: null,
  now: at('2024-01-03T12:00:00'),
};
const labels = (request: MicrobatchRequest) =>
  microbatches(request).map((batch) => batchLabel(batch, request.unit));

describe('batches', () => {
  test('of a first build go from the unit of begin to the present one', () => {
    expect(labels(day)).toEqual(['2024-01-01', '2024-01-02', '2024-01-03']);
  });

  test('of a later build are the present one and those looked back upon', () => {
    expect(labels({ ...day, isIncremental: true })).toEqual(['2024-01-02', '2024-01-03']);
    expect(labels({ ...day, isIncremental: true, lookback: 0 })).toEqual(['2024-01-03']);
  });

  test('at a boundary of the unit, the unit that has just ended is the present one', () => {
    const now = at('2024-01-03T00:00:00');
    expect(labels({ ...day, now })).toEqual(['2024-01-01', '2024-01-02']);
    expect(labels({ ...day, now, isIncremental: true })).toEqual(['2024-01-01', '2024-01-02']);
  });

  test('that were asked for are whole units around the times', () => {
    const asked = { start: at('2023-05-05T05:00:00'), end: at('2023-05-06T01:00:00') };
    expect(labels({ ...day, asked, isIncremental: true })).toEqual(['2023-05-05', '2023-05-06']);
  });

  test('of months and years follow the calendar', () => {
    const now = at('2024-03-01T01:00:00');
    expect(labels({ ...day, unit: 'month', now })).toEqual(['2024-01', '2024-02', '2024-03']);
    expect(labels({ ...day, unit: 'month', now, isIncremental: true, lookback: 2 })).toEqual([
      '2024-01',
      '2024-02',
      '2024-03',
    ]);
    expect(labels({ ...day, unit: 'year', begin: at('2022-06-01T00:00:00'), now })).toEqual([
      '2022',
      '2023',
      '2024',
    ]);
  });

  test('of a model whose history has not begun are one empty one', () => {
    const [only, ...others] = microbatches({ ...day, begin: at('2025-01-01T00:00:00') });
    expect(others).toEqual([]);
    expect(only!.end).toBeLessThanOrEqual(only!.start);
  });

  test('follow each other without a gap, each a whole unit', () => {
    const time = fc.integer({ min: at('2020-01-01T00:00:00'), max: at('2021-01-01T00:00:00') });
    fc.assert(
      fc.property(time, time, fc.constantFrom('day', 'month', 'year'), (begin, now, unit) => {
        fc.pre(begin < now);
        const batches = microbatches({ ...day, begin, now, unit });
        expect(batches[0]!.start).toBe(floorTime(begin, unit));
        for (const [index, { start, end }] of batches.entries()) {
          expect(end).toBe(addUnits(start, unit, 1));
          if (index > 0) expect(start).toBe(batches[index - 1]!.end);
        }
        const last = batches.at(-1)!;
        expect(last.start < now && now <= last.end).toBe(true);
      }),
    );
    expect(batchUnits).toContain('hour');
  });
});

test('a time some units before another is of the same time of day, on the last day of a month that is too short', () => {
  const now = at('2024-03-31T16:06:07');
  const cases = [
    ['hour', -2, '2024-03-31T14:06:07'],
    ['day', -1, '2024-03-30T16:06:07'],
    ['month', -1, '2024-02-29T16:06:07'],
    ['month', -14, '2023-01-31T16:06:07'],
    ['year', -1, '2023-03-31T16:06:07'],
    ['year', 1, '2025-03-31T16:06:07'],
  ] as const;
  for (const [unit, count, expected] of cases) expect(laterBy(now, unit, count)).toBe(at(expected));
  expect(laterBy(at('2024-02-29T01:00:00'), 'year', -1)).toBe(at('2023-02-28T01:00:00'));
});
