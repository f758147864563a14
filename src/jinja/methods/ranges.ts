import { isIndex } from '../numbers.ts';
import { raise } from '../py-error.ts';
import type { Value } from '../values.ts';

/** The `start` and `end` arguments of `find`, `index`, `count`, ...: None is an open end, negative counts back. */
export function boundsOf(length: number, start: Value | undefined, end: Value | undefined): [number, number] {
  return [clamp(start, 0, length), clamp(end, length, length)];
}

function clamp(bound: Value | undefined, fallback: number, length: number): number {
  if (bound === undefined || bound === null) return fallback;
  if (!isIndex(bound))
    raise('TypeError', 'slice indices must be integers or None or have an __index__ method');
  const index = Number(bound);
  return Math.min(length, Math.max(0, index < 0 ? index + length : index));
}
