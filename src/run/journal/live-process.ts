import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Journal, JournalProcess } from './journal-lines.ts';

export async function thisProcess(): Promise<JournalProcess> {
  return { host: hostname(), pid: process.pid, began: await beganAt(process.pid) };
}

/**
 * True while the process that writes the journal runs on this machine. A run on another machine is not seen: a
 * target folder that is carried from container to container must not look alive for ever.
 */
export async function isLive({ header, isClosed }: Journal): Promise<boolean> {
  const { host, pid, began } = header.process;
  if (isClosed || host !== hostname() || !exists(pid)) return false;
  const now = await beganAt(pid);
  return began === null || now === null || began === now;
}

/** What names of files carry of the process that made them: `<pid>_<hash>`. */
export async function processTag(): Promise<string> {
  const { pid, began } = await thisProcess();
  return tagOf(pid, began);
}

/** True while the process that made the tag runs on this machine; one on another machine is not seen. */
export async function isLiveTag(tag: string): Promise<boolean> {
  const pid = Number.parseInt(tag, 10);
  return exists(pid) && tag === tagOf(pid, await beganAt(pid));
}

function tagOf(pid: number, began: string | null): string {
  const hash = createHash('sha256').update(`${hostname()} ${began}`).digest('hex');
  return `${pid}_${hash.slice(0, 12)}`;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (caught) {
    // Someone else's process is one too.
    return (caught as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: the 22nd field of `/proc/<pid>/stat`, in ticks since the system started; null elsewhere. */
async function beganAt(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The second field is the program's name in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended, though nobody has looked yet.
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
}
