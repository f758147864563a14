import { parseStagingName, stagingName } from '../../adapter/names.ts';
import type { Relation, RelationName } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import type { WorkedNode } from '../../manifest/node.ts';
import type { NodeSession } from '../node-session.ts';
import type { RunServices } from '../services.ts';

/**
 * Drops staging relations of the node that earlier runs left behind when they were killed. The destination's fence is
 * held, so nobody is working on them; which they are was told by the schema's listing, without a query.
 */
export async function dropLeftovers(
  services: RunServices,
  { warehouse }: NodeSession,
  node: WorkedNode,
): Promise<void> {
  const destination = destinationOf(services.compile.relations, node);
  const schema = { database: destination.database, schema: destination.schema ?? '' };
  // What this run's own attempt of before left is in no listing of then.
  const isAgain = services.attempt.number > 1;
  const beside = await (isAgain
    ? warehouse.listRelations(schema, { fresh: true })
    : warehouse.listStaging(schema));
  const leftovers = beside.filter((relation) => isStagingOf(services, destination, relation));
  if (leftovers.length === 0) return;
  await warehouse.begin();
  for (const relation of leftovers) await warehouse.dropRelation(relation);
  await warehouse.commit({ aside: true });
}

function isStagingOf({ adapter }: RunServices, destination: RelationName, { identifier }: Relation): boolean {
  const parsed = parseStagingName(identifier);
  if (parsed === null) return false;
  const { suffix, invocation, leaseUntil } = parsed;
  const named = stagingName(adapter.facts, destination, {
    invocationId: invocation,
    suffix,
    ...(leaseUntil === null ? {} : { leaseUntil }),
  });
  return named.identifier === identifier;
}
