import { statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import { nothingIgnored, parseIgnoreFile } from './ignore-file.ts';
import type { PackageFiles, ProjectSettings, SeedFile, SourceFile } from './project.ts';
import { readOptionalFile, readTextFile } from './text-file.ts';
import { type FoundFile, type WalkOptions, walkFolder } from './walk.ts';

/** The part of the settings that says where files are. */
export type FolderSettings = Pick<
  ProjectSettings,
  | 'modelPaths'
  | 'seedPaths'
  | 'snapshotPaths'
  | 'analysisPaths'
  | 'testPaths'
  | 'macroPaths'
  | 'docsPaths'
  | 'functionPaths'
>;

/** A folder as it was just before it was looked into: absolute path, times in milliseconds, -1 where it was not there. */
export interface SeenFolder {
  readonly path: string;
  readonly modified: number;
  readonly changed: number;
}

/** The files of a package by what they hold, before they are read; each list sorted by path. */
export interface PackageListing {
  readonly files: Readonly<Record<keyof PackageFiles, readonly FoundFile[]>>;
  /** Every folder that was looked into, those that are not there too. */
  readonly folders: readonly SeenFolder[];
}

/** Finds every file of a package. `shownPath` makes the path that errors show. */
export function listPackageFiles(
  directory: string,
  settings: FolderSettings,
  found: Diagnostics,
  shownPath: (path: string) => string,
): PackageListing {
  const folders: SeenFolder[] = [];
  const finder = new FileFinder({
    root: directory,
    isIgnored: ignoreRules(directory, shownPath),
    shownPath,
    found,
    visit: (folder) => folders.push(seen(folder)),
  });
  return { files: mapValues(finders, (find) => find(finder, settings)), folders };
}

/**
 * The text of every file of a listing that is `wanted`, of seeds their size. A file that cannot be read is told to
 * `found` and left out.
 */
export function readPackageFiles(
  { files }: PackageListing,
  found: Diagnostics,
  shownPath: (path: string) => string,
  wanted: (shown: string) => boolean = () => true,
): PackageFiles {
  const texts = new Map<string, SourceFile | null>();
  const isWanted = (file: FoundFile): boolean => wanted(shownPath(file.path));
  const read = (list: readonly FoundFile[]): readonly SourceFile[] =>
    list.filter(isWanted).flatMap((file) => {
      const key = `${file.folder}\0${file.path}`;
      let text = texts.get(key);
      if (text === undefined) {
        text = found.collect(() => readTextFile({ ...file, shownPath: shownPath(file.path) })) ?? null;
        texts.set(key, text);
      }
      return text ?? [];
    });
  const { seeds, ...others } = files;
  const sized = (file: FoundFile): SeedFile => ({ ...file, sizeBytes: statSync(file.absolutePath).size });
  return {
    ...mapValues(others, read),
    seeds: seeds.filter(isWanted).map(sized),
  };
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)])) as Record<Key, To>;
}

const sql = /\.sql$/i;
const sqlOrPython = /\.(?:sql|py)$/i;
const sqlOrCsv = /\.(?:sql|csv)$/i;
const csv = /\.csv$/i;
const yaml = /\.ya?ml$/i;
const markdown = /\.md$/i;

type Find = (finder: FileFinder, settings: FolderSettings) => readonly FoundFile[];

/** How the files of each kind are found. */
const finders: Readonly<Record<keyof PackageFiles, Find>> = {
  models: (finder, { modelPaths }) => finder.find(modelPaths, sqlOrPython),
  seeds: (finder, { seedPaths }) => finder.find(seedPaths, csv),
  snapshots: (finder, { snapshotPaths }) => finder.find(snapshotPaths, sql),
  analyses: (finder, { analysisPaths }) => finder.find(analysisPaths, sql),
  singularTests: (finder, { testPaths }) =>
    finder.find(testPaths, sql).filter((file) => !/^(?:generic|fixtures)\//.test(within(file))),
  genericTests: (finder, { testPaths }) =>
    finder.find(testPaths, sql).filter((file) => within(file).startsWith('generic/')),
  macros: (finder, { macroPaths }) => finder.find(macroPaths, sql),
  properties: (finder, settings) => finder.find(resourceFolders(settings), yaml),
  docs: (finder, { docsPaths }) => finder.find(docsPaths, markdown),
  fixtures: (finder, { testPaths }) =>
    finder.find(testPaths, sqlOrCsv).filter((file) => within(file).startsWith('fixtures/')),
  functions: (finder, { functionPaths }) => finder.find(functionPaths, sqlOrPython),
};

/** Everything that a package's files may hold. */
export const fileKinds = Object.keys(finders) as readonly (keyof PackageFiles)[];

const within = (file: FoundFile): string =>
  file.folder === '.' ? file.path : file.path.slice(file.folder.length + 1);

function seen(path: string): SeenFolder {
  const stats = statSync(path, { throwIfNoEntry: false });
  return { path, modified: stats?.mtimeMs ?? -1, changed: stats?.ctimeMs ?? -1 };
}

/** Folders that may hold property files, which are also those of docs blocks unless `docs-paths` says otherwise. */
export function resourceFolders(settings: Omit<FolderSettings, 'docsPaths'>): readonly string[] {
  const { modelPaths, seedPaths, snapshotPaths, analysisPaths, macroPaths, testPaths, functionPaths } =
    settings;
  const folders = [modelPaths, seedPaths, snapshotPaths, analysisPaths, macroPaths, testPaths, functionPaths];
  return [...new Set(folders.flat())];
}

/** Walks each folder once, however many kinds of files it is searched for. */
class FileFinder {
  readonly #options: WalkOptions;
  readonly #folders = new Map<string, readonly FoundFile[]>();

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Files of the folders with that ending, by path; one under two of the folders stands in the first. */
  find(folders: readonly string[], ending: RegExp): readonly FoundFile[] {
    const byPath = new Map<string, FoundFile>();
    for (const folder of folders) {
      for (const file of this.#walk(normalFolder(folder, this.#options.root))) {
        if (ending.test(file.path) && !byPath.has(file.path)) byPath.set(file.path, file);
      }
    }
    const files = [...byPath.values()];
    return folders.length < 2 ? files : files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #walk(folder: string): readonly FoundFile[] {
    let files = this.#folders.get(folder);
    if (files === undefined) {
      files = walkFolder(this.#options, folder);
      this.#folders.set(folder, files);
    }
    return files;
  }
}

/** `./models/` is `models`, and so is its absolute path; an empty path is the package itself. */
function normalFolder(folder: string, root: string): string {
  const within = isAbsolute(folder) ? relative(root, folder) : folder;
  const parts = within.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '.' : parts.join('/');
}

function ignoreRules(directory: string, shownPath: (path: string) => string) {
  const path = '.dbtignore';
  const absolutePath = join(directory, path);
  const file = readOptionalFile({ path, folder: '', absolutePath, shownPath: shownPath(path) });
  return file === null ? nothingIgnored : parseIgnoreFile(file.text);
}
