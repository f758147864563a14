import type { Diagnostic } from '../core/diagnostic.ts';
import type { ConfigSection, ProjectPackage } from '../project/project.ts';
import { yamlSpan } from '../project/yaml/locate.ts';
import { unusedConfigPaths } from './config/errors.ts';
import { entryOf, isRecord, type PlainRecord } from './record.ts';

/** Sections in the order in which dbt looks at them, with the plural of the resource type that they configure. */
const sections: readonly ConfigSection[] = [
  'models',
  'seeds',
  'snapshots',
  'sources',
  'data_tests',
  'unit_tests',
  'metrics',
  'semantic_models',
  'saved_queries',
  'exposures',
  'functions',
];

const plurals: Readonly<Record<string, string>> = {
  analysis: 'analyses',
  saved_query: 'saved_queries',
  test: 'data_tests',
};

/** A folder of a section's configuration, and whether something of the project lies in it. */
interface ConfigFolder {
  readonly path: readonly string[];
  readonly inner: Map<string, ConfigFolder>;
  /** Holds configuration of its own: it is told where nothing lies in it. */
  configures: boolean;
  used: boolean;
}

/** The folders of every section, marked by the fqns of the project's nodes; those of disabled nodes count for every section. */
class ConfigFolders {
  readonly #sections = new Map<string, ConfigFolder>();

  constructor(configs: ProjectPackage['settings']['configs']) {
    for (const section of sections) {
      const level = configs[section];
      if (level === undefined || Object.keys(level).length === 0) continue;
      const top: ConfigFolder = { path: [], inner: new Map(), configures: false, used: false };
      addLevel(top, level);
      this.#sections.set(section, top);
    }
  }

  add(type: string, fqn: readonly string[]): void {
    const folder = this.#sections.get(plurals[type] ?? `${type}s`);
    if (folder !== undefined) mark(folder, fqn);
  }

  addDisabled(fqn: readonly string[]): void {
    for (const folder of this.#sections.values()) mark(folder, fqn);
  }

  *unused(): Generator<readonly string[]> {
    for (const [section, folder] of this.#sections) {
      for (const path of unusedBelow(folder)) yield [section, ...path];
    }
  }
}

function addLevel(folder: ConfigFolder, level: PlainRecord): void {
  for (const [key, value] of Object.entries(level)) {
    if (!isRecord(value) || key.startsWith('+')) {
      folder.configures = true;
      continue;
    }
    const make = (): ConfigFolder => ({
      path: [...folder.path, key],
      inner: new Map(),
      configures: false,
      used: false,
    });
    addLevel(entryOf(folder.inner, key, make), value);
  }
}

function mark(top: ConfigFolder, fqn: readonly string[]): void {
  let folder: ConfigFolder | undefined = top;
  for (let depth = 0; folder !== undefined; depth += 1) {
    folder.used = true;
    if (depth === fqn.length) return;
    folder = folder.inner.get(fqn[depth]!);
  }
}

function* unusedBelow(folder: ConfigFolder): Generator<readonly string[]> {
  if (folder.configures && !folder.used) yield folder.path;
  for (const inner of folder.inner.values()) yield* unusedBelow(inner);
}

/** What the project's nodes are called, as far as configuration looks at it. */
export interface NodeFqns {
  /** Resource type and fqn. */
  readonly enabled: Iterable<readonly [string, readonly string[]]>;
  readonly disabled: Iterable<readonly string[]>;
}

/** One warning of all paths of the root project's file that configure nothing; none where there are none. */
export function unusedConfigs(
  { settings, settingsFile }: Pick<ProjectPackage, 'settings' | 'settingsFile'>,
  fqns: NodeFqns,
): readonly Diagnostic[] {
  const folders = new ConfigFolders(settings.configs);
  for (const [type, fqn] of fqns.enabled) folders.add(type, fqn);
  for (const fqn of fqns.disabled) folders.addDisabled(fqn);
  const unused = [...folders.unused()];
  const [first] = unused;
  if (first === undefined) return [];
  const span = settingsFile === null ? null : yamlSpan(settingsFile.path, settingsFile.text, first, 'key');
  const paths = unused.map((path) => path.join('.'));
  return [unusedConfigPaths(paths, span)];
}
