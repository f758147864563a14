import { contains, iterate } from '../operations.ts';
import { raise } from '../py-error.ts';
import { repr } from '../text.ts';
import { PySet, type Value } from '../values.ts';
import { type MethodTable, methodTable } from './method.ts';

const asSets = (values: readonly Value[]): PySet[] => values.map((value) => new PySet(iterate(value)));

function symmetricDifference(set: PySet, other: PySet): PySet {
  const onlyHere = set.items().filter((item) => !other.has(item));
  const onlyThere = other.items().filter((item) => !set.has(item));
  return new PySet([...onlyHere, ...onlyThere]);
}

function keepOnly(set: PySet, keep: (item: Value) => boolean): null {
  for (const item of set.items()) if (!keep(item)) set.delete(item);
  return null;
}

function pop(set: PySet): Value {
  const [item] = set.items();
  if (item === undefined) raise('KeyError', "'pop from an empty set'");
  set.delete(item);
  return item;
}

export const setMethods: MethodTable = methodTable('set', (self) => self as PySet, {
  add: [
    1,
    1,
    (set, [item]) => {
      set.add(item!);
      return null;
    },
  ],
  discard: [
    1,
    1,
    (set, [item]) => {
      set.delete(item!);
      return null;
    },
  ],
  remove: [1, 1, (set, [item]) => (set.delete(item!) ? null : raise('KeyError', repr(item!)))],
  pop: [0, 0, pop],
  clear: [
    0,
    0,
    (set) => {
      set.clear();
      return null;
    },
  ],
  copy: [0, 0, (set) => new PySet(set.items())],
  update: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => {
      for (const other of asSets(others)) for (const item of other.items()) set.add(item);
      return null;
    },
  ],
  union: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => new PySet([set, ...asSets(others)].flatMap((each) => each.items())),
  ],
  intersection: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => {
      const sets = asSets(others);
      return new PySet(set.items().filter((item) => sets.every((other) => other.has(item))));
    },
  ],
  difference: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => {
      const sets = asSets(others);
      return new PySet(set.items().filter((item) => !sets.some((other) => other.has(item))));
    },
  ],
  intersection_update: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => {
      const sets = asSets(others);
      return keepOnly(set, (item) => sets.every((other) => other.has(item)));
    },
  ],
  difference_update: [
    0,
    Number.POSITIVE_INFINITY,
    (set, others) => {
      const sets = asSets(others);
      return keepOnly(set, (item) => !sets.some((other) => other.has(item)));
    },
  ],
  symmetric_difference: [1, 1, (set, [other]) => symmetricDifference(set, new PySet(iterate(other!)))],
  issubset: [1, 1, (set, [other]) => isSubset(set, new PySet(iterate(other!)))],
  issuperset: [1, 1, (set, [other]) => isSubset(new PySet(iterate(other!)), set)],
  isdisjoint: [1, 1, (set, [other]) => !iterate(other!).some((item) => contains(set, item))],
});

function isSubset(small: PySet, large: PySet): boolean {
  return small.items().every((item) => large.has(item));
}
