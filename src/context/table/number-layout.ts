import { isFloat, isNumber, toBigInt } from '../../jinja/numbers.ts';
import type { Value } from '../../jinja/values.ts';
import { Decimal } from '../decimal.ts';
import { type DecimalParts, decimalText, normalized, rescaled } from '../decimal-arithmetic.ts';

/** Digits that agate counts on. */
const precision = 28;

function partsOf(value: Value): DecimalParts | null {
  if (value instanceof Decimal) return value;
  return isNumber(value) && !isFloat(value) ? { coefficient: toBigInt(value), exponent: 0 } : null;
}

/** Decimal places that the values of a number column need, by agate's count. */
export function decimalPlaces(values: readonly Value[]): number {
  let whole = 1;
  let decimals = 0;
  for (const value of values) {
    const parts = partsOf(value);
    if (parts === null) continue;
    const { coefficient, exponent } = normalized(parts);
    const digits = coefficient.toString().replace('-', '').length;
    whole = Math.max(whole, digits + exponent);
    decimals = Math.max(decimals, -exponent);
  }
  return whole + decimals > precision ? precision - whole : decimals;
}

/** `1,234.50`: groups of three and a fixed number of places, rounded half to even; null for what is no number. */
export function groupedNumber(value: Value, places: number): string | null {
  const parts = partsOf(value);
  if (parts === null) return null;
  const text = decimalText(rescaled(parts, -Math.max(0, places)));
  const unsigned = text.replace('-', '');
  const [whole = '', fraction] = unsigned.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return (parts.coefficient < 0n ? '-' : '') + grouped + (fraction === undefined ? '' : `.${fraction}`);
}
