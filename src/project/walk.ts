import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import { danglingLink, linkOutside } from './errors.ts';
import type { IsIgnored } from './ignore-file.ts';
import { isMissing } from './text-file.ts';

/** A file found under a configured folder. */
export interface FoundFile {
  /** Relative to the package's root, with forward slashes. */
  readonly path: string;
  readonly folder: string;
  readonly absolutePath: string;
}

export interface WalkOptions {
  /** Absolute. */
  readonly root: string;
  readonly isIgnored: IsIgnored;
  /** Makes the path shown in errors. */
  readonly shownPath: (path: string) => string;
  readonly found: Diagnostics;
}

/**
 * Every file under a folder of a package that is not ignored, in byte order of its path; none where the folder does
 * not exist. As dbt, it does not go into linked folders; a linked file must lie inside of the package.
 */
export function walkFolder(options: WalkOptions, folder: string): readonly FoundFile[] {
  const top = join(options.root, folder);
  const out: FoundFile[] = [];
  if (isLink(top) && !staysInside(options, folder, top)) return out;
  collect(options, folder, top, folder, out);
  return out.sort((a, b) => compareBytes(a.path, b.path));
}

function collect(options: WalkOptions, folder: string, directory: string, path: string, out: FoundFile[]): void {
  for (const entry of entriesOf(directory)) {
    const inner = path === '.' || path === '' ? entry.name : `${path}/${entry.name}`;
    const absolutePath = join(directory, entry.name);
    if (entry.isDirectory()) collect(options, folder, absolutePath, inner, out);
    else if (entry.isFile() || entry.isSymbolicLink()) {
      if (options.isIgnored(inner)) continue;
      if (entry.isSymbolicLink() && !isUsableLink(options, inner, absolutePath)) continue;
      out.push({ path: inner, folder, absolutePath });
    }
  }
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (caught) {
    if (isMissing(caught)) return [];
    throw caught;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** A link to a file of the package. Links to folders are passed over, anything else is told. */
function isUsableLink(options: WalkOptions, path: string, absolutePath: string): boolean {
  if (!staysInside(options, path, absolutePath)) return false;
  return lstatSync(realpathSync(absolutePath)).isFile();
}

function staysInside({ root, shownPath, found }: WalkOptions, path: string, absolutePath: string): boolean {
  try {
    const target = realpathSync(absolutePath);
    const way = relative(realpathSync(root), target);
    if (way !== '..' && !way.startsWith(`..${sep}`)) return true;
    if (lstatSync(target).isFile() || isConfiguredFolder(path)) found.add(linkOutside(shownPath(path), target));
  } catch (caught) {
    if (!isMissing(caught)) throw caught;
    found.add(danglingLink(shownPath(path)));
  }
  return false;
}

/** A configured folder is walked even where it is a link, so where it leads is told. */
const isConfiguredFolder = (path: string): boolean => !path.includes('/');

/** Order by UTF-8 bytes, the same on every machine. UTF-16 order differs only beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
