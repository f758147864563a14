import { raise } from '../../../jinja/py-error.ts';
import { reprText } from '../../../jinja/text.ts';
import { type Civil, civilOf, dayNames, isoWeekOne, monthNames, ordinalOf, weekdayOf } from './calendar.ts';
import { type Clock, checkDate } from './parts.ts';
import { FixedZone, fixedUtc } from './zone.ts';

export interface Parsed {
  readonly civil: Civil;
  readonly clock: Clock;
  readonly zone: FixedZone | null;
}

const alternatives = (names: readonly string[]): string =>
  [...names].sort((a, b) => b.length - a.length).join('|');
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

/** The text that each directive matches. */
const patterns: Readonly<Record<string, string>> = {
  d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]',
  f: '\\d{1,6}',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  G: '\\d{4}',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  S: '6[01]|[0-5]\\d|\\d',
  U: '5[0-3]|[0-4]\\d|\\d',
  W: '5[0-3]|[0-4]\\d|\\d',
  V: '5[0-3]|0[1-9]|[1-4]\\d|\\d',
  w: '[0-6]',
  u: '[1-7]',
  y: '\\d\\d',
  Y: '\\d{4}',
  z: '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|[Zz]',
  A: alternatives(dayNames),
  a: alternatives(short(dayNames)),
  B: alternatives(monthNames),
  b: alternatives(short(monthNames)),
  p: 'am|pm',
  Z: 'utc|gmt',
};

/** Directives that stand for others, as in the C locale. */
const composed: Readonly<Record<string, string>> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

function compile(format: string): RegExp {
  const expanded = format.replace(/%([cxX%])/g, (whole, letter: string) => composed[letter] ?? whole);
  const used = new Set<string>();
  const source = expanded.replace(
    /%([\s\S]?)|\s+|[\\^$.*+?()[\]{}|/]/g,
    (whole, letter: string | undefined) => {
      if (letter === undefined) return /^\s/.test(whole) ? '\\s+' : `\\${whole}`;
      if (letter === '%') return '%';
      if (letter === '') raise('ValueError', `stray % in format ${reprText(format)}`);
      const pattern = patterns[letter];
      if (pattern === undefined)
        raise('ValueError', `${reprText(letter)} is a bad directive in format ${reprText(format)}`);
      if (used.has(letter)) raise('re.error', `redefinition of group name ${reprText(letter)}`);
      used.add(letter);
      return `(?<${letter}>${pattern})`;
    },
  );
  return new RegExp(`^${source}`, 'iu');
}

/** `strptime`: Python's directives, names in English; unnamed parts are those of 1900-01-01 00:00. */
export function strptime(text: string, format: string): Parsed {
  const match = compile(format).exec(text);
  if (match === null)
    raise('ValueError', `time data ${reprText(text)} does not match format ${reprText(format)}`);
  const rest = text.slice(match[0].length);
  if (rest !== '') raise('ValueError', `unconverted data remains: ${rest}`);
  const groups = new Map(Object.entries(match.groups ?? {}));
  const number = (letter: string): number | null => {
    const found = groups.get(letter);
    return found === undefined ? null : Number(found);
  };
  const zone = zoneOf(groups.get('z'), groups.get('Z'));
  return { civil: dateOf(groups, number), clock: clockOf(groups, number), zone };
}

type Numbers = (letter: string) => number | null;

function clockOf(groups: ReadonlyMap<string, string>, number: Numbers): Clock {
  const hour12 = number('I');
  const afternoon = groups.get('p')?.toLowerCase() === 'pm';
  return {
    hour: hour12 === null ? (number('H') ?? 0) : (hour12 % 12) + (afternoon ? 12 : 0),
    minute: number('M') ?? 0,
    second: number('S') ?? 0,
    microsecond: Number((groups.get('f') ?? '').padEnd(6, '0')),
  };
}

function dateOf(groups: ReadonlyMap<string, string>, number: Numbers): Civil {
  const yearOfCentury = number('y');
  const year =
    number('Y') ?? (yearOfCentury === null ? null : yearOfCentury + (yearOfCentury < 69 ? 2000 : 1900));
  const weekday = weekdayIn(groups, number);
  const isoYear = number('G');
  const isoWeek = number('V');
  if (isoYear !== null && isoWeek !== null && weekday !== null) {
    return civilOf(isoWeekOne(isoYear) + (isoWeek - 1) * 7 + weekday);
  }
  const day = number('j');
  if (day !== null) return civilOf(ordinalOf({ year: year ?? 1900, month: 1, day: 1 }) + day - 1);
  const week = number('U') ?? number('W');
  if (week !== null && weekday !== null && year !== null) {
    return civilOf(dayInWeek(year, week, weekday, number('U') === null ? 0 : 6));
  }
  const month = monthIn(groups) ?? number('m') ?? 1;
  const dayOfMonth = number('d') ?? 1;
  const civil = { year: year ?? 1900, month, day: dayOfMonth };
  checkDate(civil.year, civil.month, civil.day);
  return civil;
}

/** The day of week `week`, where weeks begin on `first` (Monday is 0) and those before it are in week 0. */
function dayInWeek(year: number, week: number, weekday: number, first: number): number {
  const newYear = ordinalOf({ year, month: 1, day: 1 });
  const untilFirst = (first - weekdayOf(newYear) + 7) % 7;
  return newYear + untilFirst + (week - 1) * 7 + ((weekday - first + 7) % 7);
}

function weekdayIn(groups: ReadonlyMap<string, string>, number: Numbers): number | null {
  const iso = number('u');
  if (iso !== null) return iso - 1;
  const sundayFirst = number('w');
  if (sundayFirst !== null) return (sundayFirst + 6) % 7;
  return nameIndex(dayNames, groups.get('A') ?? groups.get('a'));
}

function monthIn(groups: ReadonlyMap<string, string>): number | null {
  const index = nameIndex(monthNames, groups.get('B') ?? groups.get('b'));
  return index === null ? null : index + 1;
}

function nameIndex(names: readonly string[], given: string | undefined): number | null {
  if (given === undefined) return null;
  const index = names.findIndex((name) => name.toLowerCase().startsWith(given.toLowerCase()));
  return index < 0 ? null : index;
}

function zoneOf(offset: string | undefined, name: string | undefined): FixedZone | null {
  if (offset === undefined) return null;
  if (/^z$/i.test(offset)) return fixedUtc;
  const [, sign, hours, minutes, seconds] = /^([+-])(\d\d):?(\d\d)(?::?(\d\d))?/.exec(offset)!;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
  if (size === 0 && name === undefined) return fixedUtc;
  return new FixedZone(sign === '-' ? -size : size, name ?? null);
}
