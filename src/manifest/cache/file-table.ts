import { isAbsolute, sep } from 'node:path';
import type { ListedPackage, ListedProject } from '../../project/load-project.ts';
import type { Project, SeedFile, SourceFile } from '../../project/project.ts';
import { operationsPath } from '../paths.ts';
import { entryOf } from '../record.ts';
import { pathsOf } from './file-paths.ts';
import { contentHash, hashLength, type Stamp, StampColumns, stampOf } from './stamps.ts';
import type { Table, TableContent } from './table-file.ts';

/** Files of a project by number: every file that can define or configure something, by the path that errors show. */
export interface FileTable {
  readonly shown: readonly string[];
  /** Number of each file's package, and its path within that. */
  readonly package: Uint16Array;
  readonly packages: readonly { readonly name: string; readonly prefix: string }[];
  readonly stamps: StampColumns;
  /** Digest of each file's bytes, `hashLength` bytes each. */
  readonly hashes: Uint8Array;
}

/** The project file stands in the table under the path that its operations have. */
const projectFilePath = operationsPath;
const selectorsPath = 'selectors.yml';

/** Numbers of files by their path in errors. */
export function fileNumbers({ shown }: Pick<FileTable, 'shown'>): ReadonlyMap<string, number> {
  return new Map(shown.map((path, file) => [path, file]));
}

/** The number of a file by its package and its path within that; undefined for files of ours. */
export type FindFile = (packageName: string, path: string) => number | undefined;

export function fileFinder(table: FileTable): FindFile {
  const packages = new Map<string, Map<string, number>>();
  const pathOf = pathsOf(table);
  for (let file = 0; file < table.shown.length; file += 1) {
    const { name } = table.packages[table.package[file]!]!;
    entryOf(packages, name, () => new Map<string, number>()).set(pathOf(file), file);
  }
  return (packageName, path) => packages.get(packageName)?.get(path);
}

/** The files of a project as they lie there now, and those that are not as they were, by their path in errors. */
export interface FilesNow {
  readonly files: FileTable;
  readonly changed: ReadonlySet<string>;
}

/**
 * Looks at every file. One that is as `known` says keeps its digest; others are read for it, or, where nothing is
 * known, have none until `withDigests`. `seen` are stamps that were taken just now, by the known numbers of files.
 */
export function lookAtFiles(
  listed: ListedProject,
  known: FileTable | null,
  now: number,
  seen: readonly Stamp[] = [],
): FilesNow {
  const packages = [listed.root, ...listed.packages].map((pack) => ({
    name: pack.name,
    prefix: pack.shownPath(''),
  }));
  const shown: string[] = [];
  const packageOf: number[] = [];
  for (const [index, pack] of [listed.root, ...listed.packages].entries()) {
    for (const path of listedPaths(pack, index === 0 && listed.selectorsFile !== null)) {
      shown.push(packages[index]!.prefix + path);
      packageOf.push(index);
    }
  }
  const hashes = new Uint8Array(shown.length * hashLength);
  const changed = new Set<string>();
  const before = known === null ? null : new FormerFiles(known, changed, seen);
  const { directory } = listed.root;
  const stamps = shown.map((path, file) => {
    const absolutePath = absolute(directory, path);
    if (before === null) return stampOf(absolutePath);
    return before.look(path, absolutePath, hashes.subarray(file * hashLength, (file + 1) * hashLength));
  });
  before?.addGone();
  const files = {
    shown,
    package: Uint16Array.from(packageOf),
    packages,
    stamps: StampColumns.of(stamps, now),
    hashes,
  };
  return { files, changed };
}

/** `resolve` in full would take longer than looking at the file. */
const absolute = (directory: string, shown: string): string =>
  isAbsolute(shown) ? shown : `${directory}${sep}${shown}`;

/** Files as they were, compared one by one with how they are. */
class FormerFiles {
  readonly #known: FileTable;
  readonly #numbers: Map<string, number>;
  readonly #changed: Set<string>;
  readonly #seen: readonly Stamp[];

  constructor(known: FileTable, changed: Set<string>, seen: readonly Stamp[]) {
    this.#known = known;
    this.#numbers = new Map(fileNumbers(known));
    this.#changed = changed;
    this.#seen = seen;
  }

  /** Puts the digest of the file into `digest`. */
  look(shown: string, absolutePath: string, digest: Uint8Array): Stamp {
    const { stamps, hashes } = this.#known;
    const file = this.#numbers.get(shown);
    const stamp = (file === undefined ? undefined : this.#seen[file]) ?? stampOf(absolutePath);
    this.#numbers.delete(shown);
    const former = file === undefined ? null : hashes.subarray(file * hashLength, (file + 1) * hashLength);
    if (former !== null && stamps.has(file!, stamp)) {
      digest.set(former);
      return stamp;
    }
    const hash = contentHash(absolutePath, stamp);
    if (hash !== null) digest.set(hash);
    if (former === null || Buffer.compare(former, digest) !== 0) this.#changed.add(shown);
    return stamp;
  }

  addGone(): void {
    for (const shown of this.#numbers.keys()) this.#changed.add(shown);
  }
}

/** The table with the digests of files that have been read; others are read for it. */
export function withDigests(table: FileTable, project: Project): FileTable {
  const hashes = new Uint8Array(table.hashes.length);
  const digests = new Map<string, Uint8Array>();
  for (const [index, pack] of [project.root, ...project.packages].entries()) {
    const { prefix } = table.packages[index]!;
    const lists = Object.values(pack.files) as readonly (readonly (SourceFile | SeedFile)[])[];
    for (const list of lists) {
      for (const file of list) if ('digest' in file) digests.set(prefix + file.path, file.digest);
    }
  }
  for (const [file, path] of table.shown.entries()) {
    const stamp = { size: table.stamps.size[file]!, modified: 0, changed: 0 };
    const digest = digests.get(path) ?? contentHash(absolute(project.root.directory, path), stamp);
    if (digest !== null) hashes.set(digest, file * hashLength);
  }
  return { ...table, hashes };
}

function listedPaths({ listing }: ListedPackage, hasSelectors: boolean): ReadonlySet<string> {
  const paths = new Set<string>(hasSelectors ? [projectFilePath, selectorsPath] : [projectFilePath]);
  const lists = Object.values(listing.files) as readonly (readonly { readonly path: string }[])[];
  for (const list of lists) for (const { path } of list) paths.add(path);
  return paths;
}

export function filesContent(table: FileTable): Pick<TableContent, 'texts' | 'numbers'> {
  const { stamps, hashes, shown } = table;
  return {
    texts: { files: shown },
    numbers: {
      'file.package': table.package,
      'file.size': stamps.size,
      'file.modified': stamps.modified,
      'file.changed': stamps.changed,
      'file.hash': hashes,
    },
  };
}

export function readFileTable(table: Table, packages: FileTable['packages']): FileTable {
  return {
    shown: table.texts('files'),
    package: table.halves('file.package'),
    packages,
    stamps: new StampColumns(
      table.floats('file.size'),
      table.floats('file.modified'),
      table.floats('file.changed'),
    ),
    hashes: table.bytes('file.hash'),
  };
}
