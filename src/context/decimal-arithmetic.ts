import { divideHalfEven } from '../jinja/digits.ts';
import { raise } from '../jinja/py-error.ts';

/** A decimal: `coefficient * 10 ** exponent`; 1.50 is 150 and -2. */
export interface DecimalParts {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Significant digits of a result, as in Python's default context. */
const precision = 28;
const mostExponent = 999_999;

const sizeOf = (coefficient: bigint): bigint => (coefficient < 0n ? -coefficient : coefficient);
const digitCount = (coefficient: bigint): number => sizeOf(coefficient).toString().length;
const tens = (count: number): bigint => 10n ** BigInt(count);

/** null for what is no finite decimal. */
export function parseDecimal(text: string): DecimalParts | null {
  const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', places = '', only = '', power = '0'] = match;
  const fraction = places + only;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > mostExponent) return null;
  const coefficient = BigInt(whole + fraction);
  return { coefficient: sign === '-' ? -coefficient : coefficient, exponent };
}

/** Python's text of a decimal: plain, or with an exponent where it has trailing powers of ten or is tiny. */
export function decimalText({ coefficient, exponent }: DecimalParts): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = sizeOf(coefficient).toString();
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const rest = digits.slice(1);
    return `${sign}${digits[0]}${rest === '' ? '' : `.${rest}`}E${adjusted < 0 ? '' : '+'}${adjusted}`;
  }
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** The same value with another exponent, rounded to nearest with ties to even. */
export function rescaled({ coefficient, exponent }: DecimalParts, wanted: number): DecimalParts {
  if (wanted <= exponent) return { coefficient: coefficient * tens(exponent - wanted), exponent: wanted };
  const rounded = divideHalfEven(sizeOf(coefficient), tens(wanted - exponent));
  return { coefficient: coefficient < 0n ? -rounded : rounded, exponent: wanted };
}

/** Without trailing zeros. */
export function normalized({ coefficient, exponent }: DecimalParts): DecimalParts {
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  const text = coefficient.toString();
  const zeros = text.length - text.replace(/0+$/, '').length;
  return { coefficient: coefficient / tens(zeros), exponent: exponent + zeros };
}

export function negated({ coefficient, exponent }: DecimalParts): DecimalParts {
  return { coefficient: -coefficient, exponent };
}

/** Rounds a result to the digits of the context. */
function inContext(value: DecimalParts): DecimalParts {
  const excess = digitCount(value.coefficient) - precision;
  if (excess <= 0) return value;
  const rounded = rescaled(value, value.exponent + excess);
  return digitCount(rounded.coefficient) > precision ? rescaled(rounded, rounded.exponent + 1) : rounded;
}

function aligned(left: DecimalParts, right: DecimalParts): [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [rescaled(left, exponent).coefficient, rescaled(right, exponent).coefficient, exponent];
}

/** Negative, zero or positive. */
export function decimalCompare(left: DecimalParts, right: DecimalParts): number {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function decimalAdd(left: DecimalParts, right: DecimalParts): DecimalParts {
  const [a, b, exponent] = aligned(left, right);
  return inContext({ coefficient: a + b, exponent });
}

export function decimalMultiply(left: DecimalParts, right: DecimalParts): DecimalParts {
  return inContext({
    coefficient: left.coefficient * right.coefficient,
    exponent: left.exponent + right.exponent,
  });
}

/** Exact quotients keep as few places as the operands allow, others have all digits of the context. */
export function decimalDivide(left: DecimalParts, right: DecimalParts): DecimalParts {
  if (right.coefficient === 0n) refuseZero(left, 'DivisionByZero');
  const ideal = left.exponent - right.exponent;
  if (left.coefficient === 0n) return { coefficient: 0n, exponent: ideal };
  const shift = Math.max(0, digitCount(right.coefficient) - digitCount(left.coefficient) + precision + 1);
  const numerator = sizeOf(left.coefficient) * tens(shift);
  const denominator = sizeOf(right.coefficient);
  const negative = left.coefficient < 0n !== right.coefficient < 0n;
  let coefficient = numerator / denominator;
  let exponent = ideal - shift;
  if (numerator % denominator !== 0n) {
    // A last digit of 0 or 5 would look like a tie when it is rounded.
    if (coefficient % 5n === 0n) coefficient += 1n;
  } else {
    while (exponent < ideal && coefficient % 10n === 0n) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  return inContext({ coefficient: negative ? -coefficient : coefficient, exponent });
}

/** Truncates toward zero, unlike `//` of ints. */
export function decimalFloorDivide(left: DecimalParts, right: DecimalParts): DecimalParts {
  if (right.coefficient === 0n) refuseZero(left, 'DivisionByZero');
  const [a, b] = aligned(left, right);
  return { coefficient: a / b, exponent: 0 };
}

/** The remainder has the sign of the dividend, unlike `%` of ints. */
export function decimalModulo(left: DecimalParts, right: DecimalParts): DecimalParts {
  if (right.coefficient === 0n) refuseZero(left, 'InvalidOperation');
  const [a, b, exponent] = aligned(left, right);
  return inContext({ coefficient: a % b, exponent });
}

/** Integral powers only. */
export function decimalPower(left: DecimalParts, right: DecimalParts): DecimalParts {
  const exponent = normalized(right);
  if (exponent.exponent < 0) raise('ValueError', 'a Decimal can be raised to integral powers only here');
  const times = Number(exponent.coefficient * tens(exponent.exponent));
  if (Math.abs(times) > 10_000) raise('OverflowError', 'the power is too large');
  const exact = {
    coefficient: left.coefficient ** BigInt(Math.abs(times)),
    exponent: left.exponent * Math.abs(times),
  };
  return times < 0 ? decimalDivide({ coefficient: 1n, exponent: 0 }, exact) : inContext(exact);
}

function refuseZero(dividend: DecimalParts, signal: string): never {
  const undefinedResult = dividend.coefficient === 0n && signal === 'DivisionByZero';
  const name = undefinedResult ? 'DivisionUndefined' : signal;
  return raise(`${undefinedResult ? 'InvalidOperation' : signal}`, `[<class 'decimal.${name}'>]`);
}
