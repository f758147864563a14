import type { RelationName } from '../adapter/relation.ts';
import type { StateRelation } from '../artifacts/state-relations.ts';
import type { RelationValue } from '../context/relation.ts';
import type { Warehouse } from '../context/warehouse.ts';
import { type Pending, pending } from '../jinja/host.ts';
import type { Value } from '../jinja/values.ts';
import type { FunctionNode, GraphNode, UniqueId, WorkedNode } from '../manifest/node.ts';
import { destinationOf, relationOfNode } from './relations.ts';
import type { RowFilter } from './row-filter.ts';
import type { CompileServices } from './services.ts';

/** The run whose relations are read in place of those that are not built here: `--defer`. */
export interface Deferral {
  readonly relations: ReadonlyMap<UniqueId, StateRelation>;
  readonly functions: ReadonlyMap<UniqueId, StateRelation>;
  /** Also in place of those that are built here, but are not selected: `--favor-state`. */
  readonly favorsState: boolean;
}

/** The relation of the other run; null without `--defer`, and where that run made none. */
export function deferredRelation(
  { deferral, relations }: CompileServices,
  node: WorkedNode,
  rows: Partial<RowFilter> = {},
): RelationValue | null {
  const other = deferral?.relations.get(node.unique_id);
  if (other === undefined) return null;
  const { database, schema, identifier } = other;
  return relations.ofNode({ database, schema, identifier }, rows);
}

/**
 * What a ref reads, by dbt's rule: the node's relation where it exists, else that of the other run. A catalog that does
 * not answer is no absence: that fails.
 */
export function relationToRead(
  services: CompileServices,
  node: GraphNode,
  rows: RowFilter,
  warehouse: Warehouse,
): RelationValue | Pending {
  const present = relationOfNode(services.relations, node, rows);
  const other = deferredRelation(services, node, rows);
  if (other === null) return present;
  if (services.deferral!.favorsState && !services.selected.has(node.unique_id)) return other;
  return pending(async () => {
    const found = await warehouse.getRelation(destinationOf(services.relations, node));
    return (found === null ? other : present) as unknown as Value;
  });
}

/**
 * What a call of a function names, by the same rule. Neither the project's quoting nor the function's own counts for it,
 * as in dbt.
 */
export function functionToCall(
  { relations, deferral, selected }: CompileServices,
  { unique_id: id, database, schema, alias: identifier }: FunctionNode,
  warehouse: Warehouse,
): RelationValue | Pending {
  const { quoting } = relations.style;
  const named = (name: RelationName): RelationValue => relations.ofNode(name, { quoting, type: 'function' });
  const name = { database, schema, identifier };
  const other = deferral?.functions.get(id);
  if (other === undefined) return named(name);
  const there = named({ database: other.database, schema: other.schema, identifier: other.identifier });
  if (deferral!.favorsState && !selected.has(id)) return there;
  return pending(async () => ((await warehouse.hasFunction(name)) ? named(name) : there) as unknown as Value);
}
