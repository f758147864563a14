import type { Fence } from '../../adapter/adapter.ts';
import type { Relation, RelationName } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import type { GraphNode } from '../../manifest/node.ts';
import type { NodeSession } from '../node-session.ts';
import type { RunServices } from '../services.ts';

/**
 * What stands at the destination. The relation cache answers for what was there when the run began. What was not is
 * looked for directly, and so is anything after the fence had to wait, or was given up by an attempt that failed: another
 * run may have made it meanwhile, or taken it away. With `replaces`, whatever of the same type stands there is replaced by one statement, which need not be told.
 */
export async function lookAtDestination(
  services: RunServices,
  session: NodeSession,
  node: GraphNode,
  fence: Fence,
  { replaces = false }: { readonly replaces?: boolean } = {},
): Promise<Relation | null> {
  const name = destinationOf(services.compile.relations, node);
  const cached = await session.warehouse.getRelation(name);
  const looks = fence.waited || services.attempt.number > 1 || (cached === null && !replaces);
  return looks ? lookDirectly(services, session, name) : cached;
}

async function lookDirectly(
  services: RunServices,
  { session }: NodeSession,
  name: RelationName,
): Promise<Relation | null> {
  const found = await session.findRelation(name);
  if (found === null) services.cache.drop(name);
  else services.cache.add(found);
  return found;
}
