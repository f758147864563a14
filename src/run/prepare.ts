import type { SchemaName } from '../adapter/relation.ts';
import { makesRelation } from '../compile/relations.ts';
import type { GraphNode, OperationNode } from '../manifest/node.ts';
import { withNodeSession } from './node-session.ts';
import type { RunServices } from './services.ts';

/**
 * Makes the schemas that the selected nodes build into, where they are missing, and lists each once. A listing that
 * fails ends the run: what is there is then unknown, and unknown is not absent.
 */
export async function prepareSchemas(
  services: RunServices,
  nodes: readonly GraphNode[],
  holder: OperationNode,
): Promise<readonly SchemaName[]> {
  const schemas = new Map<string, SchemaName>();
  for (const node of nodes) {
    if (!makesRelation(node) && !storesFailures(services, node)) continue;
    const { database, schema } = node;
    schemas.set(`${database}\u0000${schema}`.toLowerCase(), { database, schema });
  }
  if (schemas.size === 0) return [];
  await withNodeSession(services, holder, { undeclaredRefs: true }, async ({ warehouse, session }) => {
    const existing = new Map<string | null, Set<string>>();
    for (const schema of schemas.values()) {
      let known = existing.get(schema.database);
      if (known === undefined) {
        known = new Set((await session.listSchemas(schema.database)).map((name) => name.toLowerCase()));
        existing.set(schema.database, known);
      }
      if (known.has(schema.schema.toLowerCase())) {
        await services.cache.load(schema, (wanted) => session.listRelations(wanted));
      } else {
        await warehouse.createSchema(schema);
        await warehouse.commit();
        services.cache.clear(schema);
      }
    }
  });
  return [...schemas.values()];
}

function storesFailures(services: RunServices, node: GraphNode): boolean {
  if (node.resource_type !== 'test') return false;
  const { store_failures: store, store_failures_as: as } = node.config as Readonly<Record<string, unknown>>;
  if (as === 'table' || as === 'view') return true;
  return as !== 'ephemeral' && (typeof store === 'boolean' ? store : services.storeFailures === true);
}
