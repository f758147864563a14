import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface TreeContent {
  /** sha256 of the list that `sha256sum` prints for the files, in the order of their paths' bytes. */
  readonly sha256: string;
  /** Paths of the symbolic links in it, with forward slashes. */
  readonly links: readonly string[];
  /** Those of them that lead out of the folder. */
  readonly leaving: readonly string[];
}

/**
 * The content of a folder: names and bytes of its files, and targets of its links. Times, owners and permissions are
 * no part of it. The same as `find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum | sha256sum` where there
 * are no links.
 */
export async function treeContent(directory: string): Promise<TreeContent> {
  const lines: (readonly [path: string, line: string])[] = [];
  const links: string[] = [];
  const leaving: string[] = [];
  for (const { path, isLink } of await entriesOf(directory)) {
    if (!isLink) {
      lines.push([path, `${await fileHash(join(directory, path))}  ${path}\n`]);
      continue;
    }
    const target = (await readlink(join(directory, path))).replaceAll('\\', '/');
    links.push(path);
    const goal = posix.normalize(posix.join(dirname(path), target));
    if (posix.isAbsolute(target) || /^[A-Za-z]:/.test(target) || goal.startsWith('..')) leaving.push(path);
    lines.push([path, `link ${target}  ${path}\n`]);
  }
  const digest = createHash('sha256');
  for (const [, line] of lines.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    digest.update(line);
  }
  return { sha256: digest.digest('hex'), links, leaving };
}

async function entriesOf(directory: string): Promise<{ readonly path: string; readonly isLink: boolean }[]> {
  const out: { path: string; isLink: boolean }[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isSymbolicLink() || entry.isFile()) out.push({ path, isLink: entry.isSymbolicLink() });
    }
  };
  await visit('');
  return out;
}

async function fileHash(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}
