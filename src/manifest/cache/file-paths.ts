import type { FileTable } from './file-table.ts';

/** Paths of files within their packages, by number. */
export const pathsOf =
  ({ shown, package: pack, packages }: FileTable) =>
  (file: number): string =>
    shown[file]!.slice(packages[pack[file]!]!.prefix.length);
