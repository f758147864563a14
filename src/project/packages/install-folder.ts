import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { makeFolder } from '../../core/make-folder.ts';
import type { World } from '../../core/world.ts';
import { resourceFolders } from '../package-files.ts';
import type { ProjectSettings } from '../project.ts';
import { installFailed, installPathRefused, installRunning } from './lock-errors.ts';

/**
 * The folder of the installed packages while one process works on it. What is new is made aside, in a folder that
 * project loading passes over, as dbt does with names that begin with `__`.
 */
export interface InstallFolder {
  /** For fetched packages; on the same file system as the installed ones. */
  readonly workspace: string;
  /** Absolute path of an installed package. */
  pathOf(name: string): string;
  /** Puts a folder, or a link, in the place of a package. Between old and new lie two renames and nothing else. */
  put(name: string, from: string): void;
  /** Removes everything else. */
  keepOnly(names: ReadonlySet<string>): void;
  /** Installing nothing makes the folder too, as in dbt. */
  keepEvenEmpty(): void;
  /** Removes what was aside, and the folder where it was made in vain. */
  close(): void;
}

const asideName = '__sluice';

/**
 * Opens it, after putting back what a killed installation had taken away. Throws DiagnosticError `deps-running`
 * where another process works on it, `packages-not-written`.
 */
export function openInstallFolder(directory: string, { uuid }: Pick<World, 'uuid'>): InstallFolder {
  const aside = join(directory, asideName);
  const old = join(aside, 'old');
  let inVain = !existsSync(directory);
  writing(directory, () => {
    makeFolder(directory);
    takeOver(directory, aside, uuid());
    for (const folder of ['old', 'new']) makeFolder(join(aside, folder));
  });
  return {
    workspace: join(aside, 'new'),
    pathOf: (name) => join(directory, name),
    put: (name, from) =>
      writing(directory, () => {
        const place = join(directory, name);
        const replaced = join(old, name);
        rmSync(replaced, { recursive: true, force: true });
        if (isThere(place)) renameSync(place, replaced);
        renameSync(from, place);
      }),
    keepOnly: (names) =>
      writing(directory, () => {
        const others = readdirSync(directory).filter((name) => name !== asideName && !names.has(name));
        for (const name of others) rmSync(join(directory, name), { recursive: true, force: true });
      }),
    keepEvenEmpty: () => {
      inVain = false;
    },
    close: () => {
      rmSync(aside, { recursive: true, force: true });
      if (inVain && readdirSync(directory).length === 0) rmdirSync(directory);
    },
  };
}

/** Makes the folder aside ours: it arrives whole, with its owner's name in it, so that only one process gets it. */
function takeOver(directory: string, aside: string, id: string): void {
  const mine = join(directory, `${asideName}-${id}`);
  mkdirSync(mine);
  try {
    writeFileSync(join(mine, 'owner.json'), JSON.stringify({ pid: process.pid, host: hostname() }));
    if (isThere(aside)) {
      if (isOwned(aside)) throw new DiagnosticError(installRunning(aside));
      putBack(directory, aside);
      rmSync(aside, { recursive: true, force: true });
    }
    renameSync(mine, aside);
  } catch (caught) {
    rmSync(mine, { recursive: true, force: true });
    const { code } = caught as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new DiagnosticError(installRunning(aside));
    throw caught;
  }
}

function isOwned(aside: string): boolean {
  let owner: { readonly pid?: unknown; readonly host?: unknown };
  try {
    owner = JSON.parse(readFileSync(join(aside, 'owner.json'), 'utf8')) as typeof owner;
  } catch {
    return false;
  }
  if (owner.host !== hostname()) return true;
  if (typeof owner.pid !== 'number' || owner.pid === process.pid) return owner.pid === process.pid;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process that was killed between the two renames has left the old package aside, and nothing in its place. */
function putBack(directory: string, aside: string): void {
  const old = join(aside, 'old');
  if (!existsSync(old)) return;
  for (const name of readdirSync(old)) {
    if (!isThere(join(directory, name))) renameSync(join(old, name), join(directory, name));
  }
}

/** There, be it a link to nothing. */
function isThere(path: string): boolean {
  const folder = join(path, '..');
  return existsSync(folder) && readdirSync(folder).includes(path.slice(folder.length + 1));
}

function writing<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (caught) {
    if (caught instanceof DiagnosticError) throw caught;
    throw new DiagnosticError(installFailed(directory, (caught as Error).message), { cause: caught });
  }
}

/** Makes a link to a folder, or, where the system has none for us, a copy; says which. */
export async function linkOrCopy(target: string, place: string): Promise<'linked' | 'copied'> {
  try {
    symlinkSync(target, place, 'junction');
    return 'linked';
  } catch {
    await cp(target, place, {
      recursive: true,
      filter: (path) => !path.startsWith(join(target, '.git') + sep),
    });
    return 'copied';
  }
}

/**
 * The absolute folder of the installed packages. Throws DiagnosticError `packages-install-path` where it holds the
 * project or its files: what is in it is deleted.
 */
export function installDirectoryOf(directory: string, settings: ProjectSettings): string {
  const { packagesInstallPath } = settings;
  const install = resolve(directory, packagesInstallPath);
  const contains = (path: string): boolean => path === install || path.startsWith(withSeparator(install));
  const held = contains(directory)
    ? '.'
    : resourceFolders(settings).find((path) => contains(resolve(directory, path)));
  if (held === undefined) return install;
  const what =
    held === '.'
      ? 'the project is in it'
      : `${relative(directory, resolve(directory, held))} of the project is in it`;
  throw new DiagnosticError(installPathRefused(packagesInstallPath, what));
}

const withSeparator = (path: string): string => (path.endsWith(sep) ? path : path + sep);
