import { asciiDigits } from './strip.ts';

// As Python's `strptime`: digits of other scripts are taken where any digit may stand, and nowhere else.
const dateForm = /^(\p{Nd}{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\p{Nd}|0[1-9]|[1-9]| [1-9])$/u;
const datetimeForm =
  /^(\p{Nd}{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\p{Nd}|0[1-9]|[1-9]| [1-9])\s+(2[0-3]|[01]\p{Nd}|\p{Nd}):([0-5]\p{Nd}|\p{Nd}):([0-5]\p{Nd}|\p{Nd})$/u;

/** `2020-01-02` of stripped text like `2020-1-2`; null for what is no date. */
export function parseSeedDate(stripped: string): string | null {
  if (startsWithIsoDate(stripped) && stripped.length === 10) return stripped;
  const match = dateForm.exec(stripped)?.map(asciiDigits) ?? null;
  return match === null ? null : isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** `2020-01-02 03:04:05` of stripped text like `2020-1-2 3:4:5`; null for anything else, ISO 8601 included. */
export function parseSeedDatetime(stripped: string): string | null {
  if (isIsoDatetime(stripped, SPACE)) return stripped;
  const match = datetimeForm.exec(stripped)?.map(asciiDigits) ?? null;
  if (match === null) return null;
  const date = isoDate(Number(match[1]), Number(match[2]), Number(match[3]));
  return date === null ? null : `${date} ${pad(match[4]!)}:${pad(match[5]!)}:${pad(match[6]!)}`;
}

const SPACE = 32;
const DASH = 45;
const COLON = 58;

/** Exactly `YYYY-MM-DD?HH:MM:SS` with the given separator: the frequent form, told without a regular expression. */
export function isIsoDatetime(text: string, separator: number): boolean {
  return (
    text.length === 19 &&
    text.charCodeAt(10) === separator &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    twoDigits(text, 11) < 24 &&
    twoDigits(text, 14) < 60 &&
    twoDigits(text, 17) < 60 &&
    startsWithIsoDate(text)
  );
}

/** Whether the first ten characters are a day of the calendar, `YYYY-MM-DD`. */
function startsWithIsoDate(text: string): boolean {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return false;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

/** The number that two digits write; too large for any use where they are no digits. */
function twoDigits(text: string, index: number): number {
  const tens = text.charCodeAt(index) - 48;
  const ones = text.charCodeAt(index + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1_000_000;
}

/** ISO form of a date; null where the calendar has no such day, or the year is 0. */
export function isoDate(year: number, month: number, day: number): string | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const leap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysOf = (year: number, month: number): number =>
  month === 2 && leap(year) ? 29 : monthLengths[month - 1]!;

export const pad = (value: string | number): string => String(value).padStart(2, '0');
