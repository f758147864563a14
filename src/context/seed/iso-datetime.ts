import { isIsoDatetime, isoDate, pad } from './date.ts';

/** A point in time as ISO 8601 writes it, taken apart. */
export interface IsoDatetime {
  /** `2020-01-02 03:04:05`, with six digits of microseconds where they are not zero. */
  readonly local: string;
  /** Minutes east of UTC; null where none is given. */
  readonly offset: number | null;
  /** Written as engines read it too: extended date and time down to seconds. */
  readonly extended: boolean;
}

const common = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.](\d+))?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

const LETTER_T = 84;

/** Reads stripped text with a `T` between date and time, in any form of ISO 8601 that dbt reads; else null. */
export function parseIsoDatetime(stripped: string): IsoDatetime | null {
  if (isIsoDatetime(stripped, LETTER_T)) {
    return { local: `${stripped.slice(0, 10)} ${stripped.slice(11)}`, offset: null, extended: true };
  }
  if (!stripped.includes('T')) return null;
  const match = common.exec(stripped);
  if (match !== null) {
    const date = isoDate(Number(match[1]), Number(match[2]) || 1, Number(match[3]));
    const time = clock(match[4]!, match[5]!, match[6]!, microseconds(match[7] ?? ''));
    if (date === null || time === null) return null;
    return { local: `${date} ${time}`, offset: zone(match[8] ?? ''), extended: match[2] !== '00' };
  }
  const parts = stripped.split('T');
  if (parts.length !== 2) return null;
  const date = parseDate(parts[0]!);
  const time = date === null ? null : parseTime(parts[1]!);
  return date === null || time === null
    ? null
    : { local: `${date} ${time.clock}`, offset: time.offset, extended: false };
}

function parseDate(text: string): string | null {
  const calendar = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (calendar !== null) return isoDate(Number(calendar[1]), Number(calendar[2]) || 1, Number(calendar[3]));
  const week = /^(\d{4})-W(\d{2})(?:-(\d))?$/.exec(text) ?? /^(\d{4})W(\d{2})(\d)?$/.exec(text);
  if (week !== null) return weekDate(Number(week[1]), Number(week[2]), Number(week[3] ?? 1));
  const ordinal = /^(\d{4})-?(\d{3})$/.exec(text);
  if (ordinal !== null) return plusDays(Number(ordinal[1]), Number(ordinal[2]) - 1);
  const month = /^(\d{4})-?(\d{2})$/.exec(text);
  if (month !== null) return isoDate(Number(month[1]), Number(month[2]) || 1, 1);
  if (/^\d{4}$/.test(text)) return isoDate(Number(text), 1, 1);
  return /^\d{2}$/.test(text) ? isoDate(Number(text) * 100 + 1, 1, 1) : null;
}

/** The day of an ISO week, counted from the week that the first of January lies in. */
function weekDate(year: number, week: number, day: number): string | null {
  const first = utcDay(year, 0);
  if (first === null) return null;
  const weekday = first.getUTCDay() === 0 ? 7 : first.getUTCDay();
  const inFirstWeek = weekday <= 4;
  return plusDays(year, (week - (inFirstWeek ? 1 : 0)) * 7 - weekday + day);
}

function plusDays(year: number, days: number): string | null {
  const date = utcDay(year, days);
  return date === null ? null : isoDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

function utcDay(year: number, days: number): Date | null {
  if (year < 1) return null;
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, 0, 1 + days);
  return date;
}

const zonePattern = '(Z|[+-]\\d{2}(?::?\\d{2})?)?';
const timeForms = [
  /^T?(\d{2}):(\d{2}):(\d{2})(?:[,.](\d+))?/,
  /^T?(\d{2})(\d{2})(\d{2})(?:[,.](\d+))?/,
  /^T?(\d{2}):(\d{2})(?:[,.](\d+))?/,
  /^T?(\d{2})(\d{2})(?:[,.](\d+))?/,
  /^T?(\d{2})(?:[,.](\d+))?/,
].map((form) => new RegExp(`${form.source}${zonePattern}$`));

function parseTime(text: string): { readonly clock: string; readonly offset: number | null } | null {
  for (const [index, form] of timeForms.entries()) {
    const match = form.exec(text);
    if (match === null) continue;
    const groups = match.slice(1);
    const offset = zone(groups.pop() ?? '');
    const fraction = groups.pop() ?? '';
    const [hour = '0', minute = '0', second = '0'] = groups;
    const found =
      index < 2
        ? clock(hour, minute, second, microseconds(fraction))
        : fractionalClock(hour, index < 4 ? minute : null, fraction);
    return found === null ? null : { clock: found, offset };
  }
  return null;
}

/** A fraction of a minute is cut to microseconds, one of an hour rounded. */
function fractionalClock(hour: string, minute: string | null, fraction: string): string | null {
  const scale = 10n ** BigInt(fraction.length);
  const part = fraction === '' ? 0n : BigInt(fraction);
  const unit = minute === null ? 3_600_000_000n : 60_000_000n;
  const exact = part * unit;
  const micros = Number(minute === null ? (exact * 2n + scale) / (scale * 2n) : exact / scale);
  const minutes = Math.floor(micros / 60_000_000);
  const seconds = Math.floor((micros % 60_000_000) / 1_000_000);
  return clock(hour, String(Number(minute ?? 0) + minutes), String(seconds), micros % 1_000_000);
}

const microseconds = (fraction: string): number => Number(fraction.padEnd(6, '0').slice(0, 6));

function clock(hour: string, minute: string, second: string, micros: number): string | null {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const whole = `${pad(hour)}:${pad(minute)}:${pad(second)}`;
  return micros === 0 ? whole : `${whole}.${String(micros).padStart(6, '0')}`;
}

function zone(text: string): number | null {
  if (text === '') return null;
  if (text === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return text.startsWith('-') ? -minutes : minutes;
}

/** The same moment in UTC, without an offset; text without one is left as it is. */
export function inUtc({ local, offset }: IsoDatetime): string {
  if (offset === null || offset === 0) return local;
  const [date = '', time = ''] = local.split(' ');
  const fraction = time.includes('.') ? time.slice(time.indexOf('.')) : '';
  const moment = Date.parse(`${date}T${time.slice(0, 8)}Z`) - offset * 60_000;
  return new Date(moment).toISOString().slice(0, 19).replace('T', ' ') + fraction;
}

/** As Python prints it, its offset included. */
export function withOffset({ local, offset }: IsoDatetime): string {
  if (offset === null) return local;
  const minutes = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
