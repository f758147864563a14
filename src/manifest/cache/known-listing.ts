import { sep } from 'node:path';
import { fileKinds, type PackageListing } from '../../project/package-files.ts';
import type { PackageFiles } from '../../project/project.ts';
import type { FoundFile } from '../../project/walk.ts';
import type { FileTable } from './file-table.ts';
import type { SeenFolder } from './known-files.ts';

type Kind = keyof PackageFiles;

/**
 * What a walk through folders of known content would list of each package, by name and folder; each kind when it is
 * asked for. All folders are told of with the first package, the root project.
 */
export function knownListings(
  files: FileTable,
  folders: readonly SeenFolder[],
): (name: string, directory: string) => PackageListing | null {
  return (name, directory) => {
    const pack = files.packages.findIndex((one) => one.name === name);
    if (pack < 0) return null;
    const lists = {} as Record<Kind, readonly FoundFile[]>;
    for (const kind of fileKinds) {
      let list: readonly FoundFile[] | null = null;
      Object.defineProperty(lists, kind, {
        enumerable: true,
        get: () => {
          list ??= filesOfKind(files, pack, directory, kind, files.shown.keys());
          return list;
        },
      });
    }
    const seen = pack > 0 ? [] : folders;
    return {
      files: lists,
      folders: seen.map(([path, { modified, changed }]) => ({ path, modified, changed })),
    };
  };
}

/** What a walk would list of a package if it held but these files, by number, and those of the kinds in `whole`. */
export function narrowListing(
  files: FileTable,
  pack: number,
  directory: string,
  wanted: readonly number[],
  whole: readonly Kind[],
): PackageListing {
  const list = (kind: Kind) =>
    filesOfKind(files, pack, directory, kind, whole.includes(kind) ? files.shown.keys() : wanted);
  const lists = Object.fromEntries(fileKinds.map((kind) => [kind, list(kind)]));
  return { files: lists as PackageListing['files'], folders: [] };
}

/** Files of a package of one kind among the given ones, by path. */
function filesOfKind(
  table: FileTable,
  pack: number,
  directory: string,
  kind: Kind,
  among: Iterable<number>,
): readonly FoundFile[] {
  const folders = table.roles.map((role) => role[kind]);
  if (folders.every((folder) => folder === undefined)) return [];
  const { prefix } = table.packages[pack]!;
  const out: FoundFile[] = [];
  for (const file of among) {
    const folder = folders[table.role[file]!];
    if (folder === undefined || table.package[file] !== pack) continue;
    const path = table.shown[file]!.slice(prefix.length);
    out.push({ path, folder, absolutePath: directory + sep + path });
  }
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}
