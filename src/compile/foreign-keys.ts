import { allConstraints, isForeignKey } from '../manifest/constraints.ts';
import type { ModelNode, SessionNode } from '../manifest/node.ts';
import { readReference } from '../manifest/properties/model-extras.ts';
import type { PlainRecord } from '../manifest/record.ts';
import { relationOfSource } from '../manifest/source-relation.ts';
import { deferredRelation } from './deferral.ts';
import { relationOfNode } from './relations.ts';
import type { CompileServices } from './services.ts';

/**
 * The node with relations in the place of the `ref` and `source` calls that its foreign keys point to. A model that the
 * other run has is pointed to there under `--defer`, as in dbt, whether it exists here or not.
 */
export function withForeignKeys(services: CompileServices, node: SessionNode): SessionNode {
  if (node.resource_type !== 'model' || !allConstraints(node).some(isForeignKey)) return node;
  const point = (constraint: PlainRecord): PlainRecord =>
    isForeignKey(constraint)
      ? { ...constraint, to: relationText(services, node, constraint['to'] as string) }
      : constraint;
  const columns = Object.entries(node.columns).map(([name, column]) => [
    name,
    { ...column, constraints: column.constraints.map(point) },
  ]);
  return { ...node, columns: Object.fromEntries(columns), constraints: node.constraints.map(point) };
}

function relationText(services: CompileServices, node: ModelNode, to: string): string {
  const { lookup, relations } = services;
  const reference = readReference(to);
  if (reference === null) return to;
  if ('source' in reference) {
    const source = lookup.source(...reference.source, node.package_name);
    return source === undefined ? to : relationOfSource(relations, source).render();
  }
  const target = lookup.ref(reference.ref, node.package_name);
  if (target === undefined) return to;
  return (deferredRelation(services, target) ?? relationOfNode(relations, target)).render();
}
