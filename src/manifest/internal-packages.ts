import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterFacts } from '../adapter/facts.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Dispatch } from '../jinja/walk.ts';
import type { SourceFile } from '../project/project.ts';

/** A block of a file, with what its text mentions; null where that is to be found out. */
export interface IndexedBlock extends SourceBlock {
  readonly mentions: MacroMentions | null;
}

export interface MacroMentions {
  readonly calls: readonly string[];
  readonly dispatches: readonly Pick<Dispatch, 'macro' | 'namespace'>[];
}

/** A file of macros; its blocks are known before where it comes from the index that the build made. */
export interface MacroFile extends SourceFile {
  readonly blocks?: readonly IndexedBlock[];
}

/** One of our own packages of macros, seen by templates as `dbt`, `dbt_duckdb`, ... */
export interface InternalPackage {
  readonly name: string;
  readonly macros: readonly MacroFile[];
  readonly docs: readonly SourceFile[];
}

/** Names of our packages that a warehouse uses, the most general first. */
export function internalPackageNames(facts: AdapterFacts): readonly string[] {
  const parents = facts.dispatchParents.map((parent) => `dbt_${parent}`).reverse();
  return [...new Set(['dbt', ...parents, facts.macroPackage])];
}

/**
 * Reads `<directory>/<package>/**` for the names that have a folder; paths of macros begin with `macros/`, those of what
 * lies in `<package>/docs` with `docs/`. `index` is the file that the build made of them all, which spares a start their
 * reading and parsing; null where there is none.
 */
export function readInternalPackages(
  directory: string,
  names: readonly string[],
  index: string | null = null,
): readonly InternalPackage[] {
  if (index !== null) {
    const packages = JSON.parse(readFileSync(index, 'utf8')) as readonly InternalPackage[];
    return names.flatMap((name) => packages.filter((one) => one.name === name));
  }
  return names.map((name) => ({
    name,
    macros: filesBelow(join(directory, name), 'macros', '.sql'),
    docs: filesBelow(join(directory, name, 'docs'), 'docs', '.md'),
  }));
}

/** Files of one ending; `path` is what the folder is called in their paths. */
function filesBelow(directory: string, path: string, ending: string): SourceFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failure;
  }
  const out: SourceFile[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const absolutePath = join(directory, entry.name);
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) out.push(...filesBelow(absolutePath, inner, ending));
    else if (entry.name.endsWith(ending)) {
      const [folder] = inner.split('/');
      out.push({ path: inner, folder: folder!, absolutePath, text: readFileSync(absolutePath, 'utf8') });
    }
  }
  return out;
}
