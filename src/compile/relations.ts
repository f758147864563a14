import type { RelationName } from '../adapter/relation.ts';
import type { RelationValue } from '../context/relation.ts';
import type { RelationClass } from '../context/relation-class.ts';
import type { SessionNode, WorkedNode } from '../manifest/node.ts';
import { relationOfSource } from '../manifest/source-relation.ts';
import type { RowFilter } from './row-filter.ts';

/** The relation that a node makes, by the name under which the warehouse keeps it. */
export function destinationOf(relations: RelationClass, node: WorkedNode): RelationName {
  return relations.stored(nameOf(node), quotingOf(node.config['quoting']));
}

const nameOf = (node: WorkedNode): RelationName => ({
  database: node.database,
  schema: node.schema,
  identifier: node.alias,
});

/** A node as templates see it in `ref` and `this`; by another identifier where one is given. */
export function relationOfNode(
  relations: RelationClass,
  node: WorkedNode,
  rows: Partial<RowFilter> = {},
  identifier: string = node.alias,
): RelationValue {
  return relations.ofNode(
    { ...nameOf(node), identifier },
    { quoting: quotingOf(node.config['quoting']), ...rows },
  );
}

/** What a node is called by `this` of its templates. */
export const relationOf = (relations: RelationClass, node: SessionNode): RelationValue =>
  node.resource_type === 'source' ? relationOfSource(relations, node) : relationOfNode(relations, node);

function quotingOf(given: unknown): { database?: boolean; schema?: boolean; identifier?: boolean } {
  const out: { database?: boolean; schema?: boolean; identifier?: boolean } = {};
  if (typeof given !== 'object' || given === null) return out;
  for (const part of ['database', 'schema', 'identifier'] as const) {
    const value = (given as Readonly<Record<string, unknown>>)[part];
    if (typeof value === 'boolean') out[part] = value;
  }
  return out;
}

/** Such a model has no relation's name, which is read with everything else that whoever reads the model needs. */
export const isEphemeral = (node: WorkedNode): boolean =>
  node.resource_type === 'model' && node.relation_name === null && node.config.materialized === 'ephemeral';

/** Whether running the node makes a relation of its name. */
export function makesRelation(node: WorkedNode): boolean {
  const type = node.resource_type;
  return (type === 'model' && !isEphemeral(node)) || type === 'seed' || type === 'snapshot';
}
