import { raise } from './py-error.ts';
import { PyFloat, type Value } from './values.ts';

/** What Python counts as a number: bool is an int there. Decimals are host objects and not among these. */
export type NumberValue = number | bigint | boolean | PyFloat;

export function isNumber(value: Value): value is NumberValue {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return true;
    default:
      return value instanceof PyFloat;
  }
}

export function isFloat(value: Value): value is number | PyFloat {
  return value instanceof PyFloat || (typeof value === 'number' && !Number.isInteger(value));
}

/** An int or a bool: what indexes, counts and repeats. */
export function isIndex(value: Value): value is number | bigint | boolean {
  return isNumber(value) && !isFloat(value);
}

/** The nearest double; an OverflowError for an int beyond them. */
export function toNumber(value: NumberValue): number {
  if (typeof value === 'number') return value;
  if (value instanceof PyFloat) return value.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = Number(value);
  if (!Number.isFinite(number)) raise('OverflowError', 'int too large to convert to float');
  return number;
}

/** The exact integer of an int or bool, or of a float with an integral value. */
export function toBigInt(value: NumberValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(toNumber(value));
}

/** An int in its one representation: a number within 2^53, a bigint beyond. */
export function makeInt(value: bigint): number | bigint {
  return value >= -largestSafe && value <= largestSafe ? Number(value) : value;
}

const largestSafe = BigInt(Number.MAX_SAFE_INTEGER);

/** The int of an integral double (negative zero becomes 0). */
export function intOfNumber(value: number): number | bigint {
  return Number.isSafeInteger(value) ? value + 0 : makeInt(BigInt(value));
}

/** Truncates toward zero as `int(x)` does; a ValueError or OverflowError for NaN and infinities. */
export function truncate(value: NumberValue): number | bigint {
  if (typeof value === 'bigint') return value;
  const number = toNumber(value);
  if (Number.isNaN(number)) raise('ValueError', 'cannot convert float NaN to integer');
  if (!Number.isFinite(number)) raise('OverflowError', 'cannot convert float infinity to integer');
  return intOfNumber(Math.trunc(number));
}

/** An argument that must be an int (a count, width or index) as a number. */
export function toIndex(value: Value, typeNameOf: (value: Value) => string): number {
  if (!isIndex(value))
    raise('TypeError', `'${typeNameOf(value)}' object cannot be interpreted as an integer`);
  return Number(value);
}

/** Python's shortest text that reads back as the same float. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return padExponent(value.toExponential());
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** An exponent of at least two digits, as C prints it. */
export function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The text of an int; beyond 4300 digits a ValueError as in Python. */
export function intRepr(value: number | bigint): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const text = BigInt(value).toString();
  if (text.length > 4300) {
    raise('ValueError', 'Exceeds the limit (4300 digits) for integer string conversion');
  }
  return text;
}

const intText = /^[+-]?\d+(?:_\d+)*$/;
const floatText = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const baseDigits: Readonly<Record<number, string>> = { 2: 'bB', 8: 'oO', 16: 'xX' };

/** What `int(text)` reads; null where Python raises a ValueError. */
export function parseInt10(text: string): number | bigint | null {
  const trimmed = text.trim();
  if (!intText.test(trimmed)) return null;
  return makeInt(BigInt(trimmed.replaceAll('_', '').replace(/^\+/, '')));
}

/** `int(text, base)` for a base of 2 to 36, or 0 to read it from a prefix; null where Python raises. */
export function parseIntBase(text: string, base: number): number | bigint | null {
  if (base === 10) return parseInt10(text);
  const match = /^([+-]?)(?:0([bBoOxX])_?)?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', prefix, digits = ''] = match;
  let radix = base;
  let body = digits.replaceAll('_', '');
  if (prefix !== undefined) {
    const named = Object.entries(baseDigits).find(([, letters]) => letters.includes(prefix));
    const own = Number(named![0]);
    if (base === 0) radix = own;
    else if (base !== own) body = `0${prefix}${body}`;
  } else if (base === 0) {
    if (/^0+[1-9]/.test(body)) return null;
    radix = 10;
  }
  let total = 0n;
  for (const letter of body.toLowerCase()) {
    const digit = Number.parseInt(letter, 36);
    if (!(digit < radix)) return null;
    total = total * BigInt(radix) + BigInt(digit);
  }
  return makeInt(sign === '-' ? -total : total);
}

/** What `float(text)` reads; null where Python raises a ValueError. */
export function parseFloatText(text: string): number | null {
  const trimmed = text.trim();
  if (floatText.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (word === null) return null;
  if (word[2]!.toLowerCase() === 'nan') return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
