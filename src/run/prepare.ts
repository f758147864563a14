import { identifierTooLong } from '../adapter/errors.ts';
import { relationKey } from '../adapter/facts.ts';
import { fitsIdentifierLimit, identifierBytes } from '../adapter/names.ts';
import type { SchemaName } from '../adapter/relation.ts';
import { destinationOf, makesRelation } from '../compile/relations.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { OperationNode, WorkedNode } from '../manifest/node.ts';
import { failureDiagnostic } from './failures.ts';
import { fenced, withNodeSession } from './node-session.ts';
import type { RunServices } from './services.ts';
import { storedAs } from './tests/stored-failures.ts';

/**
 * Makes the schemas that the selected nodes build into, where they are missing. Where that fails
 * the run ends with a DiagnosticError: what is there is then unknown, and unknown is not absent.
 */
export async function prepareSchemas(
  services: RunServices,
  nodes: readonly WorkedNode[],
  holder: OperationNode,
): Promise<void> {
  const schemas = schemasOf(services, nodes);
  if (schemas.length === 0) return;
  checkLengths(services, schemas);
  try {
    await prepareEach(services, schemas, holder);
  } catch (failure) {
    const origin = { compiledPath: null, compiledCode: null, node: null };
    throw new DiagnosticError(failureDiagnostic(failure, origin), { cause: failure });
  }
}

/** The schemas that the nodes build into, each once. */
export function schemasOf(services: RunServices, nodes: readonly WorkedNode[]): readonly SchemaName[] {
  const key = schemaKeyOf(services);
  const schemas = new Map<string, SchemaName>();
  for (const node of nodes) {
    if (!makesIn(node) && !(node.resource_type === 'test' && storedAs(services, node) !== null)) continue;
    const { database, schema } = destinationOf(services.compile.relations, node);
    const name = { database, schema: schema ?? '' };
    schemas.set(key(name), name);
  }
  return [...schemas.values()];
}

const makesIn = (node: WorkedNode): boolean => makesRelation(node) || node.resource_type === 'function';

async function prepareEach(
  services: RunServices,
  schemas: readonly SchemaName[],
  holder: OperationNode,
): Promise<void> {
  const key = schemaKeyOf(services);
  await withNodeSession(services, holder, { undeclaredRefs: true }, async ({ warehouse, session }) => {
    const existing = new Map<string | null, readonly SchemaName[]>();
    for (const schema of schemas) {
      let known = existing.get(schema.database);
      if (known === undefined) {
        const { database } = schema;
        known = (await session.listSchemas(database)).map((name) => ({ database, schema: name }));
        existing.set(database, known);
      }
      if (!known.some((one) => key(one) === key(schema))) {
        // Two sessions that make one schema at once fail, `if not exists` or not, so runs take turns.
        await fenced(services, session, { ...schema, identifier: '' }, async () => {
          await warehouse.createSchema(schema);
          await warehouse.commit();
        });
      }
      await services.cache.load(schema, (wanted) => session.listRelations(wanted));
    }
  });
}

function checkLengths({ adapter }: RunServices, schemas: readonly SchemaName[]): void {
  const { facts } = adapter;
  const long = schemas.filter(({ schema }) => !fitsIdentifierLimit(facts, schema));
  if (long.length === 0) return;
  throw new DiagnosticError(
    long.map(({ schema }) =>
      identifierTooLong('a schema', schema, identifierBytes(schema), facts.identifierLimit!),
    ),
  );
}

/** Schemas that the warehouse tells apart have keys that differ. */
const schemaKeyOf =
  ({ adapter }: RunServices) =>
  ({ database, schema }: SchemaName): string =>
    relationKey(adapter.facts, { database, schema, identifier: '' });
