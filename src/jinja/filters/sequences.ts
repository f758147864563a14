import { add } from '../arithmetic.ts';
import { charactersOf } from '../code-points.ts';
import type { Environment } from '../environment.ts';
import { mappingEntries } from '../mapping.ts';
import { intArgument } from '../methods/text-arguments.ts';
import { iterableItems, iterate, lengthOf } from '../operations.ts';
import { raise } from '../py-error.ts';
import { str } from '../text.ts';
import { isText, iteratorOf, PyDict, textOf, tuple, Undefined, type Value } from '../values.ts';
import { attributeGetter } from './attribute.ts';
import { type Filter, filter } from './filter.ts';

function pick(env: Environment, what: string, items: readonly Value[], index: number): Value {
  return (
    items[index] ?? (items.length > 0 ? null : env.undefined(what, `No ${what} item, sequence was empty.`))
  );
}

function random(env: Environment, value: Value): Value {
  const items = value instanceof PyDict ? raise('KeyError', 'a dict has no random item') : iterate(value);
  return pick(env, 'random', items, Math.floor(env.random() * items.length));
}

/** Rows of `size` items; the last one is filled up unless `fill` is None. */
function batch(value: Value, size: number, fill: Value): Value {
  const out: Value[][] = [];
  let row: Value[] = [];
  for (const item of iterate(value)) {
    if (row.length === size) {
      out.push(row);
      row = [];
    }
    row.push(item);
  }
  if (row.length === 0) return iteratorOf(out);
  while (fill !== null && row.length < size) row.push(fill);
  out.push(row);
  return iteratorOf(out);
}

/** `count` columns whose lengths differ by one at most; the shorter ones are filled up unless `fill` is None. */
function columns(value: Value, count: number, fill: Value): Value {
  const items = iterate(value);
  const each = Math.floor(items.length / count);
  const longer = items.length % count;
  const out: Value[][] = [];
  let start = 0;
  for (let column = 0; column < count; column += 1) {
    const end = start + each + (column < longer ? 1 : 0);
    const part = items.slice(start, end);
    if (fill !== null && column >= longer) part.push(fill);
    out.push(part);
    start = end;
  }
  return iteratorOf(out);
}

function reverse(value: Value): Value {
  if (isText(value)) return charactersOf(textOf(value)).reverse().join('');
  const list = iterableItems(value) ?? raise('FilterArgumentError', 'argument must be iterable');
  return iteratorOf([...list].reverse());
}

function items(value: Value): Value {
  if (value instanceof Undefined) return iteratorOf([]);
  const entries = mappingEntries(value) ?? raise('TypeError', 'Can only get item pairs from a mapping.');
  return iteratorOf(entries.map(([key, item]) => tuple(key, item)));
}

export const sequenceFilters: readonly (readonly [string, Filter])[] = [
  filter('first', [], (env, value) => pick(env, 'first', iterate(value), 0)),
  filter('last', [], (env, value) => {
    const list = iterate(value);
    return pick(env, 'last', list, list.length - 1);
  }),
  filter('random', [], random),
  filter('length', [], (_, value) => lengthOf(value)),
  filter('count', [], (_, value) => lengthOf(value)),
  filter('list', [], (_, value) => [...iterate(value)]),
  filter('items', [], (_, value) => items(value)),
  filter('reverse', [], (_, value) => reverse(value)),
  filter('batch', ['linecount', ['fill_with', null]], (env, value, size, fill) => {
    const length = intArgument(size!);
    if (fill !== null) env.budget.checkItems(length);
    return batch(value, length, fill!);
  }),
  filter('slice', ['slices', ['fill_with', null]], (env, value, count, fill) => {
    const slices = intArgument(count!);
    env.budget.checkItems(slices);
    if (slices === 0) raise('ZeroDivisionError', 'integer division or modulo by zero');
    return columns(value, slices, fill!);
  }),
  filter(
    'join',
    [
      ['d', ''],
      ['attribute', null],
    ],
    (env, value, separator, attribute) => {
      const get = attributeGetter(env, attribute!);
      return iterate(value)
        .map((item) => str(get(item)))
        .join(str(separator!));
    },
  ),
  filter(
    'sum',
    [
      ['attribute', null],
      ['start', 0],
    ],
    (env, value, attribute, start) => {
      const get = attributeGetter(env, attribute!);
      return iterate(value).reduce<Value>((total, item) => add(total, get(item)), start!);
    },
  ),
];
