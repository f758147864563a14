import { fractionOf } from '../digits.ts';
import { isFloat, makeInt, type NumberValue, toBigInt, toNumber } from '../numbers.ts';
import { raise } from '../py-error.ts';
import { makeFloat, tuple, type Value } from '../values.ts';
import { type MethodTable, methodTable } from './method.ts';

const asNumber = (self: Value): NumberValue => self as NumberValue;

const bits = (value: NumberValue): string => {
  const integer = toBigInt(value);
  return integer === 0n ? '' : (integer < 0n ? -integer : integer).toString(2);
};

function ratio(value: NumberValue): Value {
  if (!isFloat(value)) return tuple(makeInt(toBigInt(value)), 1);
  const number = toNumber(value);
  if (!Number.isFinite(number)) raise('OverflowError', 'cannot convert Infinity to integer ratio');
  let { numerator, denominator } = fractionOf(number);
  while (numerator % 2n === 0n && denominator > 1n) {
    numerator /= 2n;
    denominator /= 2n;
  }
  return tuple(makeInt(number < 0 ? -numerator : numerator), makeInt(denominator));
}

export const intMethods: MethodTable = methodTable('int', asNumber, {
  bit_length: [0, 0, (value) => bits(value).length],
  bit_count: [0, 0, (value) => bits(value).replaceAll('0', '').length],
  conjugate: [0, 0, (value) => makeInt(toBigInt(value))],
  as_integer_ratio: [0, 0, ratio],
});

export const floatMethods: MethodTable = methodTable('float', asNumber, {
  is_integer: [0, 0, (value) => Number.isInteger(toNumber(value))],
  conjugate: [0, 0, (value) => makeFloat(toNumber(value))],
  as_integer_ratio: [0, 0, ratio],
});

/** `real`, `imag`, and for ints `numerator` and `denominator`. */
export function numberAttribute(value: NumberValue, name: string): Value | undefined {
  const float = isFloat(value);
  const own = float ? makeFloat(toNumber(value)) : makeInt(toBigInt(value));
  if (name === 'real') return own;
  if (name === 'imag') return float ? makeFloat(0) : 0;
  if (float) return undefined;
  if (name === 'numerator') return own;
  return name === 'denominator' ? 1 : undefined;
}
