import { DiagnosticError } from '../core/diagnostic.ts';
import type { UniqueId } from '../manifest/node.ts';
import { isRecord, type PlainRecord, textOf } from '../manifest/record.ts';
import { artifactNotUnderstood } from './errors.ts';
import type { FormerManifest } from './former-manifest.ts';

/** The relation that a node made in the run that a manifest tells of. */
export interface StateRelation {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string;
  /** As SQL; null where the manifest does not say. */
  readonly relationName: string | null;
}

const types: ReadonlySet<unknown> = new Set(['model', 'seed', 'snapshot']);

/**
 * Which relations the models, seeds and snapshots of a manifest make, by node; ephemeral models make none. `path` is
 * the manifest's, for errors. Throws `artifact-not-understood`.
 */
export function stateRelations(
  { nodes }: FormerManifest,
  path: string,
): ReadonlyMap<UniqueId, StateRelation> {
  return relationsOf(nodes, path, (node) => types.has(node['resource_type']) && !isEphemeral(node));
}

/** The same of the functions of a manifest, which are called by these names. */
export function stateFunctions(
  { others }: FormerManifest,
  path: string,
): ReadonlyMap<UniqueId, StateRelation> {
  return relationsOf(others, path, (node) => node['resource_type'] === 'function');
}

function relationsOf(
  nodes: ReadonlyMap<UniqueId, PlainRecord>,
  path: string,
  makesOne: (node: PlainRecord) => boolean,
): ReadonlyMap<UniqueId, StateRelation> {
  const out = new Map<UniqueId, StateRelation>();
  for (const [id, node] of nodes) if (makesOne(node)) out.set(id, relationOf(node, id, path));
  return out;
}

const isEphemeral = ({ config }: PlainRecord): boolean =>
  isRecord(config) && config['materialized'] === 'ephemeral';

function relationOf(node: PlainRecord, id: UniqueId, path: string): StateRelation {
  const identifier = textOf(node['alias']) ?? textOf(node['name']);
  if (identifier === null) {
    throw new DiagnosticError(artifactNotUnderstood(path, 'manifest', `${id}: no name`));
  }
  return {
    database: textOf(node['database']),
    schema: textOf(node['schema']),
    identifier,
    relationName: textOf(node['relation_name']),
  };
}
