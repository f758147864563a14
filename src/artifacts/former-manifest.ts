import { DiagnosticError } from '../core/diagnostic.ts';
import type { UniqueId } from '../manifest/node.ts';
import { isRecord, type PlainRecord } from '../manifest/record.ts';
import { artifactNotUnderstood } from './errors.ts';
import { readJsonIfThere } from './read.ts';

/**
 * The manifest that an earlier run left, of whatever version from dbt 1.5 on: entries are as they were written, so that
 * members that came later are missing.
 */
export interface FormerManifest {
  /** Name of the root project; null where the manifest does not say. */
  readonly projectName: string | null;
  /** What stands under `nodes`: models, seeds, snapshots, tests, analyses, operations. */
  readonly nodes: ReadonlyMap<UniqueId, PlainRecord>;
  /** Sources, exposures, metrics and all else that stands in the graph beside the nodes. */
  readonly others: ReadonlyMap<UniqueId, PlainRecord>;
  readonly macros: ReadonlyMap<UniqueId, PlainRecord>;
}

/** Versions of the format from dbt 1.5 (v9) to 1.11 (v12). */
const versions = [9, 12] as const;

const otherSections = [
  'sources',
  'exposures',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
] as const;

/** Null where there is no such file. Throws `artifact-not-read`, `artifact-not-understood`. */
export async function readFormerManifest(path: string): Promise<FormerManifest | null> {
  const read = await readJsonIfThere(path, 'manifest');
  if (read === undefined) return null;
  const refuse = (detail: string): never => {
    throw new DiagnosticError(artifactNotUnderstood(path, 'manifest', detail));
  };
  if (!isRecord(read) || !isRecord(read['nodes'])) return refuse('it has no nodes');
  const manifest = read;
  const metadata = isRecord(manifest['metadata']) ? manifest['metadata'] : {};
  const version = /\/manifest\/v(\d+)\.json$/.exec(String(metadata['dbt_schema_version']))?.[1];
  if (version !== undefined && (Number(version) < versions[0] || Number(version) > versions[1])) {
    refuse(`its format is version ${version}; known are ${versions[0]} to ${versions[1]} (dbt 1.5 to 1.11)`);
  }
  const section = (name: string): [UniqueId, PlainRecord][] => {
    const entries = manifest[name] ?? {};
    if (!isRecord(entries)) return refuse(`${name} is no mapping`);
    return Object.entries(entries).map(([id, entry]) =>
      isRecord(entry) ? [id, entry] : refuse(`${id} is no mapping`),
    );
  };
  const { project_name: projectName } = metadata;
  return {
    projectName: typeof projectName === 'string' ? projectName : null,
    nodes: new Map(section('nodes')),
    others: new Map(otherSections.flatMap(section)),
    macros: new Map(section('macros')),
  };
}
