import type { StatementResult } from '../adapter/cell.ts';
import type { AdapterFacts } from '../adapter/facts.ts';
import { splitStatements } from '../adapter/sql-tokenizer.ts';
import { compileNode } from '../compile/compile-node.ts';
import { relationOfNode } from '../compile/relations.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { NodeOutcome } from '../core/event.ts';
import type { WorkedNode } from '../manifest/node.ts';
import { failureDiagnostic } from '../run/failures.ts';
import { nodeRef } from '../run/node-ref.ts';
import { withNodeSession } from '../run/node-session.ts';
import type { RunServices } from '../run/services.ts';
import { previewQuery } from '../run/tests/preview-query.ts';
import { isNamed } from './compile.ts';
import { cannotPreview, nothingToShow } from './errors.ts';
import { noResults } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { openProfile } from './list-project.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { writeManifestFile } from './project-artifacts.ts';
import { projectGraph } from './project-graph.ts';
import { readTerms, runServices } from './run-services.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface ShowOptions extends BuildOptions {
  /** A template to run in place of a node. */
  readonly inline?: string;
  /** A query to send as it is: no template is rendered and no project parsed. Wins over `inline`. */
  readonly inlineDirect?: string;
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
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  readonly shown: readonly ShownRows[];
}

/** First rows of the selected nodes' queries, or of a template; writes nothing to the warehouse. */
export function show(options: ShowOptions, surroundings: Surroundings): Invocation<ShowOutcome> {
  return invoke('show', surroundings, treatmentOf(options), { shown: [] }, async (context) => {
    if (options.inlineDirect !== undefined) {
      return {
        success: true,
        interrupted: false,
        shown: [await showDirect(context, options, options.inlineDirect)],
      };
    }
    const project = await openProject(context, options);
    const nodes =
      options.inline === undefined
        ? await selectedNodes(context, options, project)
        : [operationNode(project, 'inline_query', options.inline)];
    const threads = options.threads ?? project.project.credentials.threads;
    if (nodes.length > 0) context.emit({ name: 'run-started', threads, total: nodes.length });
    const begin = context.world.elapsed();
    const shown =
      nodes.length === 0 ? [] : await previews(context, options, project, nodes, telling(context));
    if (nodes.length > 0) {
      const counts = { ...noResults(), success: nodes.length };
      const elapsedMs = context.world.elapsed() - begin;
      context.emit({ name: 'run-finished', counts, kinds: {}, elapsedMs, problems: [], interrupted: false });
    }
    writeManifestFile(context, options, project, []);
    return { success: true, interrupted: false, shown };
  });
}

/** What the selection names, or else all of it: a model brings its tests along, and `+model` its parents. */
async function selectedNodes(
  context: InvocationContext,
  options: ShowOptions,
  project: OpenProject,
): Promise<readonly WorkedNode[]> {
  if ((options.select ?? []).length === 0 && options.selector === undefined) {
    throw new DiagnosticError(nothingToShow());
  }
  const selection = await selectNodes(context, options, project, {
    graph: projectGraph(project),
    allowed: ['model', 'seed', 'snapshot', 'analysis', 'test', 'function'],
  });
  const { manifest } = project;
  const nodes = [...selection.ids].map((id) => manifest.nodes.get(id) ?? manifest.functions.get(id)!);
  const named = nodes.filter((node) => isNamed(node, options.select ?? []));
  const others = nodes.filter((node) => node.resource_type !== 'test');
  if (nodes.length === 0) context.emit({ name: 'nothing-selected' });
  return named.length > 0 ? named : others.length > 0 ? others : nodes;
}

/** Is told how far a node is. */
interface Progress {
  began(node: WorkedNode, index: number, total: number): void;
  compiled(node: WorkedNode, sql: string): void;
  ended(node: WorkedNode, index: number, total: number, response: StatementResult['response']): void;
}

/** Tells the nodes as those of a run. */
function telling({ emit, world }: InvocationContext): Progress {
  const threadId = 'Thread-1 (worker)';
  let start = 0;
  return {
    began(node, index, total) {
      start = world.elapsed();
      emit({ name: 'node-started', node: nodeRef(node), index, total, threadId });
    },
    compiled: (node, sql) => emit({ name: 'node-compiled', node: nodeRef(node), compiledPath: null, sql }),
    ended(node, index, total, response) {
      const outcome = { ...shownOutcome, executionTimeMs: world.elapsed() - start, response };
      emit({ name: 'node-finished', node: nodeRef(node), index, total, threadId, outcome });
    },
  };
}

