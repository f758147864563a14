import { PlainScalarError } from './plain-error.ts';

const implicit =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;
const parts =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?$/;

/**
 * The text that Python prints for a date or time stamp in YAML (`2024-03-01T9:00:00Z` is
 * `2024-03-01 09:00:00+00:00`); the source itself where it is none. Throws PlainScalarError for a day or hour that
 * does not exist.
 */
export function readTimestamp(source: string): string {
  return implicit.test(source) ? timestampText(source) : source;
}

/** The same for text tagged `!!timestamp`. */
export function timestampText(source: string): string {
  const match = parts.exec(source);
  if (match === null) throw new PlainScalarError(`'${source}' is no time stamp`);
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const date = `${year}-${two(month)}-${two(day)}`;
  if (!dayExists(Number(year), Number(month), Number(day)))
    throw new PlainScalarError(`'${date}' is no date`);
  if (hour === undefined) return date;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new PlainScalarError(`'${source}' is no time of day`);
  }
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0');
  const time = `${two(hour)}:${minute}:${second}${Number(micros) === 0 ? '' : `.${micros}`}`;
  return `${date} ${time}${zone === undefined ? '' : offsetText(source, match)}`;
}

function offsetText(source: string, match: RegExpExecArray): string {
  const [zone, sign, hours, minutes] = match.slice(8);
  if (zone === 'Z') return '+00:00';
  const total = Number(hours) * 60 + Number(minutes ?? 0);
  if (total >= 24 * 60) throw new PlainScalarError(`'${source}' has no such time zone`);
  const text = `${two(String(Math.floor(total / 60)))}:${two(String(total % 60))}`;
  return `${total === 0 ? '+' : sign}${text}`;
}

function dayExists(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= lengths[month - 1]!;
}

const two = (digits: string | undefined): string => (digits ?? '').padStart(2, '0');
