import type { RelationName } from '../adapter/relation.ts';
import { checkPartitionBy, partitionByOf, touchedPartitions } from '../plan/partition-by.ts';
import type { PlanRun } from './execute-plan.ts';

/** Which rows of the destination the new rows replace: all of the partitions that they lie in. */
export async function partitionsTouched(
  { node, session, services }: PlanRun,
  destinationName: RelationName,
  sourceName: RelationName,
): Promise<readonly string[]> {
  const parts = partitionByOf(node);
  const destination = await session.warehouse.columnsOf(destinationName);
  const source = await session.warehouse.columnsOf(sourceName);
  checkPartitionBy(node, parts, { destination, source });
  const rendered = services.compile.relations.ofNode(sourceName, { type: 'table' }).render();
  return [touchedPartitions(parts, rendered)];
}
