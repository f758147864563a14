import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { replaceFile } from '../../core/replace-file.ts';
import { variableOf, type World } from '../../core/world.ts';
import { type MappingReader, type ProjectGlance, yamlMappingReader } from '../flags/project-flags.ts';

/** What of a project can be named, as its manifest has it. */
export interface NodeNames {
  /** By resource type; sources as `source.table`, models with a version as `model.v2`. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly sources: readonly string[];
  readonly tags: readonly string[];
  readonly groups: readonly string[];
  readonly packages: readonly string[];
  readonly materializations: readonly string[];
  readonly testNames: readonly string[];
  /** Of files, from the project's root. */
  readonly paths: readonly string[];
  /** Macros of the project by name, those of packages as `package.name`. */
  readonly macros: readonly string[];
}

const nothing: NodeNames = {
  nodes: {},
  sources: [],
  tags: [],
  groups: [],
  packages: [],
  materializations: [],
  testNames: [],
  paths: [],
  macros: [],
};

/**
 * Names of the manifest in `folder`; of none where there is none. What was found is kept beside the parse cache, where
 * that is, because a large manifest takes longer to read than anyone waits for a completion.
 */
export function nodeNames(folder: string): NodeNames {
  const path = join(folder, 'manifest.json');
  const kept = join(folder, 'sluice-cache', 'completion.json');
  try {
    const { mtimeMs, size } = statSync(path);
    const stamp = `1 ${mtimeMs} ${size}`;
    const before = readKept(kept);
    if (before?.stamp === stamp) return before.names;
    const names = namesOf(JSON.parse(readFileSync(path, 'utf8')));
    keep(kept, { stamp, names });
    return names;
  } catch {
    return nothing;
  }
}

interface Kept {
  readonly stamp: string;
  readonly names: NodeNames;
}

function readKept(path: string): Kept | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function keep(path: string, kept: Kept): void {
  try {
    replaceFile(path, (write) => write(JSON.stringify(kept)), { durable: false });
  } catch {
    // The folder may not be ours to write in; then the manifest is read each time.
  }
}

type Entry = Readonly<Record<string, unknown>>;
type Manifest = Readonly<Record<string, Readonly<Record<string, Entry>> | undefined>>;

const sections = [
  'nodes',
  'exposures',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
];

function namesOf(manifest: Manifest): NodeNames {
  const nodes = new Map<string, Set<string>>();
  const [tags, groups, packages] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [materializations, testNames, paths] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const sources = new Set<string>();
  const macros = new Set<string>();
  const add = (set: Set<string>, ...values: readonly unknown[]): void => {
    for (const value of values) if (typeof value === 'string' && value !== '') set.add(value);
  };
  for (const entry of sections.flatMap((section) => Object.values(manifest[section] ?? {}))) {
    const type = String(entry['resource_type']);
    const of = nodes.get(type) ?? new Set();
    nodes.set(type, of);
    const version = entry['version'];
    add(of, version === null || version === undefined ? entry['name'] : `${entry['name']}.v${version}`);
    const config = (entry['config'] ?? {}) as Entry;
    add(tags, ...listOf(entry['tags']));
    add(groups, config['group']);
    add(packages, entry['package_name']);
    add(materializations, config['materialized']);
    add(testNames, (entry['test_metadata'] as Entry | undefined)?.['name']);
    if (type !== 'test') add(paths, entry['original_file_path']);
  }
  for (const entry of Object.values(manifest['sources'] ?? {})) {
    add(sources, entry['source_name'], `${entry['source_name']}.${entry['name']}`);
    add(tags, ...listOf(entry['tags']));
    add(packages, entry['package_name']);
  }
  const project = manifest['metadata']?.['project_name'] as unknown;
  for (const entry of Object.values(manifest['macros'] ?? {})) {
    const owner = String(entry['package_name']);
    if (owner === 'dbt' || owner.startsWith('dbt_duckdb') || owner.startsWith('dbt_postgres')) continue;
    add(macros, owner === project ? entry['name'] : `${owner}.${entry['name']}`);
  }
  const list = (set: ReadonlySet<string>): readonly string[] => [...set].sort();
  return {
    nodes: Object.fromEntries([...nodes].map(([type, of]) => [type, list(of)])),
    sources: list(sources),
    tags: list(tags),
    groups: list(groups),
    packages: list(packages),
    materializations: list(materializations),
    testNames: list(testNames),
    paths: list(paths),
    macros: list(macros),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Names that stand in YAML files. */
export interface FileNames {
  readonly targets: readonly string[];
  readonly profiles: readonly string[];
  readonly selectors: readonly string[];
}

/** Names of `profiles.yml` and `selectors.yml`; files that cannot be read have none. `given` are flags as typed. */
export async function fileNames(
  given: Readonly<Record<string, string>>,
  { directory, text }: ProjectGlance,
  world: World,
): Promise<FileNames> {
  const read = await yamlMappingReader();
  const { profilesFolder } = await import('../../project/profiles.ts');
  const projectDirectory = directory ?? world.workingDirectory;
  const folder = profilesFolder({ world, projectDirectory, profilesDirectory: given['profilesDir'] ?? null });
  const profiles = mappingOf(join(folder, 'profiles.yml'), read);
  const project = mappingIn(text, read);
  const named =
    given['profile'] ?? variableOf(world.env, 'PROFILE')?.value ?? String(project['profile'] ?? '');
  const profile = (profiles[named] ?? {}) as Entry;
  const selectors = listOf(mappingOf(resolve(projectDirectory, 'selectors.yml'), read)['selectors']);
  return {
    profiles: Object.keys(profiles).filter((name) => name !== 'config'),
    targets: Object.keys((profile['outputs'] ?? {}) as Entry),
    selectors: selectors.map((one) => String((one as Entry | null)?.['name'] ?? '')).filter(Boolean),
  };
}

function mappingOf(path: string, read: MappingReader): Entry {
  try {
    return mappingIn(readFileSync(path, 'utf8'), read);
  } catch {
    return {};
  }
}

function mappingIn(text: string, read: MappingReader): Entry {
  try {
    return read(text, 'completion') ?? {};
  } catch {
    return {};
  }
}
