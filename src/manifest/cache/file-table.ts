import type { PackageFiles } from '../../project/project.ts';
import type { FileOrder } from '../file-order.ts';
import { none32 } from './rows.ts';
import { StampColumns } from './stamps.ts';
import type { Table, TableContent } from './table-file.ts';

/** Files of a project by number: every file that can define or configure something, by the path that errors show. */
export interface FileTable extends FileNames {
  readonly shown: readonly string[];
  /** Number of each file's package. */
  readonly package: Uint16Array;
  /** Number of its role. */
  readonly role: Uint16Array;
  /** Its position in the order of what files define. */
  readonly position: Uint32Array;
  readonly stamps: StampColumns;
  /** Digest of each file's bytes, `hashLength` bytes each. */
  readonly hashes: Uint8Array;
}

/** What the numbers of a table's columns mean. */
export interface FileNames {
  /** `prefix` and a path within the package are the path that errors show. */
  readonly packages: readonly { readonly name: string; readonly prefix: string }[];
  readonly roles: readonly FileRole[];
  /** Positions of our own packages, whose files are in no table. */
  readonly ourPositions: Readonly<Record<string, number>>;
}

/** What a file may hold: for each kind, the configured folder that it was found under. */
export type FileRole = Readonly<Partial<Record<keyof PackageFiles, string>>>;

const numbersByPath = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** Numbers of files by their path in errors. */
export function fileNumbers({ shown }: Pick<FileTable, 'shown'>): ReadonlyMap<string, number> {
  let numbers = numbersByPath.get(shown);
  if (numbers === undefined) {
    const made = new Map<string, number>();
    for (let file = 0; file < shown.length; file += 1) made.set(shown[file]!, file);
    numbers = made;
    numbersByPath.set(shown, numbers);
  }
  return numbers;
}

/** Paths of files within their packages, by number. */
export const pathsOf =
  ({ shown, package: pack, packages }: FileTable) =>
  (file: number): string =>
    shown[file]!.slice(packages[pack[file]!]!.prefix.length);

/** One for each file whose path is among these. */
export function fileMarks(table: Pick<FileTable, 'shown'>, paths: ReadonlySet<string>): Uint8Array {
  const numbers = fileNumbers(table);
  const marks = new Uint8Array(table.shown.length);
  for (const path of paths) {
    const file = numbers.get(path);
    if (file !== undefined) marks[file] = 1;
  }
  return marks;
}

/** Present numbers of former files, `none32` for one that is gone. */
export function presentFiles(former: FileTable, files: FileTable): Uint32Array {
  const numbers = fileNumbers(files);
  const present = new Uint32Array(former.shown.length);
  const isSame = former.shown === files.shown;
  for (let file = 0; file < present.length; file += 1) {
    present[file] = isSame ? file : (numbers.get(former.shown[file]!) ?? none32);
  }
  return present;
}

/** The number of a file by its package and its path within that; undefined for files of ours. */
export type FindFile = (packageName: string, path: string) => number | undefined;

export function fileFinder(table: FileTable): FindFile {
  const prefixes = new Map(table.packages.map(({ name, prefix }) => [name, prefix]));
  const numbers = fileNumbers(table);
  return (packageName, path) => {
    const prefix = prefixes.get(packageName);
    return prefix === undefined ? undefined : numbers.get(prefix + path);
  };
}

export function tableOrder(table: FileTable): FileOrder {
  const find = fileFinder(table);
  return {
    position: (packageName, path) => {
      const file = find(packageName, path);
      return file === undefined ? table.ourPositions[packageName] : table.position[file];
    },
  };
}

export const namesOf = ({ packages, roles, ourPositions }: FileNames): FileNames => ({
  packages,
  roles,
  ourPositions,
});

export function filesContent(table: FileTable): Pick<TableContent, 'texts' | 'numbers'> {
  const { stamps, hashes, shown } = table;
  return {
    texts: { files: shown },
    numbers: {
      'file.package': table.package,
      'file.role': table.role,
      'file.position': table.position,
      'file.size': stamps.size,
      'file.modified': stamps.modified,
      'file.changed': stamps.changed,
      'file.hash': hashes,
    },
  };
}

export function readFileTable(table: Table, names: FileNames): FileTable {
  return {
    ...namesOf(names),
    shown: table.texts('files'),
    package: table.halves('file.package'),
    role: table.halves('file.role'),
    position: table.ints('file.position'),
    stamps: new StampColumns(
      table.floats('file.size'),
      table.floats('file.modified'),
      table.floats('file.changed'),
    ),
    hashes: table.bytes('file.hash'),
  };
}
