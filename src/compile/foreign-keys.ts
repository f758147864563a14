import type { SessionNode } from '../manifest/node.ts';
import { readReference } from '../manifest/properties/model-extras.ts';
import type { PlainRecord } from '../manifest/record.ts';
import { deferredRelation } from './deferral.ts';
import { relationOf } from './relations.ts';
import type { CompileServices } from './services.ts';

/**
 * The node with the name of a relation where a foreign key says `to: ref('customers')`. With `--defer` that is the other
 * run's relation wherever it has one, as in dbt.
 */
export function withForeignKeys(services: CompileServices, node: SessionNode): SessionNode {
  if (node.resource_type !== 'model') return node;
  const columns = Object.entries(node.columns);
  const all = [node.constraints, ...columns.map(([, column]) => column.constraints)].flat();
  if (!all.some(pointsSomewhere)) return node;
  const resolved = (constraints: readonly PlainRecord[]): readonly PlainRecord[] =>
    constraints.map((one) =>
      pointsSomewhere(one)
        ? { ...one, to: targetName(services, node.package_name, one['to']) ?? one['to'] }
        : one,
    );
  return {
    ...node,
    constraints: resolved(node.constraints),
    columns: Object.fromEntries(
      columns.map(([name, column]) => [name, { ...column, constraints: resolved(column.constraints) }]),
    ),
  };
}

const pointsSomewhere = (constraint: PlainRecord): constraint is PlainRecord & { readonly to: string } =>
  constraint['type'] === 'foreign_key' && typeof constraint['to'] === 'string' && constraint['to'] !== '';

function targetName(services: CompileServices, packageName: string, to: string): string | null {
  const { lookup, relations } = services;
  const reference = readReference(to);
  if (reference === null) return null;
  if ('source' in reference) {
    const source = lookup.source(...reference.source, packageName);
    return source === undefined ? null : relationOf(relations, source).render();
  }
  const { name, package: wanted, version } = reference.ref;
  const node = lookup.ref({ name, package: wanted ?? null, version: version ?? null }, packageName);
  return node === undefined
    ? null
    : (deferredRelation(services, node) ?? relationOf(relations, node)).render();
}
