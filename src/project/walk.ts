import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import { isMissing } from '../core/system-error.ts';
import { linkBroken, linkOutside } from './errors.ts';
import type { IsIgnored } from './ignore-file.ts';

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
  /** Makes the path shown in errors of a path of the package. */
  readonly shownPath: (path: string) => string;
  readonly found: Diagnostics;
  /** Told every folder that is looked into, by its absolute path, and one that is not there. */
  readonly visit?: (folder: string) => void;
}

/** What any resource is made of; dbt looks at the ending without case. */
export const resourceFile = /\.(?:sql|py|ya?ml|md|csv)$/i;

/**
 * Every resource file under a folder of a package that is not ignored, in the order of their paths; none where the
 * folder does not exist. As dbt, it does not go into linked folders below it. What a link leads to must lie inside
 * of the package.
 */
export function walkFolder(options: WalkOptions, folder: string): readonly FoundFile[] {
  const top = join(options.root, folder);
  const isLink = lstatSync(top, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink && linkedStats(options, folder, top) === null) return [];
  const out: FoundFile[] = [];
  collect(options, folder, top, folder === '.' ? '' : `${folder}/`, out);
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function collect(
  options: WalkOptions,
  folder: string,
  directory: string,
  prefix: string,
  out: FoundFile[],
): void {
  options.visit?.(directory);
  for (const entry of entriesOf(directory)) {
    const path = prefix + entry.name;
    const absolutePath = join(directory, entry.name);
    if (entry.isDirectory()) {
      collect(options, folder, absolutePath, `${path}/`, out);
    } else if (resourceFile.test(entry.name) && !options.isIgnored(path)) {
      const isLink = entry.isSymbolicLink();
      if (entry.isFile() || (isLink && linkedStats(options, path, absolutePath)?.isFile())) {
        out.push({ path, folder, absolutePath });
      }
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

/** What a link leads to; null, and told, where that is nothing or lies outside of the package. */
function linkedStats({ root, shownPath, found }: WalkOptions, path: string, absolutePath: string) {
  try {
    const target = realpathSync(absolutePath);
    const way = relative(realpathSync(root), target);
    if (way !== '..' && !way.startsWith(`..${sep}`)) return statSync(target);
    found.add(linkOutside(shownPath(path), target));
  } catch (caught) {
    if (!isMissing(caught)) throw caught;
    found.add(linkBroken(shownPath(path)));
  }
  return null;
}
