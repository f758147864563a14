import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isMissing } from '../../core/system-error.ts';
import { largestHashedSeed } from '../../project/checksum.ts';

/** What the system says of a file without its content being read; times in milliseconds, -1 for a file that is not there. */
export interface Stamp {
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
}

const absent: Stamp = { size: -1, modified: -1, changed: -1 };

export function stampOf(path: string): Stamp {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return absent;
  return { size: stats.isFile() ? stats.size : 0, modified: stats.mtimeMs, changed: stats.ctimeMs };
}

/** Digest of a file's bytes; null where it is not there. Good for telling change, not for security. */
export function contentHash(path: string, { size }: Stamp): Uint8Array | null {
  try {
    // dbt's checksum of such a seed is its path, so that its content changes nothing.
    if (size > largestHashedSeed && /\.csv$/i.test(path)) return hash('md5', String(size), 'buffer');
    return hash('md5', readFileSync(path), 'buffer');
  } catch (caught) {
    if (isMissing(caught)) return null;
    throw caught;
  }
}

export const hashLength = 16;

/** A clock tick of file systems: what changed this recently may change again without a new time. */
const tick = 20;

/** What changed after this may have changed while it was looked at, or may change again without a new time. */
export const freshAfter = (now: number): number => now - tick;

/** Stamps of many files as columns. */
export class StampColumns {
  readonly size: Float64Array;
  readonly modified: Float64Array;
  readonly changed: Float64Array;

  constructor(size: Float64Array, modified: Float64Array, changed: Float64Array) {
    this.size = size;
    this.modified = modified;
    this.changed = changed;
  }

  /** Stamps taken at `now`; one too fresh to be trusted matches nothing later, so that its file is read again. */
  static of(stamps: readonly Stamp[], now: number): StampColumns {
    const column = (value: (stamp: Stamp) => number): Float64Array => Float64Array.from(stamps, value);
    const isFresh = ({ modified, changed }: Stamp): boolean => Math.max(modified, changed) > freshAfter(now);
    return new StampColumns(
      column(({ size }) => size),
      column((stamp) => (isFresh(stamp) ? Number.NaN : stamp.modified)),
      column(({ changed }) => changed),
    );
  }

  equals(other: StampColumns): boolean {
    const same = (a: Float64Array, b: Float64Array): boolean =>
      a.length === b.length && a.every((value, index) => value === b[index]);
    return (
      same(this.modified, other.modified) && same(this.size, other.size) && same(this.changed, other.changed)
    );
  }

  has(index: number, { size, modified, changed }: Stamp): boolean {
    return this.modified[index] === modified && this.size[index] === size && this.changed[index] === changed;
  }
}
