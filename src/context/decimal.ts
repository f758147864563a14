import { type Fraction, fractionOf } from '../jinja/digits.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { isFloat, isNumber, makeInt, toBigInt, toNumber } from '../jinja/numbers.ts';
import { raise } from '../jinja/py-error.ts';
import { repr } from '../jinja/text.ts';
import { makeFloat, tuple, tupleOf, type Value } from '../jinja/values.ts';
import {
  type DecimalParts,
  decimalAdd,
  decimalCompare,
  decimalDivide,
  decimalFloorDivide,
  decimalModulo,
  decimalMultiply,
  decimalPower,
  decimalText,
  negated,
  normalized,
  parseDecimal,
  rescaled,
} from './decimal-arithmetic.ts';
import { formatDecimal } from './decimal-format.ts';
import { membersOf, method } from './host-members.ts';

/** A decimal of the warehouse, as Python's Decimal: it keeps its places (`1.50`) and computes without binary rounding. */
export class Decimal implements DecimalParts {
  readonly coefficient: bigint;
  readonly exponent: number;

  constructor({ coefficient, exponent }: DecimalParts) {
    this.coefficient = coefficient;
    this.exponent = exponent;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(decimalText(this));
  }

  /** Truncated toward zero. */
  toInteger(): bigint {
    const { coefficient, exponent } = this;
    return exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent);
  }

  get [HOST](): HostType<Decimal> {
    return decimalType;
  }
}

/** Reads `-12.50` or `1E+5`; null for what is no finite decimal. */
export function decimal(text: string): Decimal | null {
  const parts = parseDecimal(text);
  return parts === null ? null : new Decimal(parts);
}

/** An operand that can be computed with: a Decimal or an int; floats cannot, as in Python. */
function operand(value: Value): DecimalParts | undefined {
  if (value instanceof Decimal) return value;
  return isNumber(value) && !isFloat(value) ? { coefficient: toBigInt(value), exponent: 0 } : undefined;
}

type Operation = (left: DecimalParts, right: DecimalParts) => DecimalParts;

function binary(
  operation: Operation,
): (self: Decimal, other: Value, reflected: boolean) => Value | undefined {
  return (self, other, reflected) => {
    const parts = operand(other);
    if (parts === undefined) return undefined;
    return new Decimal(reflected ? operation(parts, self) : operation(self, parts));
  };
}