const shownOutcome: NodeOutcome = {
  status: 'success',
  message: null,
  failures: null,
  failingRows: null,
  rowsAffected: null,
  executionTimeMs: 0,
  diagnostic: null,
  compiledPath: null,
  skippedBecause: null,
  config: null,
  response: {},
  timings: [],
};

/** The first rows of each node's query. */
export async function previews(
  context: InvocationContext,
  options: ShowOptions,
  project: OpenProject,
  nodes: readonly WorkedNode[],
  progress: Progress | null = null,
): Promise<readonly ShownRows[]> {
  const terms = await readTerms(context, options);
  const adapter = await openWarehouse(context, project, { readOnly: true });
  try {
    const ids = new Set(nodes.map((node) => node.unique_id));
    const services = runServices(context, options, project, adapter, { selected: ids, terms });
    const shown: ShownRows[] = [];
    for (const [index, node] of nodes.entries()) {
      progress?.began(node, index + 1, nodes.length);
      const { response, ...rows } = await preview(services, options, node, progress);
      shown.push(rows);
      progress?.ended(node, index + 1, nodes.length, response);
    }
    return shown;
  } finally {
    await adapter.close();
  }
}

async function preview(
  services: RunServices,
  options: ShowOptions,
  node: WorkedNode,
  progress: Progress | null,
): Promise<ShownRows & Pick<StatementResult, 'response'>> {
  const { relations } = services.compile;
  let compiledCode: string | null = null;
  try {
    const result = await withNodeSession(services, node, { undeclaredRefs: true }, async (session) => {
      const { scope, warehouse } = session;
      if (node.resource_type === 'seed') {
        compiledCode = `select * from ${relationOfNode(relations, node).render()}`;
      } else {
        compiledCode = (await compileNode(services.compile, scope)).sql;
        progress?.compiled(node, compiledCode);
      }
      const { syntax } = services.adapter.facts;
      const query = onlyQuery(node.name, compiledCode, syntax);
      const header = await session.render('dbt.sql_header_of_model', []);
      // The header may be statements, or the first part of the query itself.
      const statements = splitStatements(`${header}\n${limited(query, options.limit ?? 5)}`, syntax);
      for (const { text } of statements.slice(0, -1)) await warehouse.send(text);
      return warehouse.send(statements.at(-1)!.text);
    });
    const name = options.inline === undefined ? shownName(node) : null;
    const { columns, rows, response } = result;
    return { name, uniqueId: node.unique_id, columns, rows, response };
  } catch (thrown) {
    const origin = { compiledPath: null, compiledCode, node };
    throw new DiagnosticError(failureDiagnostic(thrown, origin), { cause: thrown });
  }
}

/** With the version, as `ref` of one is told apart. */
const shownName = (node: WorkedNode): string =>
  node.resource_type === 'model' && node.version !== null ? `${node.name}.v${node.version}` : node.name;

/** Sends a query that the project has no part in. */
async function showDirect(context: InvocationContext, options: ShowOptions, sql: string): Promise<ShownRows> {
  const project = openProfile(context, options);
  const adapter = await openWarehouse(context, { project }, { readOnly: true });
  try {
    const session = await adapter.openSession('show');
    try {
      const query = onlyQuery('direct-query', sql, adapter.facts.syntax);
      const { columns, rows } = await session.execute(limited(query, options.limit ?? 5), {
        signal: context.signal,
      });
      return { name: null, uniqueId: 'direct-query', columns, rows };
    } finally {
      await session.release();
    }
  } catch (caught) {
    const node = operationNode({ project }, 'direct-query', sql);
    const origin = { compiledPath: null, compiledCode: sql, node };
    throw new DiagnosticError(failureDiagnostic(caught, origin), { cause: caught });
  } finally {
    await adapter.close();
  }
}

/** Throws `cannot-preview` where the text is not one statement. */
function onlyQuery(name: string, sql: string, syntax: AdapterFacts['syntax']): string {
  const statements = splitStatements(sql, syntax);
  if (statements.length === 1) return statements[0]!.text;
  throw new DiagnosticError(cannotPreview(name, `it holds ${statements.length} statements, not one query`));
}

/** The query on lines of its own, so that a comment at its end hides nothing. */
function limited(query: string, limit: number): string {
  return limit < 0 ? query : previewQuery(query, limit);
}
