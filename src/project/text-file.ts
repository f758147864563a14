import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { DiagnosticError } from '../core/diagnostic.ts';
import { readBytes } from '../core/read-bytes.ts';
import { isMissing } from '../core/system-error.ts';
import { notUtf8 } from './errors.ts';
import type { SourceFile } from './project.ts';

/** Where a file is, before it is read. */
export interface FilePlace {
  /** Relative to its package's root, with forward slashes. */
  readonly path: string;
  readonly folder: string;
  readonly absolutePath: string;
  /** The path shown in errors; relative to the root project. */
  readonly shownPath: string;
}

/** Reads a UTF-8 file without its byte order mark; throws DiagnosticError `file-not-utf8` with the offset. */
export function readTextFile(place: FilePlace): SourceFile {
  const bytes = readBytes(place.absolutePath);
  if (!isUtf8(bytes)) {
    const offset = firstBadByte(bytes);
    throw new DiagnosticError(
      notUtf8(place.shownPath, offset, bytes[offset]!, bytes.toString('utf8', 0, offset)),
    );
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const { path, folder, absolutePath } = place;
  const digest = hash('md5', bytes, 'buffer');
  return { path, folder, absolutePath, text: bytes.toString('utf8', marked ? 3 : 0), digest };
}

/** The same for a file that may be absent: null then. */
export function readOptionalFile(place: FilePlace): SourceFile | null {
  try {
    return readTextFile(place);
  } catch (caught) {
    if (isMissing(caught)) return null;
    throw caught;
  }
}

/** Longest valid prefix by bisection: validity of a prefix that ends between characters only falls once. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 4) {
    const middle = characterStart(bytes, (good + bad) >> 1, good);
    if (middle === good) break;
    if (isUtf8(bytes.subarray(good, middle))) good = middle;
    else bad = middle;
  }
  for (let length = 1; good < bytes.length; length = 1) {
    while (length <= 4 && !isUtf8(bytes.subarray(good, good + length))) length += 1;
    if (length > 4) return good;
    good += length;
  }
  return good;
}

/** Moves back from the middle of a character to its first byte. */
function characterStart(bytes: Buffer, offset: number, least: number): number {
  let at = offset;
  while (at > least && (bytes[at]! & 0xc0) === 0x80) at -= 1;
  return at;
}