/** The exact order of a decimal and a number; undefined for NaN and other values. */
function order(self: Decimal, other: Value): number | undefined {
  const parts = operand(other);
  if (parts !== undefined) return decimalCompare(self, parts);
  if (!isNumber(other)) return undefined;
  const number = toNumber(other);
  if (Number.isNaN(number)) return undefined;
  if (!Number.isFinite(number)) return number > 0 ? -1 : 1;
  const { numerator, denominator } = fractionOf(number);
  const own = exactFraction(self);
  const left = own.numerator * denominator;
  const right = (number < 0 ? -numerator : numerator) * own.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Signed, unlike other fractions. */
function exactFraction({ coefficient, exponent }: DecimalParts): Fraction {
  return exponent >= 0
    ? { numerator: coefficient * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: coefficient, denominator: 10n ** BigInt(-exponent) };
}

/** A number where an equal int or float may be, else the digits without trailing zeros. */
function hashKey(self: Decimal): string | number | bigint {
  const number = self.toNumber();
  if (order(self, makeFloat(number)) === 0) {
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(number) : number;
  }
  const plain = normalized(self);
  return plain.exponent >= 0 ? self.toInteger() : decimalText(plain);
}

function round(self: Decimal, places: number | null, mode: 'common' | 'ceil' | 'floor'): Value {
  if (mode === 'common') {
    return places === null
      ? makeInt(new Decimal(rescaled(self, 0)).toInteger())
      : new Decimal(rescaled(self, -places));
  }
  const scale = 10 ** (places ?? 0);
  if (scale < 1) raise('TypeError', "unsupported operand type(s) for *: 'decimal.Decimal' and 'float'");
  const moved = new Decimal({ coefficient: self.coefficient, exponent: self.exponent + (places ?? 0) });
  const truncated = moved.toInteger();
  const rest = decimalCompare(moved, { coefficient: truncated, exponent: 0 });
  const whole = mode === 'ceil' ? truncated + (rest > 0 ? 1n : 0n) : truncated - (rest < 0 ? 1n : 0n);
  return makeFloat(Number(whole) / scale);
}

const digitsOf = ({ coefficient }: DecimalParts): string => `${coefficient}`.replace('-', '');

const commonDivisor = (a: bigint, b: bigint): bigint =>
  b === 0n ? (a < 0n ? -a : a) : commonDivisor(b, a % b);

/** What `as_tuple()` gives: a tuple whose members have names. */
class DecimalTuple {
  readonly members: readonly Value[];

  constructor(value: DecimalParts) {
    const digits = tupleOf([...digitsOf(value)].map(Number));
    this.members = [value.coefficient < 0n ? 1 : 0, digits, value.exponent];
  }

  get [HOST](): HostType<DecimalTuple> {
    return decimalTupleType;
  }
}

const tupleNames = ['sign', 'digits', 'exponent'];

const decimalTupleType: HostType<DecimalTuple> = {
  typeName: 'DecimalTuple',
  attr: (self, name) => self.members[tupleNames.indexOf(name)],
  attrNames: () => tupleNames,
  item: (self, key) => (typeof key === 'number' ? self.members.at(key) : undefined),
  iterate: (self) => self.members,
  length: (self) => self.members.length,
  sequence: (self) => self.members,
  repr: (self) =>
    `DecimalTuple(${tupleNames.map((name, at) => `${name}=${repr(self.members[at]!)}`).join(', ')})`,
};

const decimalType: HostType<Decimal> = {
  typeName: 'decimal.Decimal',
  ...membersOf<Decimal>(
    {},
    {
      quantize: method(['exp', ['rounding', null]], (self, pattern, rounding) => {
        if (rounding !== null) raise('ValueError', 'only the default rounding of quantize() is known here');
        const parts = operand(pattern!) ?? raise('TypeError', 'quantize() needs a Decimal or an int');
        return new Decimal(rescaled(self, parts.exponent));
      }),
      normalize: method([], (self) => new Decimal(normalized(self))),
      to_integral_value: method([], (self) => new Decimal(self.exponent < 0 ? rescaled(self, 0) : self)),
      as_tuple: method([], (self) => new DecimalTuple(self) as unknown as Value),
      as_integer_ratio: method([], (self) => {
        const { numerator, denominator } = exactFraction(normalized(self));
        const divisor = commonDivisor(numerator, denominator);
        return tuple(makeInt(numerator / divisor), makeInt(denominator / divisor));
      }),
      adjusted: method([], (self) => self.exponent + digitsOf(self).length - 1),
      copy_abs: method([], (self) => absolute(self)),
      copy_negate: method([], (self) => new Decimal(negated(self))),
      is_nan: method([], () => false),
      is_infinite: method([], () => false),
      is_finite: method([], () => true),
      is_zero: method([], (self) => self.coefficient === 0n),
      is_signed: method([], (self) => self.coefficient < 0n),
    },
  ),
  str: decimalText,
  repr: (self) => `Decimal('${decimalText(self)}')`,
  truth: (self) => self.coefficient !== 0n,
  equals: (self, other) => order(self, other) === 0,
  compare: order,
  hashKey,
  add: binary(decimalAdd),
  subtract: binary((left, right) => decimalAdd(left, negated(right))),
  multiply: binary(decimalMultiply),
  divide: binary(decimalDivide),
  floorDivide: binary(decimalFloorDivide),
  modulo: binary(decimalModulo),
  power: binary(decimalPower),
  negate: (self) => new Decimal(negated(self)),
  absolute,
  format: formatDecimal,
  toInt: (self) => makeInt(self.toInteger()),
  toFloat: (self) => self.toNumber(),
  round,
};

function absolute(self: Decimal): Decimal {
  return self.coefficient < 0n ? new Decimal(negated(self)) : self;
}
