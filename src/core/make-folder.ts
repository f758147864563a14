import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from './system-error.ts';

/**
 * Makes a folder, and those above it that are missing. Throws the system's refusal. Node's own way of doing it tries
 * without end where the system says of a folder in one that is there that it is not, as in /proc.
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (caught) {
    // Another process may have made it meanwhile.
    if (!isSystemError(caught) || caught.code !== 'EEXIST' || !isFolder(path)) throw caught;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
