import { addUnits, floorTime, type Interval, type IntervalUnit, isEmpty } from './interval.ts';

/** `count` consecutive units worked at once. */
export interface BatchSize {
  readonly unit: IntervalUnit;
  readonly count: number;
}

/**
 * Cuts a range into batches, in ascending order: together exactly the range, each batch up to `count` units long and
 * ending at a boundary of the unit, except that the range's own ends are kept. Counting starts at the boundary at or
 * before the range's start. Empty for an empty range.
 */
export function batches(range: Interval, { unit, count }: BatchSize): readonly Interval[] {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`a batch of ${count} ${unit}s`);
  const list: Interval[] = [];
  if (isEmpty(range)) return list;
  const anchor = floorTime(range.start, unit);
  let start = range.start;
  for (let index = 1; start < range.end; index += 1) {
    const end = Math.min(addUnits(anchor, unit, index * count), range.end);
    list.push({ start, end });
    start = end;
  }
  return list;
}
