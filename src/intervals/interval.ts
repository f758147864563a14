/** A half-open range of time, `[start, end)`, in milliseconds since 1970 UTC. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** Calendar units in UTC; a week starts on Monday, as ISO 8601 has it. */
export type IntervalUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export const isEmpty = ({ start, end }: Interval): boolean => start >= end;

/** The latest boundary of the unit that is not after `time`. */
export function floorTime(time: number, unit: IntervalUnit): number {
  switch (unit) {
    case 'minute':
    case 'hour':
    case 'day':
      return Math.floor(time / lengthMs[unit]) * lengthMs[unit];
    case 'week':
      return Math.floor((time - firstMonday) / weekMs) * weekMs + firstMonday;
    case 'month':
    case 'year': {
      const date = new Date(time);
      return utcMonth(date.getUTCFullYear(), unit === 'month' ? date.getUTCMonth() : 0);
    }
  }
}

/** The earliest boundary of the unit that is not before `time`. */
export function ceilTime(time: number, unit: IntervalUnit): number {
  const floor = floorTime(time, unit);
  return floor === time ? time : addUnits(floor, unit, 1);
}

/** The boundary `count` units after the one at or before `time`; `count` may be negative. */
export function addUnits(time: number, unit: IntervalUnit, count: number): number {
  const floor = floorTime(time, unit);
  switch (unit) {
    case 'minute':
    case 'hour':
    case 'day':
      return floor + count * lengthMs[unit];
    case 'week':
      return floor + count * weekMs;
    case 'month':
    case 'year': {
      const date = new Date(floor);
      return utcMonth(date.getUTCFullYear(), date.getUTCMonth() + count * (unit === 'month' ? 1 : 12));
    }
  }
}

/** The same time of day `count` units later; a day that the month does not have is its last one. */
export function laterBy(time: number, unit: IntervalUnit, count: number): number {
  const floor = floorTime(time, unit);
  if (unit !== 'month' && unit !== 'year') return addUnits(time, unit, count) + (time - floor);
  const month = floorTime(time, 'month');
  const to = addUnits(month, 'month', unit === 'month' ? count : 12 * count);
  const lastDay = addUnits(to, 'month', 1) - lengthMs.day;
  const day = Math.min(to + floorTime(time - month, 'day'), lastDay);
  return day + (time - floorTime(time, 'day'));
}

/** The interval widened outward to boundaries of the unit. */
export function alignInterval({ start, end }: Interval, unit: IntervalUnit): Interval {
  return { start: floorTime(start, unit), end: ceilTime(end, unit) };
}

const lengthMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const weekMs = 7 * lengthMs.day;
/** 5 January 1970; the epoch itself is a Thursday. */
const firstMonday = 4 * lengthMs.day;

/** `month` may lie outside 0..11. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function utcMonth(year: number, month: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(year, month, 1);
}
