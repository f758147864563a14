import { DiagnosticError } from '../core/diagnostic.ts';
import { replaceFile, type WritePiece } from '../core/replace-file.ts';
import { isSystemError } from '../core/system-error.ts';
import { fileNotWritten } from './errors.ts';

/**
 * Writes an artifact: whoever reads it, also after the machine has stopped, sees the old file or the new one. Makes the
 * folder. `produce` is asked for it piece by piece, so that the whole is never held at once. Throws `file-not-written`
 * where the system refuses.
 */
export function writeWhole(path: string, produce: (write: WritePiece) => void): void {
  try {
    replaceFile(path, produce, { durable: true });
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
    throw new DiagnosticError(fileNotWritten(path, caught), { cause: caught });
  }
}
