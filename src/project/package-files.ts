import { statSync } from 'node:fs';
import { join } from 'node:path';
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

/**
 * Every file of a package by what it holds, with the text of all but seeds. A file that cannot be read is told to
 * `found` and left out. `shownPath` makes the path that errors show; the path itself unless given.
 */
export function readPackageFiles(
  directory: string,
  settings: FolderSettings,
  found: Diagnostics,
  shownPath: (path: string) => string = (path) => path,
): PackageFiles {
  const reader = new FileReader({
    root: directory,
    isIgnored: ignoreRules(directory, shownPath),
    shownPath,
    found,
  });
  const tests = reader.find(settings.testPaths, sql);
  return {
    models: reader.read(settings.modelPaths, sqlOrPython),
    seeds: reader.seeds(settings.seedPaths),
    snapshots: reader.read(settings.snapshotPaths, sql),
    analyses: reader.read(settings.analysisPaths, sql),
    singularTests: reader.texts(tests.filter((file) => !/^(?:generic|fixtures)\//.test(within(file)))),
    genericTests: reader.texts(tests.filter((file) => within(file).startsWith('generic/'))),
    macros: reader.read(settings.macroPaths, sql),
    properties: reader.read(resourceFolders(settings), yaml),
    docs: reader.read(settings.docsPaths, markdown),
    fixtures: reader.texts(
      reader.find(settings.testPaths, sqlOrCsv).filter((file) => within(file).startsWith('fixtures/')),
    ),
    functions: reader.read(settings.functionPaths, sqlOrPython),
  };
}

const sql = /\.sql$/i;
const sqlOrPython = /\.(?:sql|py)$/i;
const sqlOrCsv = /\.(?:sql|csv)$/i;
const csv = /\.csv$/i;
const yaml = /\.ya?ml$/i;
const markdown = /\.md$/i;

const within = (file: FoundFile): string =>
  file.folder === '.' ? file.path : file.path.slice(file.folder.length + 1);

/** Folders that may hold property files, which are also those of docs blocks unless `docs-paths` says otherwise. */
export function resourceFolders(settings: Omit<FolderSettings, 'docsPaths'>): readonly string[] {
  const { modelPaths, seedPaths, snapshotPaths, analysisPaths, macroPaths, testPaths, functionPaths } =
    settings;
  const folders = [modelPaths, seedPaths, snapshotPaths, analysisPaths, macroPaths, testPaths, functionPaths];
  return [...new Set(folders.flat())];
}

/** Walks each folder and reads each file once, however many kinds look at it. */
class FileReader {
  readonly #options: WalkOptions;
  readonly #folders = new Map<string, readonly FoundFile[]>();
  readonly #texts = new Map<string, SourceFile | null>();

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Files of the folders with that ending, by path; one under two of the folders stands in the first. */
  find(folders: readonly string[], ending: RegExp): readonly FoundFile[] {
    const byPath = new Map<string, FoundFile>();
    for (const folder of folders) {
      for (const file of this.#walk(normalFolder(folder))) {
        if (ending.test(file.path) && !byPath.has(file.path)) byPath.set(file.path, file);
      }
    }
    const files = [...byPath.values()];
    return folders.length < 2 ? files : files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  read(folders: readonly string[], ending: RegExp): readonly SourceFile[] {
    return this.texts(this.find(folders, ending));
  }

  texts(files: readonly FoundFile[]): readonly SourceFile[] {
    return files.flatMap((file) => this.#text(file) ?? []);
  }

  seeds(folders: readonly string[]): readonly SeedFile[] {
    return this.find(folders, csv).map((file) => ({ ...file, sizeBytes: statSync(file.absolutePath).size }));
  }

  #walk(folder: string): readonly FoundFile[] {
    let files = this.#folders.get(folder);
    if (files === undefined) {
      files = walkFolder(this.#options, folder);
      this.#folders.set(folder, files);
    }
    return files;
  }

  #text(file: FoundFile): SourceFile | null {
    const key = `${file.folder}\0${file.path}`;
    let text = this.#texts.get(key);
    if (text === undefined) {
      const { found, shownPath } = this.#options;
      text = found.collect(() => readTextFile({ ...file, shownPath: shownPath(file.path) })) ?? null;
      this.#texts.set(key, text);
    }
    return text;
  }
}

/** `./models/` is `models`; an empty path is the package itself. */
function normalFolder(folder: string): string {
  const parts = folder.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '.' : parts.join('/');
}

function ignoreRules(directory: string, shownPath: (path: string) => string) {
  const path = '.dbtignore';
  const absolutePath = join(directory, path);
  const file = readOptionalFile({ path, folder: '', absolutePath, shownPath: shownPath(path) });
  return file === null ? nothingIgnored : parseIgnoreFile(file.text);
}
