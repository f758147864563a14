import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { isSystemError } from './system-error.ts';

/**
 * Takes pieces of a file. Texts become UTF-8, and must not end inside a surrogate pair; bytes may be overwritten once the
 * call is over.
 */
export type WritePiece = (piece: string | Uint8Array) => void;

export interface ReplaceOptions {
  /** What was written outlives a machine that stops; else only a process that does. */
  readonly durable: boolean;
}

const blockLength = 256 * 1024;
/** Of UTF-8 for a unit of UTF-16. */
const mostBytes = 3;
let written = 0;

/**
 * Writes a file so that whoever reads it, at any moment, sees the old one or the new one and never a torn one: into a
 * temporary file beside it, which is renamed. Makes the folder. Throws the system's refusal, and what `produce` throws;
 * the old file is then as it was, and nothing lies beside it.
 */
export function replaceFile(
  path: string,
  produce: (write: WritePiece) => void,
  { durable }: ReplaceOptions,
): void {
  written += 1;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${written}.tmp`);
  try {
    makeFolder(dirname(path));
    writeFile(temporary, produce, durable);
    renameSync(temporary, path);
    if (durable) syncFolder(dirname(path));
  } catch (caught) {
    removeIfThere(temporary);
    throw caught;
  }
}

/** Small pieces are gathered: the system takes as long for ten bytes as for ten thousand. */
function writeFile(path: string, produce: (write: WritePiece) => void, durable: boolean): void {
  const file = openSync(path, 'w');
  const pending = Buffer.allocUnsafe(blockLength);
  let used = 0;
  const flush = (): void => {
    writeAll(file, pending.subarray(0, used));
    used = 0;
  };
  try {
    produce((piece) => {
      const most = typeof piece === 'string' ? piece.length * mostBytes : piece.length;
      if (used + most > blockLength) flush();
      if (most > blockLength) writeAll(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
      else if (typeof piece === 'string') used += pending.write(piece, used);
      else {
        pending.set(piece, used);
        used += piece.length;
      }
    });
    flush();
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(file, bytes, offset);
}

/** Makes the rename itself durable; Windows cannot open a folder, and needs no such call. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (caught) {
    // Some network file systems cannot sync a folder; the file itself is whole either way.
    if (!isSystemError(caught)) throw caught;
  } finally {
    closeSync(folder);
  }
}

/** A leftover is a nuisance, the failure before it is the news. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
  }
}
