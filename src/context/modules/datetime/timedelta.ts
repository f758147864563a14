import { divideHalfEven, fractionOf } from '../../../jinja/digits.ts';
import { HOST, type HostType } from '../../../jinja/host.ts';
import { isFloat, isNumber, makeInt, toBigInt, toNumber } from '../../../jinja/numbers.ts';
import { raise } from '../../../jinja/py-error.ts';
import { hostFunction, makeFloat, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import { ClassObject } from '../class-object.ts';
import { numberOf } from '../numbers.ts';

const dayMicros = 86_400_000_000n;
const secondMicros = 1_000_000n;
const mostDays = 999_999_999n;

/** Python's timedelta; exact, in microseconds. */
export class TimeDelta {
  readonly micros: bigint;

  constructor(micros: bigint) {
    const days = floorDivide(micros, dayMicros);
    if (days > mostDays || days < -mostDays) {
      raise('OverflowError', `days=${days}; must have magnitude <= ${mostDays}`);
    }
    this.micros = micros;
  }

  static ofSeconds(seconds: number): TimeDelta {
    return new TimeDelta(BigInt(Math.round(seconds * 1e6)));
  }

  static ofDays(days: number): TimeDelta {
    return new TimeDelta(BigInt(days) * dayMicros);
  }

  /** Parts as Python keeps them: only the days may be negative. */
  get parts(): { days: number; seconds: number; microseconds: number } {
    const days = floorDivide(this.micros, dayMicros);
    const rest = this.micros - days * dayMicros;
    return {
      days: Number(days),
      seconds: Number(rest / secondMicros),
      microseconds: Number(rest % secondMicros),
    };
  }

  get totalSeconds(): number {
    return Number(this.micros) / 1e6;
  }

  get [HOST](): HostType<TimeDelta> {
    return timeDeltaType;
  }
}

function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

/** A bigint times or divided by a number, rounded to the nearest integer, ties to even. */
function scale(micros: bigint, factor: Value, inverse: boolean): bigint {
  const negative = micros < 0n !== toNumberLike(factor) < 0;
  const size = micros < 0n ? -micros : micros;
  const fraction = isFloat(factor)
    ? fractionOf(toNumber(factor))
    : { numerator: absolute(toBigInt(factor as number | bigint)), denominator: 1n };
  const [numerator, denominator] = inverse
    ? [fraction.denominator, fraction.numerator]
    : [fraction.numerator, fraction.denominator];
  const rounded = divideHalfEven(size * numerator, denominator);
  return negative ? -rounded : rounded;
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function toNumberLike(value: Value): number {
  return isNumber(value) ? Number(isFloat(value) ? toNumber(value) : toBigInt(value)) : 0;
}

function divide(self: TimeDelta, other: Value): Value | undefined {
  if (other instanceof TimeDelta) {
    if (other.micros === 0n) raise('ZeroDivisionError', 'division by zero');
    return makeFloat(Number(self.micros) / Number(other.micros));
  }
  if (!isNumber(other)) return undefined;
  if (toNumber(other) === 0) raise('ZeroDivisionError', 'integer division or modulo by zero');
  return new TimeDelta(scale(self.micros, other, true));
}

function floored(self: TimeDelta, other: Value): Value | undefined {
  if (other instanceof TimeDelta) {
    if (other.micros === 0n) raise('ZeroDivisionError', 'integer division or modulo by zero');
    return makeInt(floorDivide(self.micros, other.micros));
  }
  if (!isNumber(other) || isFloat(other)) return undefined;
  if (toNumber(other) === 0) raise('ZeroDivisionError', 'integer division or modulo by zero');
  return new TimeDelta(floorDivide(self.micros, toBigInt(other)));
}

function str(self: TimeDelta): string {
  const { days, seconds, microseconds } = self.parts;
  const lead = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `;
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return lead + clock + (microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`);
}

function repr(self: TimeDelta): string {
  const parts = Object.entries(self.parts).filter(([, value]) => value !== 0);
  return `datetime.timedelta(${parts.map(([name, value]) => `${name}=${value}`).join(', ') || '0'})`;
}

const timeDeltaType: HostType<TimeDelta> = {
  typeName: 'datetime.timedelta',
  ...membersOf<TimeDelta>(
    {
      days: (self) => self.parts.days,
      seconds: (self) => self.parts.seconds,
      microseconds: (self) => self.parts.microseconds,
    },
    { total_seconds: method([], (self) => makeFloat(self.totalSeconds)) },
  ),
  str,
  repr,
  truth: (self) => self.micros !== 0n,
  equals: (self, other) => other instanceof TimeDelta && other.micros === self.micros,
  compare: (self, other) => {
    if (!(other instanceof TimeDelta)) return undefined;
    return self.micros < other.micros ? -1 : self.micros > other.micros ? 1 : 0;
  },
  hashKey: (self) => `${self.micros}`,
  add: (self, other) => (other instanceof TimeDelta ? new TimeDelta(self.micros + other.micros) : undefined),
  subtract: (self, other, reflected) => {
    if (!(other instanceof TimeDelta)) return undefined;
    return new TimeDelta(reflected ? other.micros - self.micros : self.micros - other.micros);
  },
  multiply: (self, other) => (isNumber(other) ? new TimeDelta(scale(self.micros, other, false)) : undefined),
  divide: (self, other, reflected) => (reflected ? undefined : divide(self, other)),
  floorDivide: (self, other, reflected) => (reflected ? undefined : floored(self, other)),
  modulo: (self, other, reflected) => {
    if (reflected || !(other instanceof TimeDelta)) return undefined;
    if (other.micros === 0n) raise('ZeroDivisionError', 'integer modulo by zero');
    return new TimeDelta(self.micros - floorDivide(self.micros, other.micros) * other.micros);
  },
  negate: (self) => new TimeDelta(-self.micros),
  absolute: (self) => new TimeDelta(absolute(self.micros)),
};

/** Microseconds per unit of each argument, in the order of Python's constructor. */
const units: readonly (readonly [name: string, micros: bigint])[] = [
  ['days', dayMicros],
  ['seconds', secondMicros],
  ['microseconds', 1n],
  ['milliseconds', 1000n],
  ['minutes', 60n * secondMicros],
  ['hours', 3600n * secondMicros],
  ['weeks', 7n * dayMicros],
];

export const timeDeltaClass = new ClassObject(
  'datetime.timedelta',
  hostFunction(
    'timedelta',
    units.map(([name]): readonly [string, Value] => [name, 0]),
    (...values) => {
      let micros = 0n;
      for (const [index, [name, unit]] of units.entries()) {
        numberOf(values[index]!, `timedelta ${name} component`);
        micros += scale(unit, values[index]!, false);
      }
      return new TimeDelta(micros);
    },
  ),
  [
    ['min', new TimeDelta(-mostDays * dayMicros)],
    ['max', new TimeDelta(mostDays * dayMicros + dayMicros - 1n)],
    ['resolution', new TimeDelta(1n)],
  ],
);
