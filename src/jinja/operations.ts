import { charactersOf, compareText, lengthOfText } from './code-points.ts';
import { type Dict, dictGet, dictHas, dictKeys, dictSize } from './dict.ts';
import { isNumber, type NumberValue, toNumber } from './numbers.ts';
import { raise } from './py-error.ts';
import {
  DictView,
  hostTypeOf,
  isDict,
  isText,
  Markup,
  PyDict,
  PyFloat,
  PyIterator,
  PyRange,
  PySet,
  PyTuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/** `bool(value)`. */
export function truth(value: Value): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value.length > 0;
    case 'number':
      return value !== 0;
    case 'bigint':
      return value !== 0n;
    default:
      return value !== null && objectTruth(value);
  }
}

function objectTruth(value: Value & object): boolean {
  if (Array.isArray(value)) return value.length > 0 || value instanceof PyIterator;
  if (value instanceof Undefined) return false;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof Markup) return value.text.length > 0;
  if (value instanceof DictView || value instanceof PyRange) return value.length > 0;
  const host = hostTypeOf(value);
  if (host !== undefined) {
    if (host.truth !== undefined) return host.truth(value);
    return host.length === undefined || host.length(value) > 0;
  }
  return !isDict(value) || dictSize(value) > 0;
}

/** `left == right`; never fails. */
export function equals(left: Value, right: Value): boolean {
  if (left === right) return !Number.isNaN(left);
  if (isNumber(left) && isNumber(right)) return numbersEqual(left, right);
  if (left === null || right === null) return hostEquals(left, right);
  if (isText(left) && isText(right)) return textOf(left) === textOf(right);
  if (typeof left !== 'object' || typeof right !== 'object') return hostEquals(left, right);
  if (left instanceof Undefined) return right instanceof Undefined;
  if (Array.isArray(left))
    return Array.isArray(right) ? sequencesEqual(left, right) : hostEquals(left, right);
  if (left instanceof PyRange) return right instanceof PyRange && left.equals(right);
  const leftItems = setItems(left);
  const rightItems = setItems(right);
  if (leftItems !== null && rightItems !== null) {
    return leftItems.length === rightItems.length && leftItems.every((item) => contains(right, item));
  }
  if (isDict(left) && isDict(right)) return dictsEqual(left, right);
  return hostEquals(left, right);
}

function numbersEqual(left: NumberValue, right: NumberValue): boolean {
  const a = exact(left);
  const b = exact(right);
  // biome-ignore lint/suspicious/noDoubleEquals: only `==` compares a bigint with a number, and it does so exactly
  return a == b;
}

/** For comparisons, which JavaScript makes exactly between bigint and number. */
function exact(value: NumberValue): number | bigint {
  return typeof value === 'bigint' ? value : toNumber(value);
}

function sequencesEqual(left: Value[], right: Value[]): boolean {
  if (left instanceof PyTuple !== right instanceof PyTuple || left.length !== right.length) return false;
  return left.every((item, index) => sameOrEqual(item, right[index]!));
}

function dictsEqual(left: Dict, right: Dict): boolean {
  if (dictSize(left) !== dictSize(right)) return false;
  return dictKeys(left).every((key) => {
    const other = dictGet(right, key);
    return other !== undefined && sameOrEqual(dictGet(left, key)!, other);
  });
}

/** Containers compare by identity first, as in Python: a NaN equals itself there. */
function sameOrEqual(left: Value, right: Value): boolean {
  return left === right || equals(left, right);
}

function hostEquals(left: Value, right: Value): boolean {
  const own = hostTypeOf(left);
  if (own?.equals !== undefined) return own.equals(left, right);
  const other = hostTypeOf(right);
  return other?.equals?.(right, left) ?? false;
}

/** Members of what compares as a set: sets and the key and item views of dicts. */
function setItems(value: Value): Value[] | null {
  if (value instanceof PySet) return value.items();
  return value instanceof DictView && value.kind !== 'values' ? value.items() : null;
}

export type Comparison = '<' | '<=' | '>' | '>=';

