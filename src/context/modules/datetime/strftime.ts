import {
  type Civil,
  dayNames,
  dayOfYear,
  epochOrdinal,
  isoCalendar,
  monthNames,
  ordinalOf,
  weekdayOf,
} from './calendar.ts';
import { type Clock, four, two } from './parts.ts';
import { offsetText, type Zone } from './zone.ts';

/** What a directive is computed from. */
interface Moment {
  readonly civil: Civil;
  readonly clock: Clock;
  readonly zone: Zone | null;
}

type Directive = (moment: Moment) => string;

const weekday = ({ civil }: Moment): number => weekdayOf(ordinalOf(civil));
const hour12 = ({ clock }: Moment): number => clock.hour % 12 || 12;
const spaced = (value: number): string => String(value).padStart(2, ' ');

/** Weeks that begin on `first` (Monday is 0); the days before the first such day are in week 0. */
function weekNumber(moment: Moment, first: number): string {
  const sinceFirst = (weekday(moment) - first + 7) % 7;
  return two(Math.floor((dayOfYear(moment.civil) + 6 - sinceFirst) / 7));
}

const composed =
  (format: string): Directive =>
  (moment) =>
    strftime(moment, format);

/** Python's documented directives, and those of glibc that people use. */
const directives: Readonly<Record<string, Directive>> = {
  a: (moment) => dayNames[weekday(moment)]!.slice(0, 3),
  A: (moment) => dayNames[weekday(moment)]!,
  w: (moment) => String((weekday(moment) + 1) % 7),
  u: (moment) => String(weekday(moment) + 1),
  d: ({ civil }) => two(civil.day),
  e: ({ civil }) => spaced(civil.day),
  b: ({ civil }) => monthNames[civil.month - 1]!.slice(0, 3),
  h: ({ civil }) => monthNames[civil.month - 1]!.slice(0, 3),
  B: ({ civil }) => monthNames[civil.month - 1]!,
  m: ({ civil }) => two(civil.month),
  y: ({ civil }) => two(civil.year % 100),
  Y: ({ civil }) => String(civil.year),
  C: ({ civil }) => two(Math.floor(civil.year / 100)),
  G: ({ civil }) => four(isoCalendar(ordinalOf(civil)).year),
  g: ({ civil }) => two(isoCalendar(ordinalOf(civil)).year % 100),
  V: ({ civil }) => two(isoCalendar(ordinalOf(civil)).week),
  U: (moment) => weekNumber(moment, 6),
  W: (moment) => weekNumber(moment, 0),
  j: ({ civil }) => String(dayOfYear(civil)).padStart(3, '0'),
  H: ({ clock }) => two(clock.hour),
  k: ({ clock }) => spaced(clock.hour),
  I: (moment) => two(hour12(moment)),
  l: (moment) => spaced(hour12(moment)),
  p: ({ clock }) => (clock.hour < 12 ? 'AM' : 'PM'),
  P: ({ clock }) => (clock.hour < 12 ? 'am' : 'pm'),
  M: ({ clock }) => two(clock.minute),
  S: ({ clock }) => two(clock.second),
  f: ({ clock }) => String(clock.microsecond).padStart(6, '0'),
  z: ({ zone }) => (zone === null ? '' : offsetText(zone.offset, '')),
  Z: ({ zone }) => zone?.abbreviation ?? '',
  c: composed('%a %b %e %H:%M:%S %Y'),
  x: composed('%m/%d/%y'),
  X: composed('%H:%M:%S'),
  D: composed('%m/%d/%y'),
  F: composed('%Y-%m-%d'),
  T: composed('%H:%M:%S'),
  R: composed('%H:%M'),
  r: composed('%I:%M:%S %p'),
  s: ({ civil, clock, zone }) => String(epochSeconds(civil, clock) - (zone?.offset ?? 0)),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};

function epochSeconds(civil: Civil, clock: Clock): number {
  return (ordinalOf(civil) - epochOrdinal) * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second;
}

/** `strftime`; an unknown directive stays as it is written. Flags as in glibc: `-` no padding, `_` spaces, `^` upper case. */
export function strftime(moment: Moment, format: string): string {
  return format.replace(/%([-_0^#]?)(:z|[\s\S])/g, (whole, flag: string, letter: string) => {
    if (letter === ':z') return moment.zone === null ? '' : offsetText(moment.zone.offset, ':');
    const directive = directives[letter];
    if (directive === undefined) return whole;
    const text = directive(moment);
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    if (flag === '_') return text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
    if (flag === '0') return text.replace(/^ +(?=\d)/, (blanks) => '0'.repeat(blanks.length));
    return flag === '^' || flag === '#' ? text.toUpperCase() : text;
  });
}
