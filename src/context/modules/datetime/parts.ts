import { raise } from '../../../jinja/py-error.ts';
import { reprText } from '../../../jinja/text.ts';
import type { Value } from '../../../jinja/values.ts';
import { daysInMonth } from './calendar.ts';
import { offsetText, type Zone } from './zone.ts';

/** A time of day in parts. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export const midnight: Clock = { hour: 0, minute: 0, second: 0, microsecond: 0 };

/** Microseconds since midnight. */
export function microsOf({ hour, minute, second, microsecond }: Clock): number {
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond;
}

export function clockOf(micros: number): Clock {
  const seconds = Math.floor(micros / 1_000_000);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: micros % 1_000_000,
  };
}

/** Raises Python's ValueError for a date that does not exist. */
export function checkDate(year: number, month: number, day: number): void {
  if (year < 1 || year > 9999) raise('ValueError', `year ${year} is out of range`);
  if (month < 1 || month > 12) raise('ValueError', 'month must be in 1..12');
  if (day < 1 || day > daysInMonth(year, month)) raise('ValueError', 'day is out of range for month');
}

/** Raises Python's ValueError for a time of day that does not exist. */
export function checkClock({ hour, minute, second, microsecond }: Clock): void {
  if (hour < 0 || hour > 23) raise('ValueError', 'hour must be in 0..23');
  if (minute < 0 || minute > 59) raise('ValueError', 'minute must be in 0..59');
  if (second < 0 || second > 59) raise('ValueError', 'second must be in 0..59');
  if (microsecond < 0 || microsecond > 999_999) raise('ValueError', 'microsecond must be in 0..999999');
}

export const two = (value: number): string => String(value).padStart(2, '0');
export const four = (value: number): string => String(value).padStart(4, '0');

const resolutions = ['auto', 'hours', 'minutes', 'seconds', 'milliseconds', 'microseconds'];

/** A time of day in ISO 8601; `resolution` is Python's `timespec`. */
export function isoClock(clock: Clock, zone: Zone | null, resolution: Value = 'auto'): string {
  if (typeof resolution !== 'string' || !resolutions.includes(resolution)) {
    raise('ValueError', 'Unknown timespec value');
  }
  const micros = String(clock.microsecond).padStart(6, '0');
  let out = two(clock.hour);
  if (resolution !== 'hours') out += `:${two(clock.minute)}`;
  if (resolution !== 'hours' && resolution !== 'minutes') out += `:${two(clock.second)}`;
  if (resolution === 'milliseconds') out += `.${micros.slice(0, 3)}`;
  else if (resolution === 'microseconds' || (resolution === 'auto' && clock.microsecond !== 0))
    out += `.${micros}`;
  return zone === null ? out : out + offsetText(zone.offset, ':');
}

/** The error of `fromisoformat`. */
export function invalidIso(text: string): never {
  return raise('ValueError', `Invalid isoformat string: ${reprText(text)}`);
}
