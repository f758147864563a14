import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.ts';
import { makeFolder } from '../core/make-folder.ts';
import { isSystemError } from '../core/system-error.ts';
import { fileNotWritten } from './errors.ts';

const chunkLength = 256 * 1024;
let written = 0;

/** Takes pieces of text; a piece must not end inside a surrogate pair. */
export type WriteText = (piece: string) => void;

/**
 * Writes a file so that a reader, or a machine that stops at any moment, sees the old file or the new one and never a
 * torn one: a temporary file beside it, fsync, rename. Makes the folder. `produce` is asked for the text piece by
 * piece, so that the whole is never held as one string. Throws `file-not-written` where the system refuses.
 */
export function writeWhole(path: string, produce: (write: WriteText) => void): void {
  writeWholeBytes(path, (writeBytes) => {
    let pieces: string[] = [];
    let length = 0;
    const flush = (): void => {
      writeBytes(Buffer.from(pieces.join(''), 'utf8'));
      pieces = [];
      length = 0;
    };
    produce((piece) => {
      pieces.push(piece);
      length += piece.length;
      if (length >= chunkLength) flush();
    });
    flush();
  });
}

/** Takes pieces of a file, which may be overwritten once the call is over. */
export type WriteBytes = (piece: Uint8Array) => void;

/** The same for bytes. */
export function writeWholeBytes(path: string, produce: (write: WriteBytes) => void): void {
  written += 1;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${written}.tmp`);
  try {
    makeFolder(dirname(path));
    writeSynced(temporary, produce);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (caught) {
    removeIfThere(temporary);
    if (!isSystemError(caught)) throw caught;
    throw new DiagnosticError(fileNotWritten(path, caught), { cause: caught });
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

function writeSynced(path: string, produce: (write: WriteBytes) => void): void {
  const file = openSync(path, 'w');
  const pending = Buffer.allocUnsafe(chunkLength);
  let used = 0;
  const flush = (): void => {
    writeAll(file, pending.subarray(0, used));
    used = 0;
  };
  try {
    produce((piece) => {
      if (used + piece.length > chunkLength) flush();
      if (piece.length >= chunkLength) {
        writeAll(file, piece);
        return;
      }
      pending.set(piece, used);
      used += piece.length;
    });
    flush();
    fsyncSync(file);
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
