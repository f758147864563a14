import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batches } from '../../src/intervals/batches.ts';
import {
  addUnits,
  alignInterval,
  ceilTime,
  floorTime,
  type IntervalUnit,
} from '../../src/intervals/interval.ts';

const units: readonly IntervalUnit[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];
const at = (text: string): number => Date.parse(text);
const days = (list: readonly { start: number; end: number }[]): string[] =>
  list.map(({ start, end }) => `${iso(start)}..${iso(end)}`);
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);

const time = fc.integer({ min: at('1890-01-01T00:00:00Z'), max: at('2140-01-01T00:00:00Z') });
const unit = fc.constantFrom(...units);

/** Few units in the range, so that minutes do not make millions of batches. */
const caseOf = fc
  .record({
    start: time,
    unit,
    count: fc.integer({ min: 1, max: 5 }),
    length: fc.integer({ min: 1, max: 40 }),
  })
  .chain(({ start, unit, count, length }) =>
    fc
      .integer({ min: start + 1, max: addUnits(start, unit, length) + 1 })
      .map((end) => ({ range: { start, end }, size: { unit, count } })),
  );

describe('batches', () => {
  test('cover the range without gap or overlap, in ascending order', () => {
    fc.assert(
      fc.property(caseOf, ({ range, size }) => {
        const list = batches(range, size);
        expect(list[0]!.start).toBe(range.start);
        expect(list.at(-1)!.end).toBe(range.end);
        for (const [index, { start, end }] of list.entries()) {
          expect(start).toBeLessThan(end);
          if (index > 0) expect(start).toBe(list[index - 1]!.end);
        }
      }),
    );
  });

  test('put every moment of the range, boundaries included, into exactly one batch', () => {
    fc.assert(
      fc.property(caseOf, fc.double({ min: 0, max: 1, noNaN: true }), ({ range, size }, share) => {
        const list = batches(range, size);
        const moments = [
          ...list.map(({ start }) => start),
          Math.min(range.end - 1, range.start + Math.floor(share * (range.end - range.start))),
        ];
        for (const moment of moments) {
          expect(list.filter(({ start, end }) => start <= moment && moment < end)).toHaveLength(1);
        }
      }),
    );
  });

  test('hold no more than their number of units, and all but the last end at a boundary', () => {
    fc.assert(
      fc.property(caseOf, ({ range, size }) => {
        const list = batches(range, size);
        for (const { start, end } of list) {
          expect(addUnits(start, size.unit, size.count)).toBeGreaterThanOrEqual(end);
        }
        for (const { end } of list.slice(0, -1)) expect(floorTime(end, size.unit)).toBe(end);
      }),
    );
  });

  test('follow the calendar through months of different length from the 31st on', () => {
    const range = { start: at('2024-01-31T00:00:00Z'), end: at('2024-05-01T00:00:00Z') };
    expect(days(batches(range, { unit: 'month', count: 1 }))).toEqual([
      '2024-01-31..2024-02-01',
      '2024-02-01..2024-03-01',
      '2024-03-01..2024-04-01',
      '2024-04-01..2024-05-01',
    ]);
  });

  test('have a day for 29 February in leap years only', () => {
    const february = (year: number): number => {
      const range = { start: Date.UTC(year, 1, 1), end: Date.UTC(year, 2, 1) };
      return batches(range, { unit: 'day', count: 1 }).length;
    };
    expect([1900, 2000, 2023, 2024, 2100].map(february)).toEqual([28, 29, 28, 29, 28]);
  });

  test('cut weeks on Mondays through ISO week 53', () => {
    const range = { start: at('2020-12-21T00:00:00Z'), end: at('2021-01-11T00:00:00Z') };
    expect(days(batches(range, { unit: 'week', count: 1 }))).toEqual([
      '2020-12-21..2020-12-28',
      '2020-12-28..2021-01-04',
      '2021-01-04..2021-01-11',
    ]);
  });

  test('of several units count from the start of the range', () => {
    const range = { start: at('2024-02-01T00:00:00Z'), end: at('2025-01-01T00:00:00Z') };
    expect(days(batches(range, { unit: 'month', count: 4 }))).toEqual([
      '2024-02-01..2024-06-01',
      '2024-06-01..2024-10-01',
      '2024-10-01..2025-01-01',
    ]);
  });

  test('of an empty or reversed range are none', () => {
    expect(batches({ start: 5, end: 5 }, { unit: 'day', count: 1 })).toEqual([]);
    expect(batches({ start: 6, end: 5 }, { unit: 'day', count: 1 })).toEqual([]);
  });

  test('refuse a size that would never end', () => {
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(() => batches({ start: 0, end: 1 }, { unit: 'day', count })).toThrow(RangeError);
    }
  });
});

describe('calendar units', () => {
  test('floor and ceiling enclose a moment by less than one unit, and are boundaries themselves', () => {
    fc.assert(
      fc.property(time, unit, (moment, unit) => {
        const [floor, ceiling] = [floorTime(moment, unit), ceilTime(moment, unit)];
        expect(floor <= moment && moment <= ceiling).toBe(true);
        expect(floorTime(floor, unit)).toBe(floor);
        expect(ceilTime(floor, unit)).toBe(floor);
        expect(floorTime(ceiling, unit)).toBe(ceiling);
        expect(ceiling).toBe(moment === floor ? moment : addUnits(moment, unit, 1));
      }),
    );
  });

  test('adding and taking away as many units comes back to the boundary', () => {
    fc.assert(
      fc.property(time, unit, fc.integer({ min: -500, max: 500 }), (moment, unit, count) => {
        expect(addUnits(addUnits(moment, unit, count), unit, -count)).toBe(floorTime(moment, unit));
      }),
    );
  });

  test('boundaries carry zeros in everything below the unit', () => {
    fc.assert(
      fc.property(time, (moment) => {
        expect(new Date(floorTime(moment, 'year')).toISOString()).toMatch(/-01-01T00:00:00\.000Z$/);
        expect(new Date(floorTime(moment, 'month')).toISOString()).toMatch(/-01T00:00:00\.000Z$/);
        expect(new Date(floorTime(moment, 'day')).toISOString()).toMatch(/T00:00:00\.000Z$/);
        expect(new Date(floorTime(moment, 'hour')).toISOString()).toMatch(/:00:00\.000Z$/);
        expect(new Date(floorTime(moment, 'week')).getUTCDay()).toBe(1);
      }),
    );
  });

  test('the first century is not taken for the twentieth', () => {
    expect(new Date(floorTime(at('0050-06-15T00:00:00Z'), 'year')).toISOString()).toBe(
      '0050-01-01T00:00:00.000Z',
    );
  });

  test('widening gives the smallest aligned range around another', () => {
    const range = { start: at('2024-02-29T10:30:00Z'), end: at('2024-03-01T00:00:00Z') };
    expect(alignInterval(range, 'month')).toEqual({ start: at('2024-02-01'), end: at('2024-03-01') });
    expect(alignInterval(range, 'hour')).toEqual({ start: at('2024-02-29T10:00:00Z'), end: range.end });
  });
});
