import { isAbsolute, sep } from 'node:path';
import type { ListedPackage, ListedProject } from '../../project/load-project.ts';
import type { PackageFiles, Project, SeedFile, SourceFile } from '../../project/project.ts';
import { type FileOrder, fileOrder } from '../file-order.ts';
import { operationsPath } from '../paths.ts';
import { type FileRole, type FileTable, fileNumbers } from './file-table.ts';
import { Interned } from './interned.ts';
import type { FilesNow } from './known-files.ts';
import { contentHash, hashLength, StampColumns, stampOf } from './stamps.ts';

/** The project file stands in the table under the path that its operations have. */
const projectFilePath = operationsPath;
const selectorsPath = 'selectors.yml';

/**
 * The files that were listed, and those among them that are not as they were. What `known` says of the files that it
 * has is taken over; others are read for their digest, or, where nothing is known, have none until `withDigests`.
 */
export function lookAtListed(
  listed: ListedProject,
  internalPackages: readonly { readonly name: string }[],
  known: FilesNow | null,
  now: number,
): FilesNow {
  const names = namesOf(listed, internalPackages);
  const count = names.shown.length;
  const hashes = new Uint8Array(count * hashLength);
  const stamps = StampColumns.empty(count);
  const changed = new Set<string>();
  const numbers = known === null ? null : new Map(fileNumbers(known.files));
  for (const [file, shown] of names.shown.entries()) {
    const former = numbers?.get(shown);
    const digest = hashes.subarray(file * hashLength, (file + 1) * hashLength);
    if (former !== undefined) {
      numbers!.delete(shown);
      const { files } = known!;
      digest.set(files.hashes.subarray(former * hashLength, (former + 1) * hashLength));
      stamps.copy(file, files.stamps, former);
      if (known!.changed.has(shown)) changed.add(shown);
      continue;
    }
    const path = absolute(listed.root.directory, shown);
    const stamp = stampOf(path);
    stamps.set(file, stamp, now);
    if (known === null) continue;
    const hash = contentHash(path, stamp.size);
    if (hash !== null) digest.set(hash);
    changed.add(shown);
  }
  for (const shown of numbers?.keys() ?? []) changed.add(shown);
  return { files: { ...names, stamps, hashes }, changed };
}

function namesOf(
  listed: ListedProject,
  internalPackages: readonly { readonly name: string }[],
): Omit<FileTable, 'stamps' | 'hashes'> {
  const all = [listed.root, ...listed.packages];
  const packages = all.map(({ name, shownPath }) => ({ name, prefix: shownPath('') }));
  const order = fileOrder(
    all.map(({ name, listing }) => ({ name, files: listing.files })),
    internalPackages,
  );
  const shown: string[] = [];
  const [pack, role, position]: [number[], number[], number[]] = [[], [], []];
  const roles = new Interned([]);
  for (const [index, one] of all.entries()) {
    for (const [path, kinds] of rolesOf(one, index === 0 && listed.selectorsFile !== null)) {
      shown.push(packages[index]!.prefix + path);
      pack.push(index);
      role.push(roles.number(kinds));
      position.push(order.position(one.name, path) ?? 0);
    }
  }
  return {
    shown,
    package: Uint16Array.from(pack),
    packages,
    role: Uint16Array.from(role),
    roles: roles.values.map(roleOf),
    position: Uint32Array.from(position),
    ourPositions: ourPositions(order, internalPackages),
  };
}

function ourPositions(
  order: FileOrder,
  internalPackages: readonly { readonly name: string }[],
): FileTable['ourPositions'] {
  return Object.fromEntries(internalPackages.map(({ name }) => [name, order.position(name, '') ?? 0]));
}

/** Of each path, what it may hold, as a text. */
function rolesOf({ listing }: ListedPackage, hasSelectors: boolean): ReadonlyMap<string, string> {
  const roles = new Map<string, string>([[projectFilePath, '']]);
  if (hasSelectors) roles.set(selectorsPath, '');
  for (const [kind, list] of Object.entries(listing.files)) {
    for (const { path, folder } of list) {
      const before = roles.get(path);
      const role = `${kind}\0${folder}`;
      roles.set(path, before === undefined || before === '' ? role : `${before}\0${role}`);
    }
  }
  return roles;
}

function roleOf(text: string): FileRole {
  const parts = text.split('\0');
  const role: Partial<Record<keyof PackageFiles, string>> = {};
  for (let at = 0; at + 1 < parts.length; at += 2) role[parts[at] as keyof PackageFiles] = parts[at + 1]!;
  return role;
}

/** `resolve` in full would take longer than looking at the file. */
export const absolute = (directory: string, shown: string): string =>
  isAbsolute(shown) ? shown : `${directory}${sep}${shown}`;

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
    const digest =
      digests.get(path) ?? contentHash(absolute(project.root.directory, path), table.stamps.size[file]!);
    if (digest !== null) hashes.set(digest, file * hashLength);
  }
  return { ...table, hashes };
}
