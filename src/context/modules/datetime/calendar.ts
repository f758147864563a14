// The proleptic Gregorian calendar, which Python's datetime uses for all years from 1 to 9999.

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** A date in parts; months and days count from 1. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days before the first of January, counted from 0001-01-01. */
function daysBeforeYear(year: number): number {
  const years = year - 1;
  return years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
}

/** The day of the year, from 1. */
export function dayOfYear({ year, month, day }: Civil): number {
  return daysBeforeMonth[month - 1]! + (month > 2 && isLeapYear(year) ? 1 : 0) + day;
}

/** Python's ordinal: 0001-01-01 is day 1. */
export function ordinalOf(civil: Civil): number {
  return daysBeforeYear(civil.year) + dayOfYear(civil);
}

export function civilOf(ordinal: number): Civil {
  let year = Math.floor((ordinal - 1) / 365.2425) + 1;
  while (daysBeforeYear(year) >= ordinal) year -= 1;
  while (daysBeforeYear(year + 1) < ordinal) year += 1;
  let day = ordinal - daysBeforeYear(year);
  let month = 1;
  while (day > daysInMonth(year, month)) {
    day -= daysInMonth(year, month);
    month += 1;
  }
  return { year, month, day };
}

/** The ordinal of 1970-01-01. */
export const epochOrdinal = 719_163;
/** The ordinal of 9999-12-31. */
export const lastOrdinal = 3_652_059;

/** Monday is 0. */
export function weekdayOf(ordinal: number): number {
  return (ordinal + 6) % 7;
}

/** ISO 8601 year, week and weekday (Monday is 1). */
export function isoCalendar(ordinal: number): { year: number; week: number; weekday: number } {
  const thursday = ordinal - weekdayOf(ordinal) + 3;
  const { year } = civilOf(Math.max(1, thursday));
  const firstMonday = isoWeekOne(year);
  const monday = ordinal - weekdayOf(ordinal);
  return { year, week: (monday - firstMonday) / 7 + 1, weekday: weekdayOf(ordinal) + 1 };
}

/** The ordinal of the Monday of a year's first ISO week. */
export function isoWeekOne(year: number): number {
  const fourth = ordinalOf({ year, month: 1, day: 4 });
  return fourth - weekdayOf(fourth);
}

export const dayNames = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
