import type { HostType } from './host.ts';
import {
  intOfNumber,
  isFloat,
  isIndex,
  isNumber,
  makeInt,
  type NumberValue,
  toBigInt,
  toNumber,
} from './numbers.ts';
import { percentFormat } from './percent-format.ts';
import { raise } from './py-error.ts';
import { str } from './text.ts';
import {
  hostTypeOf,
  isText,
  Markup,
  makeFloat,
  PyDict,
  PySet,
  PyTuple,
  textOf,
  tupleOf,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/** The longest text or list that `*` makes; Python would try and take the machine's memory with it. */
const longestRepeat = 2 ** 27;
/** Bits of the largest power that `**` computes. */
const largestPowerBits = 200_000;

/** `left + right`. */
export function add(left: Value, right: Value): Value {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isNumber(left) && isNumber(right)) {
    if (isFloat(left) || isFloat(right)) return makeFloat(toNumber(left) + toNumber(right));
    return safeInt(
      left,
      right,
      (a, b) => a + b,
      (a, b) => a + b,
    );
  }
  if (isText(left) && isText(right)) return new Markup(escapeText(left) + escapeText(right));
  if (Array.isArray(left) && Array.isArray(right) && left instanceof PyTuple === right instanceof PyTuple) {
    return left instanceof PyTuple ? tupleOf([...left, ...right]) : [...left, ...right];
  }
  const result = hostOperation('add', left, right);
  if (result !== undefined) return result;
  failIfUndefined(left, right);
  if (isText(left) || Array.isArray(left)) {
    const name = typeName(left);
    raise('TypeError', `can only concatenate ${name} (not "${typeName(right)}") to ${name}`);
  }
  return unsupported('+', left, right);
}

/** `left - right`: numbers, sets. */
export function subtract(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    if (isFloat(left) || isFloat(right)) return makeFloat(toNumber(left) - toNumber(right));
    return safeInt(
      left,
      right,
      (a, b) => a - b,
      (a, b) => a - b,
    );
  }
  if (left instanceof PySet && right instanceof PySet) {
    return new PySet(left.items().filter((item) => !right.has(item)));
  }
  return hostOperation('subtract', left, right) ?? unsupported('-', left, right);
}

/** `left * right`: numbers, and a text, list or tuple times an int. */
export function multiply(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    if (isFloat(left) || isFloat(right)) return makeFloat(toNumber(left) * toNumber(right));
    return safeInt(
      left,
      right,
      (a, b) => a * b,
      (a, b) => a * b,
    );
  }
  const result = hostOperation('multiply', left, right);
  if (result !== undefined) return result;
  failIfUndefined(left, right);
  if (isSequence(left)) return repeat(left, right);
  if (isSequence(right)) return repeat(right, left);
  return unsupported('*', left, right);
}

type Sequence = string | Markup | Value[];

function isSequence(value: Value): value is Sequence {
  return isText(value) || Array.isArray(value);
}

function repeat(sequence: Sequence, times: Value): Value {
  if (!isIndex(times)) raise('TypeError', `can't multiply sequence by non-int of type '${typeName(times)}'`);
  const count = Math.max(0, Number(times));
  const length = Array.isArray(sequence) ? sequence.length : textOf(sequence).length;
  if (count * length > longestRepeat) raise('MemoryError', 'the repeated value would be too long');
  if (typeof sequence === 'string') return sequence.repeat(length === 0 ? 0 : count);
  if (sequence instanceof Markup) return new Markup(sequence.text.repeat(length === 0 ? 0 : count));
  const out: Value[] = sequence instanceof PyTuple ? new PyTuple() : [];
  for (let round = 0; round < count && length > 0; round += 1) out.push(...sequence);
  return out;
}

/** `left / right`: always a float between numbers. */
export function divide(left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) {
    const divisor = toNumber(right);
    const float = isFloat(left) || isFloat(right);
    if (divisor === 0) raise('ZeroDivisionError', float ? 'float division by zero' : 'division by zero');
    const exact = !float && (typeof left === 'bigint' || typeof right === 'bigint');
    return makeFloat(exact ? divideIntegers(toBigInt(left), toBigInt(right)) : toNumber(left) / divisor);
  }
  return hostOperation('divide', left, right) ?? unsupported('/', left, right);
}

/** The double nearest to the exact quotient: 64 bits and a sticky bit are enough to round once. */
function divideIntegers(left: bigint, right: bigint): number {
  const negative = left < 0n !== right < 0n;
  const numerator = left < 0n ? -left : left;
  const denominator = right < 0n ? -right : right;
  const bits = denominator.toString(2).length - numerator.toString(2).length + 66;
  const shift = BigInt(Math.max(0, bits));
  const scaled = numerator << shift;
  const sticky = scaled % denominator === 0n ? 0n : 1n;
  const size = Number((scaled / denominator) | sticky) / 2 ** Number(shift);
  if (!Number.isFinite(size)) raise('OverflowError', 'integer division result too large for a float');
  return negative ? -size : size;
}

/** `left // right`: rounds toward negative infinity. */
export function floorDivide(left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) {
    return hostOperation('floorDivide', left, right) ?? unsupported('//', left, right);
  }
  if (isFloat(left) || isFloat(right)) {
    if (toNumber(right) === 0) raise('ZeroDivisionError', 'float floor division by zero');
    return makeFloat(floorDivideFloats(toNumber(left), toNumber(right)));
  }
  if (Number(right) === 0) raise('ZeroDivisionError', 'integer division or modulo by zero');
  return safeInt(left, right, (a, b) => Math.floor(a / b), floorDivideBig, 2 ** 52);
}

