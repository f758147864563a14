import type { Environment } from '../environment.ts';
import { mappingEntries } from '../mapping.ts';
import { type Comparison, compare, equals, iterate, truth } from '../operations.ts';
import { sorted } from '../ordering.ts';
import { raise } from '../py-error.ts';
import { Group, iteratorOf, PySet, tuple, typeName, Undefined, type Value } from '../values.ts';
import { attributeGetter, attributesGetter, caseKey } from './attribute.ts';
import { type Filter, filter } from './filter.ts';

function dictSort(value: Value, caseSensitive: Value, by: Value, reverse: Value): Value {
  if (by !== 'key' && by !== 'value') {
    raise('FilterArgumentError', 'You can only sort by either "key" or "value"');
  }
  if (value instanceof Undefined) value.fail();
  const entries = mappingEntries(value);
  if (entries === null) raise('AttributeError', `'${typeName(value)}' object has no attribute 'items'`);
  const prepare = caseKey(truth(caseSensitive));
  const pairs = entries.map(([key, item]) => tuple(key, item));
  return sorted(pairs, (pair) => prepare((pair as Value[])[by === 'key' ? 0 : 1]!), truth(reverse));
}

function extreme(better: Comparison): Parameters<typeof filter>[2] {
  return (env, value, caseSensitive, attribute) => {
    const prepare = caseKey(truth(caseSensitive!));
    const get = attributeGetter(env, attribute!);
    const [first, ...rest] = iterate(value);
    if (first === undefined) return env.undefined('aggregated', 'No aggregated item, sequence was empty.');
    let best = first;
    let bestKey = prepare(get(first));
    for (const item of rest) {
      const key = prepare(get(item));
      if (!compare(better, key, bestKey)) continue;
      best = item;
      bestKey = key;
    }
    return best;
  };
}

function unique(env: Environment, value: Value, caseSensitive: Value, attribute: Value): Value {
  const prepare = caseKey(truth(caseSensitive));
  const get = attributeGetter(env, attribute);
  const seen = new PySet();
  const first = iterate(value).filter((item) => {
    const key = prepare(get(item));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return iteratorOf(first);
}

function groupBy(
  env: Environment,
  value: Value,
  attribute: Value,
  fallback: Value,
  caseSensitive: Value,
): Value {
  const prepare = caseKey(truth(caseSensitive));
  const get = attributeGetter(env, attribute, fallback);
  const groups: Group[] = [];
  let current: Value | undefined;
  for (const item of sorted(iterate(value), (each) => prepare(get(each)))) {
    const key = prepare(get(item));
    if (current !== undefined && equals(current, key)) (groups.at(-1)![1] as Value[]).push(item);
    else groups.push(Group.pair(get(item), [item]));
    current = key;
  }
  return groups;
}

/** Filters that compare items; text is compared without regard to case unless asked otherwise. */
export const orderFilters: readonly (readonly [string, Filter])[] = [
  filter(
    'dictsort',
    [
      ['case_sensitive', false],
      ['by', 'key'],
      ['reverse', false],
    ],
    (_, value, caseSensitive, by, reverse) => dictSort(value, caseSensitive!, by!, reverse!),
  ),
  filter(
    'sort',
    [
      ['reverse', false],
      ['case_sensitive', false],
      ['attribute', null],
    ],
    (env, value, reverse, caseSensitive, attribute) =>
      sorted(
        iterate(value),
        attributesGetter(env, attribute!, caseKey(truth(caseSensitive!))),
        truth(reverse!),
      ),
  ),
  filter(
    'unique',
    [
      ['case_sensitive', false],
      ['attribute', null],
    ],
    (env, value, caseSensitive, attribute) => unique(env, value, caseSensitive!, attribute!),
  ),
  filter(
    'min',
    [
      ['case_sensitive', false],
      ['attribute', null],
    ],
    extreme('<'),
  ),
  filter(
    'max',
    [
      ['case_sensitive', false],
      ['attribute', null],
    ],
    extreme('>'),
  ),
  filter(
    'groupby',
    ['attribute', ['default', null], ['case_sensitive', false]],
    (env, value, attribute, fallback, caseSensitive) =>
      groupBy(env, value, attribute!, fallback!, caseSensitive!),
  ),
];
