import { type Fraction, fixedDigits, fractionOf, significantDigits } from './digits.ts';
import { floatRepr } from './numbers.ts';
import { raise } from './py-error.ts';

/** The presentation types of a float; `r` is Python's for "no type given": at least one digit behind the point. */
export type FloatPresentation = 'e' | 'f' | 'g' | 'r';

const largestPrecision = 100_000;

/** The absolute value of a double: `inf` and `nan` are words in every presentation. */
export function formatDouble(
  value: number,
  type: FloatPresentation,
  precision: number,
  alternate: boolean,
): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  return formatFraction(fractionOf(value), type, precision, alternate);
}

/** `precision` counts places behind the point (`e`, `f`) or significant digits (`g`, `r`); `alternate` is the `#` flag. */
export function formatFraction(
  value: Fraction,
  type: FloatPresentation,
  precision: number,
  alternate: boolean,
): string {
  if (precision > largestPrecision) raise('ValueError', 'precision too big');
  if (type === 'f') return fixedDigits(value, precision) + (alternate && precision === 0 ? '.' : '');
  if (type === 'e') return scientific(significantDigits(value, precision + 1), alternate);
  const count = Math.max(1, precision);
  const rounded = significantDigits(value, count);
  const digits = alternate ? rounded.digits : rounded.digits.replace(/0+$/, '');
  const { exponent } = rounded;
  if (exponent < -4 || exponent >= count - (type === 'r' ? 1 : 0)) {
    return scientific({ digits: digits === '' ? '0' : digits, exponent }, alternate);
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = digits.slice(exponent + 1);
  if (rest !== '') return `${whole}.${rest}`;
  return type === 'r' ? `${whole}.0` : whole + (alternate ? '.' : '');
}

function scientific({ digits, exponent }: { digits: string; exponent: number }, alternate: boolean): string {
  const rest = digits.slice(1);
  const point = rest !== '' || alternate ? '.' : '';
  const sign = exponent < 0 ? '-' : '+';
  return `${digits[0]}${point}${rest}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The absolute value as Python prints it without a format. */
export function plainDouble(value: number): string {
  return floatRepr(Math.abs(value));
}
