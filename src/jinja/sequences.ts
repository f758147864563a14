import { HASH, type HashKey, tupleKey } from './hash-key.ts';
import { raise } from './py-error.ts';
import type { Value } from './values.ts';

/** A Python tuple: an Array that prints, compares and hashes as a tuple. Made by `tuple` and `tupleOf`. */
export class PyTuple extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  [HASH](): HashKey {
    return tupleKey(this);
  }
}

/** A tuple of the given items. */
export function tuple(...items: Value[]): PyTuple {
  return tupleOf(items);
}

/** A tuple of the items of a list or another iterable. */
export function tupleOf(items: Iterable<Value>): PyTuple {
  const out = new PyTuple();
  for (const item of items) out.push(item);
  return out;
}

/** A group of the `groupby` filter: a pair that also answers to `.grouper` and `.list`. */
export class Group extends PyTuple {
  static pair(grouper: Value, list: Value[]): Group {
    const out = new Group();
    out.push(grouper, list);
    return out;
  }
}

/**
 * What Python has an iterator for: true even with nothing in it, and no sequence. Here it has its items at once, and
 * may be gone through more than once.
 */
export class PyIterator extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** An iterator over the given items. */
export function iteratorOf(items: Iterable<Value>): PyIterator {
  const out = new PyIterator();
  for (const item of items) out.push(item);
  return out;
}

/** Python's `range`: integers within 2^53, never stored. */
export class PyRange {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly length: number;

  constructor(start: number, stop: number, step: number) {
    if (step === 0) raise('ValueError', 'range() arg 3 must not be zero');
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  /** The item at an index of 0 to `length - 1`. */
  at(index: number): number {
    return this.start + index * this.step;
  }

  items(): number[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  includes(item: number): boolean {
    const index = (item - this.start) / this.step;
    return Number.isInteger(index) && index >= 0 && index < this.length;
  }

  /** Two ranges are equal when they yield the same numbers. */
  equals(other: PyRange): boolean {
    if (this.length !== other.length) return false;
    if (this.length === 0) return true;
    return this.start === other.start && (this.length === 1 || this.step === other.step);
  }

  [HASH](): HashKey {
    const step = this.length > 1 ? this.step : 0;
    return `\0r${this.length}:${this.length === 0 ? '' : this.start}:${step}`;
  }
}
