import type { Fence } from '../adapter/adapter.ts';
import type { Relation, RelationName } from '../adapter/relation.ts';
import { destinationOf } from '../compile/relations.ts';
import type { GraphNode } from '../manifest/node.ts';
import type { NodeSession } from './node-session.ts';
import type { RunServices } from './services.ts';

/** Materializations that do not replace what they find, and so must not miss it. */
const adds: ReadonlySet<string> = new Set(['incremental', 'seed', 'snapshot']);

/**
 * What stands at the destination. The relation cache answers, but what adds to a table and would create it because it
 * seems absent is looked for directly, and so is anything after the fence had to wait: another run made it meanwhile,
 * or took it away.
 */
export async function lookAtDestination(
  services: RunServices,
  session: NodeSession,
  node: GraphNode,
  fence: Fence,
): Promise<Relation | null> {
  const name = destinationOf(services.compile.relations, node);
  const cached = await session.warehouse.getRelation(name);
  const mustLook = fence.waited || (cached === null && adds.has(String(node.config.materialized)));
  return mustLook ? lookDirectly(services, session, name) : cached;
}

async function lookDirectly(
  services: RunServices,
  { session }: NodeSession,
  name: RelationName,
): Promise<Relation | null> {
  const description = await session.describe(name);
  if (description === null) services.cache.drop(name);
  else services.cache.add(description.relation);
  return description?.relation ?? null;
}
