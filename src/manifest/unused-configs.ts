import type { ConfigSection, ProjectPackage } from '../project/project.ts';
import { yamlSpan } from '../project/yaml/locate.ts';
import { unusedConfigPaths } from './config/errors.ts';
import type { ParseState } from './parse-state.ts';
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

const pathsOf = (level: PlainRecord, path: readonly string[], out: Map<string, readonly string[]>): void => {
  for (const [key, value] of Object.entries(level)) {
    if (isRecord(value) && !key.startsWith('+')) pathsOf(value, [...path, key], out);
    else out.set(path.join('\u0000'), path);
  }
};

const plurals: Readonly<Record<string, string>> = {
  analysis: 'analyses',
  saved_query: 'saved_queries',
  test: 'data_tests',
};

/** Collects fqns by plural resource type; the fqns of disabled nodes count for every section. */
export class FqnIndex {
  readonly #used = new Map<string, Set<string>>();
  readonly #disabled = new Set<string>();

  add(type: string, fqn: readonly string[]): void {
    const plural = plurals[type] ?? `${type}s`;
    addPrefixes(
      entryOf(this.#used, plural, () => new Set<string>()),
      fqn,
    );
  }

  addDisabled(fqn: readonly string[]): void {
    addPrefixes(this.#disabled, fqn);
  }

  has(section: string, path: readonly string[]): boolean {
    const key = path.join('\u0000');
    return (this.#used.get(section)?.has(key) ?? false) || this.#disabled.has(key);
  }
}

function addPrefixes(set: Set<string>, fqn: readonly string[]): void {
  for (let length = 0; length <= fqn.length; length += 1) set.add(fqn.slice(0, length).join('\u0000'));
}

/** Tells paths of the root project's file that configure nothing. */
export function tellUnusedConfigs(state: ParseState, root: ProjectPackage, fqns: FqnIndex): void {
  const unused: string[] = [];
  let place: readonly string[] | null = null;
  for (const section of sections) {
    const paths = new Map<string, readonly string[]>();
    pathsOf(root.settings.configs[section] ?? {}, [], paths);
    for (const path of paths.values()) {
      if (fqns.has(section, path)) continue;
      unused.push([section, ...path].join('.'));
      place ??= [section, ...path];
    }
  }
  if (place === null) return;
  const file = root.settingsFile;
  const span = file === null ? null : yamlSpan(file.path, file.text, place, 'key');
  state.found.add(unusedConfigPaths(unused, span));
}