/** An ordering comparison; a TypeError between types without an order. */
export function compare(operator: Comparison, left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return holdsFor(operator, exact(left), exact(right));
  if (isText(left) && isText(right)) return holdsFor(operator, compareText(textOf(left), textOf(right)), 0);
  if (Array.isArray(left) && Array.isArray(right) && left instanceof PyTuple === right instanceof PyTuple) {
    return compareSequences(operator, left, right);
  }
  const leftItems = setItems(left);
  const rightItems = setItems(right);
  if (leftItems !== null && rightItems !== null)
    return compareSets(operator, left, leftItems, right, rightItems);
  const order = hostOrder(left, right);
  if (order !== undefined) return holdsFor(operator, order, 0);
  if (left instanceof Undefined) left.fail();
  if (right instanceof Undefined) right.fail();
  return raise(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function holdsFor(operator: Comparison, left: number | bigint, right: number | bigint): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function compareSequences(operator: Comparison, left: Value[], right: Value[]): boolean {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    if (!sameOrEqual(left[index]!, right[index]!)) return compare(operator, left[index]!, right[index]!);
  }
  return holdsFor(operator, left.length, right.length);
}

function compareSets(
  operator: Comparison,
  left: Value,
  leftItems: Value[],
  right: Value,
  rightItems: Value[],
): boolean {
  if (operator === '>' || operator === '>=') {
    return compareSets(operator === '>' ? '<' : '<=', right, rightItems, left, leftItems);
  }
  const subset = leftItems.every((item) => contains(right, item));
  return subset && (operator === '<=' || leftItems.length < rightItems.length);
}

function hostOrder(left: Value, right: Value): number | undefined {
  const order = hostTypeOf(left)?.compare?.(left, right);
  if (order !== undefined) return order;
  const reflected = hostTypeOf(right)?.compare?.(right, left);
  return reflected === undefined ? undefined : -reflected;
}

/** `item in container`. */
export function contains(container: Value, item: Value): boolean {
  if (isText(container)) {
    if (isText(item)) return textOf(container).includes(textOf(item));
    raise('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (container instanceof PySet) return container.has(item);
  if (container instanceof PyRange) return isNumber(item) && container.includes(toNumber(item));
  if (container instanceof DictView && container.kind === 'keys') return dictHas(container.source, item);
  if (isDict(container)) return dictHas(container, item);
  const host = hostTypeOf(container);
  if (host?.contains !== undefined) return host.contains(container, item);
  const items = iterableItems(container);
  if (items === null) raise('TypeError', `argument of type '${typeName(container)}' is not iterable`);
  return items.some((each) => sameOrEqual(each, item));
}

/** The items of an iterable; a list gives itself, so do not change what is returned. */
export function iterate(value: Value): readonly Value[] {
  return iterableItems(value) ?? raise('TypeError', `'${typeName(value)}' object is not iterable`);
}

/** As `iterate`, null for what cannot be iterated. */
export function iterableItems(value: Value): readonly Value[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return charactersOf(value);
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof PyDict) return value.keys();
  if (value instanceof DictView || value instanceof PySet || value instanceof PyRange) return value.items();
  if (value instanceof Undefined) return [];
  if (value instanceof Markup) return charactersOf(value.text);
  const host = hostTypeOf(value);
  if (host !== undefined) return host.iterate?.(value) ?? null;
  return isDict(value) ? dictKeys(value) : null;
}

/** `len(value)`, in code points for text. */
export function lengthOf(value: Value): number {
  return lengthOrNull(value) ?? raise('TypeError', `object of type '${typeName(value)}' has no len()`);
}

/** As `lengthOf`, null for what has no length. */
export function lengthOrNull(value: Value): number | null {
  if (isText(value)) return lengthOfText(textOf(value));
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value) || value instanceof DictView || value instanceof PyRange) return value.length;
  if (value instanceof PySet) return value.size;
  if (value instanceof Undefined) return 0;
  const host = hostTypeOf(value);
  if (host !== undefined) return host.length?.(value) ?? null;
  return isDict(value) ? dictSize(value) : null;
}

/** The items of `a, b = value` for `count` targets. */
export function unpack(value: Value, count: number): readonly Value[] {
  const items =
    iterableItems(value) ?? raise('TypeError', `cannot unpack non-iterable ${typeName(value)} object`);
  if (items.length < count) {
    raise('ValueError', `not enough values to unpack (expected ${count}, got ${items.length})`);
  }
  if (items.length > count) raise('ValueError', `too many values to unpack (expected ${count})`);
  return items;
}
