import { DiagnosticError } from '../core/diagnostic.ts';
import { replaceFile, type WriteBytes } from '../core/replace-file.ts';
import { isSystemError } from '../core/system-error.ts';
import { fileNotWritten } from './errors.ts';

const blockLength = 256 * 1024;

/** Takes pieces of text; a piece must not end inside a surrogate pair. */
export type WriteText = (piece: string) => void;

/**
 * Writes an artifact: whoever reads it, also after the machine has stopped, sees the old file or the new one. Makes the
 * folder. `produce` is asked for the text piece by piece, so that the whole is never held as one string. Throws
 * `file-not-written` where the system refuses.
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
      if (length >= blockLength) flush();
    });
    flush();
  });
}

/** The same for bytes. */
export function writeWholeBytes(path: string, produce: (write: WriteBytes) => void): void {
  try {
    replaceFile(path, produce, { durable: true });
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
    throw new DiagnosticError(fileNotWritten(path, caught), { cause: caught });
  }
}
