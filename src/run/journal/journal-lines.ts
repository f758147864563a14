import { readFile } from 'node:fs/promises';
import type { ResultStatus } from '../../core/event.ts';
import type { Interval } from '../../intervals/interval.ts';
import type { ItemState } from '../schedule/schedule.ts';

export const journalVersion = 1;

/** The first line: all that is needed to do the same run again. Secrets must be masked by who gives it. */
export interface JournalHeader {
  readonly version: number;
  readonly invocationId: string;
  readonly command: string;
  /** The command line as it was resolved: option names and values. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The invocation's frozen time, in milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Of the project's content, to tell whether the code has changed since. */
  readonly projectChecksum: string;
  /** Ids of all work items, in their order. */
  readonly planned: readonly string[];
  readonly process: JournalProcess;
}

/** Who writes the journal; with it a run is recognised that is still alive. */
export interface JournalProcess {
  readonly host: string;
  readonly pid: number;
  /** Tells two processes with the same pid apart, where the system says when a process began; else null. */
  readonly began: string | null;
}

/** One change of an item's state. */
export interface JournalChange {
  /** Work item's id. */
  readonly item: string;
  readonly state: Exclude<ItemState, 'waiting' | 'ready'>;
  /** Null while it runs. */
  readonly status: ResultStatus | null;
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly message: string | null;
}

/** The batches that an item is worked in, from the moment they are known. */
export interface JournalBatches {
  readonly item: string;
  /** In order of time, with bounds in milliseconds since 1970 UTC. */
  readonly batches: readonly Interval[];
  /** They are what a former run left: others are done already. */
  readonly isRest: boolean;
}

export interface Journal {
  readonly header: JournalHeader;
  /** By item. */
  readonly batches: ReadonlyMap<string, JournalBatches>;
  /** As far as they were written whole, in order. */
  readonly changes: readonly JournalChange[];
  /** True where the run itself said that it was over, whatever its outcome. */
  readonly isClosed: boolean;
}

export const headerLine = (header: JournalHeader): string => `${JSON.stringify({ header })}\n`;

export const changeLine = (change: JournalChange): string => `${JSON.stringify(change)}\n`;

export const batchesLine = (batches: JournalBatches): string => `${JSON.stringify(batches)}\n`;

export const closingLine = (time: number): string => `${JSON.stringify({ closed: time })}\n`;

/**
 * Reads what a run left, however it ended: a line that was cut off anywhere ends the journal before it. Null where
 * not even the header is whole, or another version wrote it. Throws what the file system says.
 */
export async function readJournal(path: string): Promise<Journal | null> {
  return parseJournal(await readFile(path));
}

/** As `readJournal`, from the file's bytes. */
export function parseJournal(bytes: Uint8Array): Journal | null {
  const lines = wholeLines(bytes);
  const header = lines.next().value?.['header'] as JournalHeader | undefined;
  if (header?.version !== journalVersion) return null;
  const changes: JournalChange[] = [];
  const batches = new Map<string, JournalBatches>();
  let isClosed = false;
  for (const line of lines) {
    if ('closed' in line) isClosed = true;
    else if ('batches' in line) batches.set(String(line['item']), line as unknown as JournalBatches);
    else if (typeof line['item'] === 'string') changes.push(line as unknown as JournalChange);
  }
  return { header, batches, changes, isClosed };
}

/** The last change of each item that got so far as to have one. */
export function lastChanges(journal: Journal): ReadonlyMap<string, JournalChange> {
  return new Map(journal.changes.map((change) => [change.item, change]));
}

/** A line is whole if it has its newline; what stands behind one that cannot be read is not trusted. */
function* wholeLines(bytes: Uint8Array): Generator<Readonly<Record<string, unknown>>, undefined> {
  const text = new TextDecoder();
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    try {
      const value: unknown = JSON.parse(text.decode(bytes.subarray(start, end)));
      if (typeof value !== 'object' || value === null) return;
      yield value as Readonly<Record<string, unknown>>;
    } catch {
      return;
    }
    start = end + 1;
  }
}

const newline = 0x0a;
