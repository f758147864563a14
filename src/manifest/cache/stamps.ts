import { hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isMissing } from '../../core/system-error.ts';
import { largestHashedSeed } from '../../project/checksum.ts';

/** What the system says of a file without its content being read; times in milliseconds, -1 for a file that is not there. */
export interface Stamp {
  readonly size: number;
  readonly modified: number;
  readonly changed: number;
}

const absent: Stamp = { size: -1, modified: -1, changed: -1 };
const orUndefined = { throwIfNoEntry: false } as const;

export function stampOf(path: string): Stamp {
  const stats = statSync(path, orUndefined);
  if (stats === undefined) return absent;
  return { size: stats.isFile() ? stats.size : 0, modified: stats.mtimeMs, changed: stats.ctimeMs };
}

export const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size && a.modified === b.modified && a.changed === b.changed;

let buffer: Buffer | null = null;

/** Digest of a file's bytes; null where it is not there. Good for telling change, not for security. */
export function contentHash(path: string, size: number): Uint8Array | null {
  try {
    // dbt's checksum of such a seed is its path, so that its content changes nothing.
    if (size > largestHashedSeed && /\.csv$/i.test(path)) return hash('md5', String(size), 'buffer');
    return hash('md5', readBytes(path, size), 'buffer');
  } catch (caught) {
    if (isMissing(caught)) return null;
    throw caught;
  }
}

/** The bytes of a file of about that size, in memory that the next call takes again: there may be thousands to read. */
function readBytes(path: string, size: number): Uint8Array {
  buffer ??= Buffer.allocUnsafeSlow(1 << 18);
  if (size >= buffer.length) return readFileSync(path);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    if (length === size || (length < buffer.length && fstatSync(file).size === length))
      return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
  return readFileSync(path);
}

export const hashLength = 16;

/** A clock tick of file systems: what changed this recently may change again without a new time. */
const tick = 20;

/** What changed after this may have changed while it was looked at, or may change again without a new time. */
export const freshAfter = (now: number): number => now - tick;

/** Stamps of many files as columns. One that was too fresh to be trusted when it was taken matches nothing. */
export class StampColumns {
  readonly size: Float64Array;
  readonly modified: Float64Array;
  readonly changed: Float64Array;

  constructor(size: Float64Array, modified: Float64Array, changed: Float64Array) {
    this.size = size;
    this.modified = modified;
    this.changed = changed;
  }

  static empty(count: number): StampColumns {
    return new StampColumns(new Float64Array(count), new Float64Array(count), new Float64Array(count));
  }

  /** A stamp taken at `now`. */
  set(index: number, { size, modified, changed }: Stamp, now: number): void {
    const isFresh = Math.max(modified, changed) > freshAfter(now);
    this.size[index] = size;
    this.modified[index] = isFresh ? Number.NaN : modified;
    this.changed[index] = changed;
  }

  copy(index: number, from: StampColumns, at: number): void {
    this.size[index] = from.size[at]!;
    this.modified[index] = from.modified[at]!;
    this.changed[index] = from.changed[at]!;
  }

  has(index: number, { size, modified, changed }: Stamp): boolean {
    return this.modified[index] === modified && this.size[index] === size && this.changed[index] === changed;
  }
}
