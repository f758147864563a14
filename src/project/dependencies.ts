import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import { isMissing } from '../core/system-error.ts';
import { type DataFile, readDataFile } from './data-file.ts';
import {
  packageSpecInvalid,
  packagesTwice,
  projectsInPackages,
  unknownPackagesKey,
} from './package-errors.ts';
import { yamlSpan } from './yaml/locate.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';

/** What a project says that it depends on. */
export interface Dependencies {
  /** The file that has the list; null where no file has one. */
  readonly file: DataFile | null;
  /** Entries of `packages` as written: mappings, each with one of `packageKinds`. */
  readonly packages: readonly unknown[];
  /** False for `dependencies.yml`, whose texts are no templates. */
  readonly rendered: boolean;
  /** Names under `projects:`, which only dbt's platform can resolve. */
  readonly projects: readonly string[];
}

export const packageKinds = ['package', 'git', 'local', 'tarball', 'private'] as const;

/** Reads `packages.yml` and `dependencies.yml` of a project; mistakes are told. */
export function readDependencies(
  directory: string,
  found: Diagnostics,
  shownPath?: (path: string) => string,
): Dependencies {
  const packages = readDataFile(directory, 'packages.yml', found, shownPath);
  const dependencies = readDataFile(directory, 'dependencies.yml', found, shownPath);
  checkPackagesFile(packages, dependencies, found);
  const inDependencies = dependencies !== null && Object.hasOwn(dependencies.data, 'packages');
  const file = inDependencies ? dependencies : packages;
  return {
    file,
    packages: file === null ? [] : entriesOf(file, found),
    rendered: !inDependencies,
    projects: projectNames(dependencies?.data['projects']),
  };
}

function projectNames(projects: unknown): readonly string[] {
  if (!Array.isArray(projects)) return [];
  return projects.map((project: unknown) => String(isMapping(project) ? recordOf(project)['name'] : project));
}

function checkPackagesFile(
  packages: DataFile | null,
  dependencies: DataFile | null,
  found: Diagnostics,
): void {
  if (packages === null) return;
  const { path, text } = packages.file;
  const place = (key: string) => yamlSpan(path, text, [key], 'key');
  for (const key of Object.keys(packages.data)) {
    if (key === 'projects') found.add(projectsInPackages(place(key)));
    else if (key !== 'packages' && key !== 'sha1_hash') found.add(unknownPackagesKey(place(key), path, key));
  }
  if (Object.hasOwn(packages.data, 'packages') && Object.hasOwn(dependencies?.data ?? {}, 'packages')) {
    found.add(packagesTwice(place('packages')));
  }
}

function entriesOf({ file, data }: DataFile, found: Diagnostics): readonly unknown[] {
  const list = data['packages'] ?? [];
  const place = (...path: (string | number)[]) => yamlSpan(file.path, file.text, path, 'value');
  if (!Array.isArray(list)) {
    found.add(packageSpecInvalid(place('packages'), file.path, packageKinds));
    return [];
  }
  for (const [index, entry] of list.entries()) {
    const isSpec = isMapping(entry) && packageKinds.some((kind) => Object.hasOwn(entry, kind));
    if (!isSpec) found.add(packageSpecInvalid(place('packages', index), file.path, packageKinds));
  }
  return list;
}

/** Absolute folders of the installed packages, links to folders included, in the order of their names. */
export function installedFolders(installDirectory: string): readonly string[] {
  try {
    return readdirSync(installDirectory)
      .filter((name) => !name.startsWith('__'))
      .sort()
      .map((name) => join(installDirectory, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
  } catch (caught) {
    if (isMissing(caught)) return [];
    throw caught;
  }
}
