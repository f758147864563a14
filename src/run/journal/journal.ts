import { fdatasync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fileNotWritten } from '../../artifacts/errors.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { isSystemError } from '../../core/system-error.ts';
import {
  batchesLine,
  changeLine,
  closingLine,
  headerLine,
  type JournalBatches,
  type JournalChange,
  type JournalHeader,
  journalVersion,
} from './journal-lines.ts';
import { thisProcess } from './live-process.ts';
import { forgetOldRuns } from './run-folders.ts';

export interface JournalWriter {
  readonly path: string;
  /** Appends a change. Lines that come together are written together; a failed write shows at the next `sync`. */
  record(change: JournalChange): void;
  /** Appends the batches of an item. */
  recordBatches(batches: JournalBatches): void;
  /** Resolves once everything recorded so far is on disk; one fsync serves all who wait for it. */
  sync(): Promise<void>;
  /** Says that the run is over and closes the file; `time` in milliseconds since 1970 UTC. */
  close(time: number): Promise<void>;
}

export type JournalStart = Omit<JournalHeader, 'version' | 'process'>;

/**
 * Begins the journal of an invocation in `<runs>/<invocation>/journal.jsonl`: when this resolves, the header is on
 * disk. Of older runs in the folder the newest are kept, and any that is still alive. What cannot be written is told
 * as `file-not-written`, here and by the writer.
 */
export async function openJournal(runsDirectory: string, start: JournalStart): Promise<JournalWriter> {
  const path = journalPath(runsDirectory, start.invocationId);
  return told(path, () => begin(path, runsDirectory, start));
}

async function begin(path: string, runsDirectory: string, start: JournalStart): Promise<JournalWriter> {
  makeFolder(dirname(path));
  const file = await open(path, 'ax');
  const appender = new Appender(file);
  appender.append(headerLine({ version: journalVersion, ...start, process: await thisProcess() }));
  await appender.sync();
  // The folders' own entries: without them the file may be gone after a power failure.
  for (const directory of [dirname(path), runsDirectory]) await syncDirectory(directory);
  await forgetOldRuns(runsDirectory, start.invocationId);
  return {
    path,
    record: (change) => appender.append(changeLine(change)),
    recordBatches: (batches) => appender.append(batchesLine(batches)),
    sync: () => told(path, () => appender.sync()),
    close: async (time) => {
      appender.append(closingLine(time));
      try {
        await told(path, () => appender.sync());
      } finally {
        await file.close();
      }
    },
  };
}

/** What the file system refuses is the user's to hear; two runs under one id are a bug of whoever gave it. */
async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (!isSystemError(caught) || (caught.code === 'EEXIST' && caught.syscall === 'open')) throw caught;
    throw new DiagnosticError(fileNotWritten(path, caught), { cause: caught });
  }
}

export const journalPath = (runsDirectory: string, invocationId: string): string =>
  join(runsDirectory, invocationId, 'journal.jsonl');

/** Group commit: while one write is under way, lines gather for the next. */
class Appender {
  readonly #file: FileHandle;
  #pending = '';
  /** The write that is under way or about to begin; it takes all of `#pending` when it begins. */
  #writing: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  #nextSync: Promise<void> | null = null;
  #failure: { readonly reason: unknown } | null = null;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(line: string): void {
    this.#pending += line;
    this.#writing ??= this.#write();
  }

  /** Callers during an fsync share the one that follows it. */
  sync(): Promise<void> {
    if (this.#syncing === null) {
      this.#syncing = this.#flush().finally(() => {
        this.#syncing = null;
      });
      return this.#syncing;
    }
    this.#nextSync ??= this.#syncing
      .catch(() => {})
      .then(() => {
        this.#nextSync = null;
        return this.sync();
      });
    return this.#nextSync;
  }

  async #flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#failure !== null) throw this.#failure.reason;
    await synced(this.#file.fd);
  }

  async #write(): Promise<void> {
    // Let what happens in the same tick come along.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#pending !== '' && this.#failure === null) {
        const lines = this.#pending;
        this.#pending = '';
        writeAll(this.#file.fd, Buffer.from(lines));
      }
    } catch (reason) {
      this.#failure = { reason };
    }
    this.#writing = null;
  }
}

/** At once: a few hundred bytes go to the system's memory sooner than to another thread. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

const synced = promisify(fdatasync);

async function syncDirectory(path: string): Promise<void> {
  // Windows does not open directories; there the entry is as durable as the system makes it.
  const directory = await open(path, 'r').catch(() => null);
  if (directory === null) return;
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
