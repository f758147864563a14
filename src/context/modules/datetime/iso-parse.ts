import { type Civil, civilOf, isoWeekOne } from './calendar.ts';
import { type Clock, checkClock, checkDate, invalidIso, midnight } from './parts.ts';
import { FixedZone, fixedUtc } from './zone.ts';

const datePattern = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)|(\d{4})-?W(\d\d)(?:-?(\d))?)/;
const clockPattern =
  /^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6})\d*)?)?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?)?$/;

export interface IsoTime {
  readonly clock: Clock;
  readonly zone: FixedZone | null;
}

/** A date in one of the ISO 8601 forms that Python 3.11 reads; `whole` is quoted in errors. */
export function parseIsoDate(text: string, whole = text): Civil {
  const match = datePattern.exec(text);
  if (match === null || match[0].length !== text.length) return invalidIso(whole);
  if (match[7] !== undefined)
    return weekDate(Number(match[7]), Number(match[8]), Number(match[9] ?? 1), whole);
  const [year, month, day] = (match[1] === undefined ? match.slice(4, 7) : match.slice(1, 4)).map(Number);
  checkDate(year!, month!, day!);
  return { year: year!, month: month!, day: day! };
}

function weekDate(year: number, week: number, weekday: number, whole: string): Civil {
  if (week < 1 || week > 53 || weekday < 1 || weekday > 7) return invalidIso(whole);
  return civilOf(isoWeekOne(year) + (week - 1) * 7 + weekday - 1);
}

/** A time of day, with an offset where there is one. */
export function parseIsoTime(text: string, whole = text): IsoTime {
  const match = clockPattern.exec(text);
  if (match === null) return invalidIso(whole);
  const [, hour, minute, second, fraction, utc, sign, hours, minutes, seconds] = match;
  const clock = {
    hour: Number(hour),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    microsecond: Number((fraction ?? '').padEnd(6, '0')),
  };
  checkClock(clock);
  if (utc !== undefined) return { clock, zone: fixedUtc };
  if (sign === undefined) return { clock, zone: null };
  const size = Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return { clock, zone: size === 0 ? fixedUtc : new FixedZone(sign === '-' ? -size : size) };
}

/** A date with or without a time; any one character may stand between them. */
export function parseIsoDateTime(text: string): { civil: Civil } & IsoTime {
  const date = datePattern.exec(text)?.[0] ?? invalidIso(text);
  const civil = parseIsoDate(date, text);
  if (date.length === text.length) return { civil, clock: midnight, zone: null };
  const separator = Array.from(text.slice(date.length))[0]!;
  return { civil, ...parseIsoTime(text.slice(date.length + separator.length), text) };
}
