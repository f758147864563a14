import { asciiDigits, strip } from './strip.ts';

/** A number of a seed as dbt reads it: a decimal of at most 28 digits, or a special value. */
export interface SeedNumber {
  readonly negative: boolean;
  /** Digits without leading zeros (`0` for zero); empty for special values. */
  readonly digits: string;
  /** Power of ten of the last digit. */
  readonly exponent: number;
  /** `NaN`, `Infinity`; null for numbers. */
  readonly special: string | null;
}

/** Currency signs that are ignored at the ends of a number, in the order in which they are taken off. */
const currencySigns = [
  ...['؋', '$', 'ƒ', '៛', '¥', '₡', '₱', '£', '€', '¢', '﷼', '₪', '₩', '₭', '₮', '₦', '฿', '₤', '₫'],
];
const hasCurrency = new RegExp(`[${currencySigns.join('')}]`);

const number = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const specialNumber = /^([+-]?)(inf|infinity|nan\d*)$/i;

/** Digits that dbt keeps; more are rounded half to even. */
const precision = 28;

/**
 * Reads stripped text as a number: percent and currency signs at the ends, thousands separators and underscores are
 * ignored; null for what is no number.
 */
export function parseSeedNumber(stripped: string): SeedNumber | null {
  let text = stripped;
  if (text.includes('%')) text = text.replace(/^%+|%+$/g, '');
  let negative = false;
  if (text.startsWith('-')) {
    negative = true;
    text = text.slice(1);
  }
  if (hasCurrency.test(text)) {
    for (const sign of currencySigns) {
      while (text.startsWith(sign)) text = text.slice(sign.length);
      while (text.endsWith(sign)) text = text.slice(0, -sign.length);
    }
  }
  text = strip(text.replaceAll(',', '')).replaceAll('_', '');
  const match = number.exec(text) ?? number.exec(asciiDigits(text));
  if (match === null) return parseSpecial(text, negative);
  const [, sign, whole, fraction, onlyFraction, power = '0'] = match;
  if (power.replace(/^[+-]?0*/, '').length > 6) return null;
  const places = onlyFraction ?? fraction ?? '';
  const digits = ((whole ?? '') + places).replace(/^0+(?=.)/, '');
  return rounded(negative !== (sign === '-'), digits, Number(power) - places.length);
}

function parseSpecial(text: string, negative: boolean): SeedNumber | null {
  const match = specialNumber.exec(text);
  if (match === null) return null;
  const word = match[2]!.toLowerCase();
  const special = word.startsWith('nan') ? 'NaN' : 'Infinity';
  return { negative: special !== 'NaN' && negative !== (match[1] === '-'), digits: '', exponent: 0, special };
}

function rounded(negative: boolean, digits: string, exponent: number): SeedNumber {
  if (digits.length <= precision) return { negative, digits, exponent, special: null };
  const dropped = digits.length - precision;
  let kept = BigInt(digits.slice(0, precision));
  const tail = digits.slice(precision);
  const half = `5${'0'.repeat(dropped - 1)}`;
  if (tail > half || (tail === half && kept % 2n === 1n)) kept += 1n;
  return rounded(negative, kept.toString(), exponent + dropped);
}

/** Whether Python prints the decimal of this text as the text itself: told without reading it, for most numbers. */
export const isCanonicalNumber = (text: string): boolean => canonical.test(text);

const canonical = /^-?(?:0|[1-9]\d{0,17})(?:\.(?!00000)\d{1,9})?$/;

/**
 * Places before and after the point that the number needs, zeros at its end left aside. None are counted of a number that is
 * beyond a float, which dbt takes for infinity there.
 */
export function placesOf(value: SeedNumber): { readonly whole: number; readonly decimals: number } {
  if (value.special !== null || !Number.isFinite(Number(`${value.digits}e${value.exponent}`))) {
    return { whole: 1, decimals: 0 };
  }
  const significant = value.digits.replace(/0+$/, '');
  if (significant === '') return { whole: 1, decimals: 0 };
  const decimals = -(value.exponent + (value.digits.length - significant.length));
  return { whole: significant.length - decimals, decimals };
}

/** The number as Python prints a Decimal. */
export function decimalText({ negative, digits, exponent, special }: SeedNumber): string {
  const sign = negative ? '-' : '';
  if (special !== null) return sign + special;
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** The number without point or exponent, for integer columns; special values keep their word. */
export function integerText(value: SeedNumber): string {
  const { negative, digits, exponent, special } = value;
  if (special !== null) return decimalText(value);
  const whole = exponent >= 0 ? digits + '0'.repeat(exponent) : digits.slice(0, exponent);
  const trimmed = whole.replace(/^0+(?=.)/, '');
  if (trimmed === '' || trimmed === '0') return '0';
  return negative ? `-${trimmed}` : trimmed;
}
