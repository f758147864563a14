import { cp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.ts';
import { makeFolder } from '../core/make-folder.ts';
import {
  cannotWrite,
  folderExists,
  projectNameInvalid,
  projectNameMissing,
  projectNameReserved,
} from './errors.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import type { CommandOptions } from './options.ts';

export interface InitOptions extends CommandOptions {
  /** Also the name of the folder, which is made in the working directory. */
  readonly projectName?: string;
}

export interface InitOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  /** Absolute; empty where nothing was written. */
  readonly directory: string;
  readonly files: readonly string[];
}

const placeholder = 'sluice_example';

/** Names that templates or dbt's own files use; a project of that name would hide them. */
const reserved = new Set([
  'adapter',
  'api',
  'config',
  'context',
  'dbt',
  'env_var',
  'ref',
  'source',
  'target',
  'this',
  'var',
]);

/** Copies the example project under a new name: all of it, or, when anything fails, nothing. */
export function init(options: InitOptions, surroundings: Surroundings): Invocation<InitOutcome> {
  return invoke(
    'init',
    surroundings,
    () => 'warn',
    { directory: '', files: [] },
    async ({ emit, world, templateDirectory }) => {
      const name = options.projectName;
      if (name === undefined) throw new DiagnosticError(projectNameMissing());
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new DiagnosticError(projectNameInvalid(name));
      if (reserved.has(name)) throw new DiagnosticError(projectNameReserved(name));
      const directory = resolve(world.workingDirectory, name);
      if (await exists(directory)) throw new DiagnosticError(folderExists(directory));
      const files = await copyExample(templateDirectory, directory, name);
      const text = `Made the project '${name}': ${files.length} files in ${name}/. Next: cd ${name} && sluice build`;
      emit({ name: 'message', level: 'info', text });
      return { success: true, interrupted: false, directory, files };
    },
  );
}

async function copyExample(template: string, directory: string, name: string): Promise<string[]> {
  const building = join(dirname(directory), `.${name}.sluice-init`);
  try {
    await rm(building, { recursive: true, force: true });
    makeFolder(dirname(directory));
    await cp(template, building, { recursive: true });
    // npm leaves files of that name out of a package, so it is shipped without the dot.
    await rename(join(building, 'gitignore'), join(building, '.gitignore'));
    const files = await listFiles(building);
    for (const file of files) await renameIn(join(building, file), name);
    await rename(building, directory);
    return files;
  } catch (caught) {
    await rm(building, { recursive: true, force: true }).catch(() => {});
    throw new DiagnosticError(cannotWrite(directory, (caught as Error).message), { cause: caught });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

async function renameIn(path: string, name: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text.includes(placeholder)) await writeFile(path, text.replaceAll(placeholder, name));
}
