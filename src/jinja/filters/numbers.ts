import { divide, multiply, power } from '../arithmetic.ts';
import { divideHalfEven, roundFloat } from '../digits.ts';
import { intArgument } from '../methods/text-arguments.ts';
import { formatDouble } from '../number-format.ts';
import {
  intOfNumber,
  isFloat,
  isNumber,
  makeInt,
  parseFloatText,
  parseIntBase,
  toBigInt,
  toNumber,
  truncate,
} from '../numbers.ts';
import { truth } from '../operations.ts';
import { PyError, raise } from '../py-error.ts';
import { repr } from '../text.ts';
import {
  hostTypeOf,
  isText,
  makeFloat,
  PyFloat,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../values.ts';
import { type Filter, filter } from './filter.ts';

function absolute(value: Value): Value {
  if (isFloat(value)) return makeFloat(Math.abs(toNumber(value)));
  if (isNumber(value)) {
    const integer = toBigInt(value);
    return makeInt(integer < 0n ? -integer : integer);
  }
  const result = hostTypeOf(value)?.absolute?.(value);
  return result ?? raise('TypeError', `bad operand type for abs(): '${typeName(value)}'`);
}

/** What cannot be read as an int gives the default; text may also be a float, which is truncated. */
function toInt(value: Value, fallback: Value, base: number): Value {
  if (value instanceof Undefined) value.fail();
  if (isText(value)) {
    const text = textOf(value);
    const float = parseIntBase(text, base) ?? parseFloatText(text);
    if (float === null) return fallback;
    return typeof float === 'bigint' ? float : truncated(float, fallback);
  }
  if (isNumber(value)) return truncated(value, fallback);
  const own = hostTypeOf(value)?.toInt;
  return own === undefined ? fallback : own(value);
}

function truncated(value: Parameters<typeof truncate>[0], fallback: Value): Value {
  try {
    return truncate(value);
  } catch (thrown) {
    if (thrown instanceof PyError) return fallback;
    throw thrown;
  }
}

function toFloat(value: Value, fallback: Value): Value {
  if (value instanceof Undefined) value.fail();
  if (isNumber(value)) return makeFloat(toNumber(value));
  if (isText(value)) {
    const number = parseFloatText(textOf(value));
    return number === null ? fallback : makeFloat(number);
  }
  const own = hostTypeOf(value)?.toFloat;
  return own === undefined ? fallback : makeFloat(own(value));
}

/** `common` rounds to nearest with ties to even; the other methods always give a float. */
function round(value: Value, places: number, method: Value): Value {
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') {
    raise('FilterArgumentError', 'method must be common, ceil or floor');
  }
  if (!isNumber(value)) return roundHost(value, places, method);
  if (method === 'common') {
    return isFloat(value)
      ? makeFloat(roundFloat(toNumber(value), places))
      : roundInt(toBigInt(value), places);
  }
  const scale = power(10, places);
  const scaled = multiply(value, scale);
  const direction = method === 'ceil' ? Math.ceil : Math.floor;
  const whole = isNumber(scaled) && isFloat(scaled) ? intOfNumber(direction(toNumber(scaled))) : scaled;
  return divide(whole, scale);
}

function roundHost(value: Value, places: number, method: 'common' | 'ceil' | 'floor'): Value {
  const own = hostTypeOf(value)?.round;
  if (own === undefined) raise('TypeError', `type ${typeName(value)} doesn't define __round__ method`);
  return own(value, places, method);
}

/** An int is rounded to tens, hundreds, ... by negative places only. */
function roundInt(value: bigint, places: number): Value {
  if (places >= 0) return makeInt(value);
  const unit = 10n ** BigInt(Math.min(-places, 5000));
  const size = value < 0n ? -value : value;
  const rounded = divideHalfEven(size, unit) * unit;
  return makeInt(value < 0n ? -rounded : rounded);
}

const units = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

function fileSize(value: Value, binary: boolean): string {
  const bytes = toFloat(value, null);
  if (bytes === null) raise('ValueError', `could not convert string to float: ${repr(value)}`);
  const size = toNumber(bytes as number | PyFloat);
  const base = binary ? 1024 : 1000;
  if (size === 1) return '1 Byte';
  if (size < base) return `${truncate(size)} Bytes`;
  const names = units.map((unit) => (binary ? `${unit.toUpperCase()}iB` : `${unit}B`));
  let index = 0;
  while (index < names.length - 1 && size >= base ** (index + 2)) index += 1;
  return `${formatDouble(size / base ** (index + 1), 'f', 1, false)} ${names[index]}`;
}

export const numberFilters: readonly (readonly [string, Filter])[] = [
  filter('abs', [], (_, value) => absolute(value)),
  filter(
    'int',
    [
      ['default', 0],
      ['base', 10],
    ],
    (_, value, fallback, base) => toInt(value, fallback!, intArgument(base!)),
  ),
  filter('float', [['default', new PyFloat(0)]], (_, value, fallback) => toFloat(value, fallback!)),
  filter(
    'round',
    [
      ['precision', 0],
      ['method', 'common'],
    ],
    (_, value, places, method) => round(value, intArgument(places!), method!),
  ),
  filter('filesizeformat', [['binary', false]], (_, value, binary) => fileSize(value, truth(binary!))),
];
