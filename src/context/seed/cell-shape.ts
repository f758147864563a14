const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const SPACE = 32;
const LETTER_T = 84;

/** Shapes are smaller than this. */
export const shapeCount = 103;

const day = 100;
const second = 101;
const isoSecond = 102;

/**
 * The shape of a cell, by which all cells of it tell the same of their column: whole numbers of so many digits, numbers
 * of so many places before and after the point, days, and seconds of a day. 0 for all else, rare spellings of these
 * included. Of bytes, since most cells of a file need no look beyond it.
 */
export function shapeOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 10) return numberShape(bytes, from, to);
  if (length === 10) return isDay(bytes, from) ? day : 0;
  if (length !== 19 || !isDay(bytes, from) || !isClock(bytes, from + 11)) return 0;
  const between = bytes[from + 10];
  return between === SPACE ? second : between === LETTER_T ? isoSecond : 0;
}

/** As many digits before the point, or that and those after it without the zeros at the end. */
function numberShape(bytes: Uint8Array, from: number, to: number): number {
  const start = bytes[from] === MINUS ? from + 1 : from;
  let point = to;
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at]!;
    if (byte === POINT && point === to) point = at;
    else if (!isDigit(byte)) return 0;
  }
  const whole = point - start;
  if (whole === 0 || point + 1 === to) return 0;
  if (point === to) return whole;
  let end = to;
  while (bytes[end - 1] === ZERO) end -= 1;
  return 10 + whole * 10 + (end - point - 1);
}

/** `YYYY-MM-DD` of a year of four digits, but for days that not every month has. */
function isDay(bytes: Uint8Array, from: number): boolean {
  if (bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS || bytes[from] === ZERO) return false;
  const month = twoDigits(bytes, from + 5);
  const dayOfMonth = twoDigits(bytes, from + 8);
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 28) return false;
  return twoDigits(bytes, from) >= 0 && twoDigits(bytes, from + 2) >= 0;
}

function isClock(bytes: Uint8Array, from: number): boolean {
  if (bytes[from + 2] !== COLON || bytes[from + 5] !== COLON) return false;
  const [hour, minute, seconds] = [
    twoDigits(bytes, from),
    twoDigits(bytes, from + 3),
    twoDigits(bytes, from + 6),
  ];
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && seconds >= 0 && seconds < 60;
}

/** -1 where they are no digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]!;
  const ones = bytes[at + 1]!;
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte < ZERO + 10;
