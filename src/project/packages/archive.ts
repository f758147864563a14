import { createReadStream } from 'node:fs';
import { mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import {
  type ArchiveLimits,
  type ArchiveListing,
  ArchiveRefused,
  entryPath,
  PathTable,
} from './archive-paths.ts';

/** Bounds of what an archive may unpack to. Packages have some megabytes and some hundred files. */
export const archiveLimits = {
  archiveBytes: 256 * 2 ** 20,
  unpackedBytes: 2 ** 30,
  entries: 50_000,
  depth: 32,
  pathBytes: 1024,
} as const;

/** The archive ends early or is none: mostly a download that went wrong. */
export class ArchiveBroken extends Error {}

/**
 * Reads the headers of a gzipped archive and checks all of them, before anything is written. Throws ArchiveRefused
 * for names that lead out, links that lead out, hard links, devices, names that are the same to some file system, and
 * anything beyond the limits; ArchiveBroken.
 */
export async function listArchive(
  file: string,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveListing> {
  const table = new PathTable(limits);
  await readEntries(file, limits, async (entry) => {
    table.add(entryPath(entry.path), entry.type, entry.linkpath ?? '');
    entry.resume();
  });
  return table.listing();
}

/** Unpacks what `listArchive` allowed into a folder that is made for it; `top` itself is left out. */
export async function unpackArchive(
  file: string,
  directory: string,
  { top, links }: ArchiveListing,
  limits: ArchiveLimits = archiveLimits,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const made = new Set([directory]);
  const makeFolder = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o755 });
    made.add(path);
  };
  await readEntries(file, limits, async (entry) => {
    const path = entryPath(entry.path).slice(top.length + 1);
    if (entry.type === 'SymbolicLink' || path === '') entry.resume();
    else if (entry.type === 'Directory') {
      await makeFolder(join(directory, path));
      entry.resume();
    } else {
      await makeFolder(dirname(join(directory, path)));
      await writeEntry(entry, join(directory, path));
    }
  });
  // Last, so that nothing is ever written through one.
  for (const [path, target] of links) {
    await makeFolder(dirname(join(directory, path)));
    await symlink(target, join(directory, path));
  }
}

async function writeEntry(entry: ReadEntry, path: string): Promise<void> {
  const executable = ((entry.mode ?? 0) & 0o100) !== 0;
  const handle = await open(path, 'wx', executable ? 0o755 : 0o644);
  try {
    for await (const chunk of entry) await handle.write(chunk as Buffer);
  } finally {
    await handle.close();
  }
}

/** Hands on the entries one after the other. The archive is gunzipped here, where every byte is counted. */
async function readEntries(
  file: string,
  limits: ArchiveLimits,
  take: (entry: ReadEntry) => Promise<void>,
): Promise<void> {
  const work: Promise<void>[] = [];
  const failures: unknown[] = [];
  const parser = new Parser({ strict: true, maxMetaEntrySize: 2 ** 20 });
  const keep = (caught: unknown): void => {
    failures.push(caught);
  };
  parser.on('entry', (entry: ReadEntry) => {
    // The parser asks for the next entry when this one is used up, so they never overlap.
    const taken = take(entry).catch((caught: unknown) => {
      keep(caught);
      entry.resume();
    });
    work.push(taken);
  });
  parser.on('ignoredEntry', ({ type, path }: ReadEntry) =>
    keep(new ArchiveRefused(`has '${path}', which is a ${type}`)),
  );
  parser.on('meta', (header: string) => {
    // The parser passes over such fields and goes on; nobody packs them by mistake.
    const hidden = /\0./s.test(header) || /^\d+ size=-/m.test(header);
    if (hidden)
      keep(new ArchiveRefused('has a header that says one thing to some programs and another to others'));
  });
  parser.on('error', (caught: Error) => keep(new ArchiveBroken(caught.message)));
  const ended = new Promise<void>((done) => parser.once('end', done).once('error', () => done()));
  try {
    await pipeline(createReadStream(file), createGunzip(), (bytes) => feed(parser, bytes, limits, failures));
    if (failures.length === 0) await ended;
  } catch (caught) {
    if (failures.length === 0) keep(brokenOr(caught));
  }
  // After a failure an entry may wait for bytes that never come.
  if (failures.length > 0) throw failures[0];
  await Promise.all(work);
  if (failures.length > 0) throw failures[0];
}

async function feed(
  parser: Parser,
  bytes: AsyncIterable<Buffer>,
  limits: ArchiveLimits,
  failures: unknown[],
): Promise<void> {
  let sum = 0;
  for await (const chunk of bytes) {
    sum += chunk.length;
    if (sum > limits.unpackedBytes)
      failures.push(new ArchiveRefused(`unpacks to more than ${sizeOf(limits.unpackedBytes)}`));
    if (failures.length > 0) return;
    if (!parser.write(chunk))
      await new Promise<void>((go) => parser.once('drain', go).once('error', () => go()));
  }
  parser.end();
}

const sizeOf = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function brokenOr(caught: unknown): unknown {
  const { code, message } = caught as NodeJS.ErrnoException;
  return code?.startsWith('Z_') === true
    ? new ArchiveBroken(`it is no whole gzip archive (${message})`)
    : caught;
}