function floorDivideFloats(left: number, right: number): number {
  const rest = left % right;
  let quotient = (left - rest) / right;
  if (rest !== 0 && right < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return left / right < 0 || Object.is(left / right, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function floorDivideBig(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

/** `left % right`: the remainder with the divisor's sign, or text formatting. */
export function modulo(left: Value, right: Value): Value {
  if (typeof left === 'string') return percentFormat(left, right);
  if (left instanceof Markup) return new Markup(percentFormat(left.text, escapeArguments(right)));
  if (!isNumber(left) || !isNumber(right)) {
    return hostOperation('modulo', left, right) ?? unsupported('%', left, right);
  }
  const divisor = toNumber(right);
  if (isFloat(left) || isFloat(right)) {
    if (divisor === 0) raise('ZeroDivisionError', 'float modulo');
    const rest = toNumber(left) % divisor;
    if (rest === 0) return makeFloat(divisor < 0 ? -0 : 0);
    return makeFloat(rest < 0 !== divisor < 0 ? rest + divisor : rest);
  }
  if (divisor === 0) raise('ZeroDivisionError', 'integer modulo by zero');
  return safeInt(
    left,
    right,
    (a, b) => a - Math.floor(a / b) * b,
    (a, b) => ((a % b) + b) % b,
    2 ** 52,
  );
}

/** `left ** right`. */
export function power(left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) {
    return hostOperation('power', left, right) ?? unsupported('** or pow()', left, right);
  }
  const base = toNumber(left);
  const exponent = toNumber(right);
  if (base === 0 && exponent < 0) raise('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  if (!isFloat(left) && !isFloat(right) && exponent >= 0) return intPower(left, right);
  const result = base ** exponent;
  if (Number.isNaN(result) && !Number.isNaN(base) && !Number.isNaN(exponent)) {
    raise('ValueError', 'a negative number cannot be raised to a fractional power');
  }
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent)) {
    raise('OverflowError', "(34, 'Numerical result out of range')");
  }
  return makeFloat(base === 1 || exponent === 0 ? 1 : result);
}

function intPower(left: NumberValue, right: NumberValue): Value {
  const result = toNumber(left) ** toNumber(right);
  if (Number.isSafeInteger(result)) return result + 0;
  const bits = Math.log2(Math.abs(toNumber(left))) * toNumber(right);
  if (bits > largestPowerBits) raise('OverflowError', 'the power is too large');
  return makeInt(toBigInt(left) ** toBigInt(right));
}

/** `-value`. */
export function negate(value: Value): Value {
  if (isFloat(value)) return makeFloat(-toNumber(value));
  if (isNumber(value)) return typeof value === 'bigint' ? makeInt(-value) : 0 - toNumber(value);
  const result = hostTypeOf(value)?.negate?.(value);
  if (result !== undefined) return result;
  failIfUndefined(value, value);
  return raise('TypeError', `bad operand type for unary -: '${typeName(value)}'`);
}

/** `+value`. */
export function positive(value: Value): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumber(value) || hostTypeOf(value)?.negate !== undefined) return value;
  failIfUndefined(value, value);
  return raise('TypeError', `bad operand type for unary +: '${typeName(value)}'`);
}

/** HTML-escaped text of a value; what is marked safe stays as it is. */
export function escapeText(value: Value): string {
  return value instanceof Markup
    ? value.text
    : str(value).replace(/[&<>'"]/g, (character) => entities[character]!);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

function escapeArguments(value: Value): Value {
  const escaped = (each: Value): Value => (isNumber(each) ? each : escapeText(each));
  if (value instanceof PyTuple) return tupleOf(value.map(escaped));
  if (!(value instanceof PyDict)) return escaped(value);
  return PyDict.fromEntries(value.entries().map(([key, each]) => [key, escaped(each)]));
}

/** Computes with doubles where operands and result are safe integers (or below `limit`), else with bigints. */
function safeInt(
  left: NumberValue,
  right: NumberValue,
  small: (left: number, right: number) => number,
  big: (left: bigint, right: bigint) => bigint,
  limit = Number.MAX_SAFE_INTEGER,
): number | bigint {
  if (typeof left !== 'bigint' && typeof right !== 'bigint') {
    const a = toNumber(left);
    const b = toNumber(right);
    const result = small(a, b);
    if (Math.abs(result) <= limit && Math.abs(a) <= limit && Math.abs(b) <= limit) return intOfNumber(result);
  }
  return makeInt(big(toBigInt(left), toBigInt(right)));
}

type Operation = 'add' | 'subtract' | 'multiply' | 'divide' | 'floorDivide' | 'modulo' | 'power';

/** Asks the left operand, then the right one, as Python does with `__add__` and `__radd__`. */
function hostOperation(operation: Operation, left: Value, right: Value): Value | undefined {
  const own: HostType<unknown> | undefined = hostTypeOf(left);
  const result = own?.[operation]?.(left, right, false);
  return result ?? hostTypeOf(right)?.[operation]?.(right, left, true);
}

function failIfUndefined(left: Value, right: Value): void {
  if (left instanceof Undefined) left.fail();
  if (right instanceof Undefined) right.fail();
}

function unsupported(operator: string, left: Value, right: Value): never {
  failIfUndefined(left, right);
  return raise(
    'TypeError',
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}
