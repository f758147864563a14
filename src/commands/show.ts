import type { StatementResult } from '../adapter/cell.ts';
import { splitStatements } from '../adapter/sql-tokenizer.ts';
import { compileNode } from '../compile/compile-node.ts';
import { relationOfNode } from '../compile/relations.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { buildGraph } from '../graph/graph.ts';
import type { GraphNode } from '../manifest/node.ts';
import { failureDiagnostic } from '../run/failures.ts';
import { withNodeSession } from '../run/node-session.ts';
import { isNamed } from './compile.ts';
import { cannotPreview, nothingToShow } from './errors.ts';
import { runServices } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject, writeManifestFile } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { promotionOf } from './promotion.ts';
import { selectNodes } from './select-nodes.ts';

export interface ShowOptions extends BuildOptions {
  /** A template to run in place of a node. */
  readonly inline?: string;
  /** Rows; 5 unless given, all where negative. */
  readonly limit?: number;
}

export interface ShownRows extends Pick<StatementResult, 'columns' | 'rows'> {
  /** Null for `inline`. */
  readonly name: string | null;
  readonly uniqueId: string;
}

export interface ShowOutcome {
  readonly success: boolean;
  readonly shown: readonly ShownRows[];
}

/** First rows of a node's query, or of a template; writes nothing to the warehouse. */
export function show(options: ShowOptions, surroundings: Surroundings): Invocation<ShowOutcome> {
  return invoke('show', surroundings, promotionOf(options), async (context) => {
    const project = await openProject(context, options);
    const node =
      options.inline === undefined
        ? selectedNode(context, options, project)
        : operationNode(project, 'inline_query', options.inline);
    const shown = await preview(context, options, project, node);
    writeManifestFile(context, options, project, []);
    return { success: true, shown: [shown] };
  });
}

function selectedNode(context: InvocationContext, options: ShowOptions, project: OpenProject): GraphNode {
  const selection = selectNodes(context, options, {
    manifest: project.manifest,
    graph: buildGraph(project.manifest),
    allowed: ['model', 'seed', 'snapshot', 'analysis', 'test'],
    definitions: project.selectorDefinitions,
  });
  const nodes = [...selection.ids].map((id) => project.manifest.nodes.get(id)!);
  // A model brings its tests along, and `+model` its parents: what is named is what is to be seen.
  const named = nodes.filter((node) => isNamed(node.name, options.select ?? []));
  const others = nodes.filter((node) => node.resource_type !== 'test');
  const candidates = named.length > 0 ? named : others.length > 0 ? others : nodes;
  const [only, second] = candidates;
  if (only === undefined || second !== undefined || (options.select ?? []).length === 0) {
    throw new DiagnosticError(nothingToShow(candidates.map((node) => node.name)));
  }
  return only;
}

async function preview(
  context: InvocationContext,
  options: ShowOptions,
  project: OpenProject,
  node: GraphNode,
): Promise<ShownRows> {
  const adapter = await openWarehouse(context, project, { readOnly: true });
  let compiledCode: string | null = null;
  try {
    const services = runServices(context, options, project, adapter, { ids: new Set([node.unique_id]) });
    const result = await withNodeSession(
      services,
      node,
      { undeclaredRefs: true },
      async ({ scope, warehouse }) => {
        if (node.resource_type === 'seed') {
          compiledCode = `select * from ${relationOfNode(project.relations, node).render()}`;
        } else {
          compiledCode = (await compileNode(services.compile, scope)).sql;
        }
        const statements = splitStatements(compiledCode, adapter.facts.syntax);
        if (statements.length !== 1) {
          throw new DiagnosticError(
            cannotPreview(node.name, `it holds ${statements.length} statements, not one query`),
          );
        }
        return warehouse.send(limited(statements[0]!.text, options.limit ?? 5));
      },
    );
    const name = options.inline === undefined ? node.name : null;
    return { name, uniqueId: node.unique_id, columns: result.columns, rows: result.rows };
  } catch (thrown) {
    const origin = { compiledPath: null, compiledCode, node };
    throw new DiagnosticError(failureDiagnostic(thrown, origin), { cause: thrown });
  } finally {
    await adapter.close();
  }
}

/** The query on lines of its own, so that a comment at its end hides nothing. */
function limited(query: string, limit: number): string {
  return limit < 0 ? query : `select * from (\n${query}\n) as sluice_preview limit ${limit}`;
}
