import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';
import type { TextStream } from './reporter.ts';

const flushLength = 64 * 1024;

/** A file that text is appended to. */
export interface LogFile extends TextStream {
  flush(): void;
  close(): void;
}

export interface LogFileOptions {
  /** Rotated beyond this size: `dbt.log.1` is the newest old one. Zero: never. */
  readonly maxBytes: number;
  /** How many old files are kept. */
  readonly keep: number;
  /** Told once, when the file cannot be written; from then on text is dropped. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Opens a log for appending when the first text comes, and makes its folder. Text is held back up to 64 KB; `flush`
 * writes it out.
 */
export function createLogFile(path: string, options: LogFileOptions): LogFile {
  let file: number | null = null;
  let failed = false;
  let size = 0;
  let held: string[] = [];
  let heldLength = 0;

  const open = (): number => {
    makeFolder(dirname(path));
    const opened = openSync(path, 'a');
    size = fstatSync(opened).size;
    return opened;
  };

  const flush = (): void => {
    if (heldLength === 0 || failed) return;
    const bytes = Buffer.from(held.join(''), 'utf8');
    held = [];
    heldLength = 0;
    try {
      file ??= open();
      if (options.maxBytes > 0 && size > 0 && size + bytes.length > options.maxBytes) {
        closeSync(file);
        rotate(path, options.keep);
        file = open();
      }
      let offset = 0;
      while (offset < bytes.length) offset += writeSync(file, bytes, offset);
      size += bytes.length;
    } catch (caught) {
      failed = true;
      options.onFailure(caught instanceof Error ? caught.message : String(caught));
    }
  };

  return {
    write(text) {
      if (failed) return;
      held.push(text);
      heldLength += text.length;
      if (heldLength >= flushLength) flush();
    },
    flush,
    close() {
      flush();
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/** `log` becomes `log.1`, `log.1` becomes `log.2`, ...; what would be beyond `keep` is removed. */
function rotate(path: string, keep: number): void {
  rmSync(`${path}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1)
    moveIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  if (keep > 0) moveIfThere(path, `${path}.1`);
  else rmSync(path, { force: true });
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code !== 'ENOENT') throw caught;
  }
}
