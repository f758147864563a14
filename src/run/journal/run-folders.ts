import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Journal, readJournal } from './journal-lines.ts';
import { isLive } from './live-process.ts';

/** How many runs a project remembers, the current one included. */
export const keptRuns = 20;

export interface RunFolder {
  /** The invocation's id. */
  readonly name: string;
  readonly journalPath: string;
  /** When the journal was written last, in milliseconds since 1970 UTC. */
  readonly writtenAt: number;
}

/** The runs that left a journal, the newest first; none where there is no such folder. */
export async function runFolders(runsDirectory: string): Promise<readonly RunFolder[]> {
  const entries = await readdir(runsDirectory, { withFileTypes: true }).catch(() => []);
  const folders: RunFolder[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const journalPath = join(runsDirectory, entry.name, 'journal.jsonl');
    const status = await stat(journalPath).catch(() => null);
    if (status !== null) folders.push({ name: entry.name, journalPath, writtenAt: status.mtimeMs });
  }
  return folders.sort((a, b) => b.writtenAt - a.writtenAt || (a.name < b.name ? -1 : 1));
}

/** Journals of runs that are going on in this folder: while there is one, it must not be cleaned. */
export async function liveRuns(runsDirectory: string): Promise<readonly Journal[]> {
  const live: Journal[] = [];
  for (const folder of await runFolders(runsDirectory)) {
    const journal = await readJournal(folder.journalPath).catch(() => null);
    if (journal !== null && (await isLive(journal))) live.push(journal);
  }
  return live;
}

/** Removes the folders of the oldest runs; never the current one, nor one that is alive, nor what has no journal. */
export async function forgetOldRuns(runsDirectory: string, current: string): Promise<void> {
  const others = (await runFolders(runsDirectory)).filter(({ name }) => name !== current);
  for (const { name, journalPath } of others.slice(keptRuns - 1)) {
    const journal = await readJournal(journalPath).catch(() => null);
    if (journal !== null && (await isLive(journal))) continue;
    // A folder that will not go is no reason to stop this run.
    await rm(join(runsDirectory, name), { recursive: true, force: true }).catch(() => {});
  }
}
