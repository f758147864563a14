import { compare } from './operations.ts';
import type { Value } from './values.ts';

/** A sorted copy, stable in both directions, as Python's `sorted`; `key` gives what is compared. */
export function sorted(
  items: readonly Value[],
  key: ((item: Value) => Value) | null,
  reverse = false,
): Value[] {
  const keyed = items.map((item) => ({ item, key: key === null ? item : key(item) }));
  const order = (left: Value, right: Value): number => {
    if (compare('<', left, right)) return -1;
    return compare('<', right, left) ? 1 : 0;
  };
  keyed.sort(
    reverse ? (left, right) => order(right.key, left.key) : (left, right) => order(left.key, right.key),
  );
  return keyed.map((each) => each.item);
}
