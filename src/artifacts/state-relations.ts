import { readFile } from 'node:fs/promises';
import { DiagnosticError } from '../core/diagnostic.ts';
import { isSystemError } from '../core/system-error.ts';
import type { UniqueId } from '../manifest/node.ts';
import { artifactNotRead, artifactNotUnderstood } from './errors.ts';

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
 * Which relations the models, seeds and snapshots of a manifest make, by node; ephemeral models make none. Manifests of
 * other versions of dbt are read too: no more is asked of them. Null where there is no file. Throws
 * `artifact-not-read`, `artifact-not-understood`.
 */
export async function readStateRelations(path: string): Promise<ReadonlyMap<UniqueId, StateRelation> | null> {
  const nodes = await readNodes(path);
  if (nodes === null) return null;
  const out = new Map<UniqueId, StateRelation>();
  for (const [id, node] of Object.entries(nodes)) {
    if (!isRecord(node) || !types.has(node['resource_type'])) continue;
    const { alias, name, config } = node;
    if (isRecord(config) && config['materialized'] === 'ephemeral') continue;
    const identifier = textOf(alias) ?? textOf(name);
    if (identifier === null)
      throw new DiagnosticError(artifactNotUnderstood(path, 'manifest', `${id}: no name`));
    out.set(id, {
      database: textOf(node['database']),
      schema: textOf(node['schema']),
      identifier,
      relationName: textOf(node['relation_name']),
    });
  }
  return out;
}

async function readNodes(path: string): Promise<Readonly<Record<string, unknown>> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
    if (caught.code === 'ENOENT' || caught.code === 'ENOTDIR') return null;
    throw new DiagnosticError(artifactNotRead(path, caught), { cause: caught });
  }
  try {
    const manifest: unknown = JSON.parse(text);
    if (isRecord(manifest) && isRecord(manifest['nodes'])) return manifest['nodes'];
  } catch (caught) {
    throw new DiagnosticError(artifactNotUnderstood(path, 'manifest', 'it is no JSON'), { cause: caught });
  }
  throw new DiagnosticError(artifactNotUnderstood(path, 'manifest', 'it has no nodes'));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
