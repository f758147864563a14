import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { resourceFile } from '../../project/walk.ts';
import { entryOf } from '../record.ts';
import type { FileTable } from './file-table.ts';
import { absolute } from './listed-files.ts';
import {
  contentHash,
  freshAfter,
  hashLength,
  type Stamp,
  StampColumns,
  sameStamp,
  stampOf,
} from './stamps.ts';

/** Files as they lie there now, and those that are not as they were, by their path in errors. */
export interface FilesNow {
  readonly files: FileTable;
  readonly changed: ReadonlySet<string>;
}

/**
 * Looks at the files of a table again. `touched` says how many have other time stamps; those are read, to tell
 * whether they have other content too. `directory` is the root project's, `now` the time in milliseconds since 1970.
 */
export function lookAgain(
  known: FileTable,
  directory: string,
  now: number,
): FilesNow & { readonly touched: number } {
  const { shown } = known;
  const stamps = StampColumns.empty(shown.length);
  const changed = new Set<string>();
  let hashes: Uint8Array | null = null;
  let touched = 0;
  for (let file = 0; file < shown.length; file += 1) {
    const path = absolute(directory, shown[file]!);
    const stamp = stampOf(path);
    if (known.stamps.has(file, stamp)) {
      stamps.copy(file, known.stamps, file);
      continue;
    }
    stamps.set(file, stamp, now);
    touched += 1;
    const at = file * hashLength;
    const former = known.hashes.subarray(at, at + hashLength);
    const digest = stamp.size < 0 ? null : contentHash(path, stamp.size);
    if (digest !== null && Buffer.compare(former, digest) === 0) continue;
    changed.add(shown[file]!);
    hashes ??= known.hashes.slice();
    hashes.set(digest ?? new Uint8Array(hashLength), at);
  }
  return { files: { ...known, stamps, hashes: hashes ?? known.hashes }, changed, touched };
}

/** A folder that was looked into: its absolute path and its stamp, whose times are null where it was too fresh. */
export type SeenFolder = readonly [path: string, stamp: Stamp];

/**
 * The same folders under their present stamps, if each holds what it held: programs that write a file aside and then
 * rename it touch the folder too. Null where something is new or gone, or cannot be told to be the same.
 */
export function sameFolders(
  folders: readonly SeenFolder[],
  files: FileTable,
  directory: string,
  now: number,
): readonly SeenFolder[] | null {
  let names: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  const out: SeenFolder[] = [];
  for (const [path, former] of folders) {
    const stamp = stampOf(path);
    if (sameStamp(stamp, former)) {
      out.push([path, former]);
      continue;
    }
    if (stamp.size < 0 || former.size < 0) return null;
    names ??= namesByFolder(folders, files, directory);
    if (!holds(path, names.get(path) ?? new Set())) return null;
    const isFresh = Math.max(stamp.modified, stamp.changed) > freshAfter(now);
    out.push([path, isFresh ? { ...stamp, modified: Number.NaN } : stamp]);
  }
  return out;
}

/** Whether the folder holds these names and no other that counts. What a link leads to only the walk can judge. */
function holds(folder: string, names: ReadonlySet<string>): boolean {
  let met = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() ? !names.has(`${entry.name}/`) : !names.has(entry.name)) {
      if (entry.isDirectory() || resourceFile.test(entry.name)) return false;
      continue;
    }
    if (!entry.isDirectory() && !entry.isFile()) return false;
    met += 1;
  }
  return met === names.size;
}

/** Names of the files and folders (with a slash behind) in each folder. */
function namesByFolder(
  folders: readonly SeenFolder[],
  { shown }: FileTable,
  directory: string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const out = new Map<string, Set<string>>();
  const add = (path: string, end: string): void => {
    const folder = dirname(path);
    entryOf(out, folder, () => new Set<string>()).add(path.slice(folder.length + 1) + end);
  };
  for (const path of shown) add(absolute(directory, path), '');
  for (const [path, { size }] of folders) if (size >= 0) add(path, '/');
  return out;
}
