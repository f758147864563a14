import { copyFile, link, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, isSystemError } from '../../core/system-error.ts';

/** What kind of thing stands at a place. */
export type Standing = 'nothing' | 'file' | 'folder' | 'other';

export async function standingAt(path: string): Promise<Standing> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  } catch (caught) {
    if (isMissing(caught)) return 'nothing';
    throw caught;
  }
}

/** A second name of the file, or a copy where the file system has no such names; never a half one. */
export async function keepCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
    await copyFile(from, `${to}-begun`);
    await rename(`${to}-begun`, to);
  }
}

/** Puts files of a folder into another, but those that are there already. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, place] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, place);
    else if ((await standingAt(place)) === 'nothing') await keepCopy(source, place);
  }
}

/** What was written outlives a machine that stops before it is said to be there. */
export async function sync(path: string): Promise<void> {
  if ((await standingAt(path)) === 'folder') {
    for (const name of await readdir(path)) await sync(join(path, name));
    await syncFolder(path);
    return;
  }
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows cannot open a folder, and some network file systems cannot sync one; the files are whole either way. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
  } finally {
    await folder.close();
  }
}
