import { injectCtes } from '../adapter/ctes.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { render } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import type { Value } from '../jinja/values.ts';
import type { CompilableNode, GraphNode, UniqueId, WorkedNode } from '../manifest/node.ts';
import { renderArgument, renderTestArgumentsAsync } from '../manifest/test-arguments.ts';
import { writeOutput } from './compiled-files.ts';
import { pythonModelRefused } from './errors.ts';
import { type NodeScope, nodeScope } from './node-scope.ts';
import type { CompileServices, EphemeralQuery } from './services.ts';

/** A node's SQL, ready to be sent; the queries of ephemeral parents stand in front. */
export interface CompiledNode {
  readonly node: WorkedNode;
  readonly sql: string;
  /** The macros that its text called, in order; those that parsing did not reach among them. */
  readonly macros: readonly UniqueId[];
}

/** What `model` of a generic test was rendered to, by its text, and the macros that were called for it. */
export type RenderedModels = Map<string, { readonly value: Value; readonly macros: readonly UniqueId[] }>;

/**
 * Renders a node in the execute phase. Throws TemplateError, TemplateSyntaxError, DiagnosticError, WarehouseError. Tests
 * that are given the same `models` render what they are about once.
 */
export function compileNode(
  services: CompileServices,
  scope: NodeScope,
  models: RenderedModels | null = null,
): Promise<CompiledNode> {
  return scope.warehouse.compiling(() => compile(services, scope, models));
}

async function compile(
  services: CompileServices,
  scope: NodeScope,
  models: RenderedModels | null,
): Promise<CompiledNode> {
  const node = scope.node as CompilableNode;
  if (node.language === 'python' && node.resource_type !== 'function')
    throw new DiagnosticError(pythonModelRefused(node));
  if (node.resource_type === 'test' && node.test_metadata !== undefined) {
    const { kwargs } = node.test_metadata;
    const { names, environment } = scope.context;
    const values = await renderTestArgumentsAsync(kwargs, (text) =>
      models !== null && text === kwargs['model']
        ? renderModel(scope, models, text)
        : renderArgument(text, environment),
    );
    names.define('_dbt_generic_test_kwargs', values);
  }
  const body = await renderBody(scope);
  const macros = [...scope.reads.directMacros];
  return { node, sql: await withEphemerals(services, scope, body), macros };
}

async function renderModel(
  { context, reads, ephemerals }: NodeScope,
  models: RenderedModels,
  text: string,
): Promise<Value> {
  const rendered = models.get(text);
  if (rendered === undefined) {
    const before = reads.directMacros.size;
    const value = await renderArgument(text, context.environment);
    // An ephemeral model's query goes in front of each test that reads it.
    if (ephemerals.size === 0) models.set(text, { value, macros: [...reads.directMacros].slice(before) });
    return value;
  }
  for (const id of rendered.macros) {
    reads.enterMacro(id);
    reads.leaveMacro();
  }
  return rendered.value;
}

async function withEphemerals(services: CompileServices, scope: NodeScope, body: string): Promise<string> {
  if (!services.injectEphemerals) return body;
  const ordered: UniqueId[] = [];
  collectEphemerals(services, scope.ephemerals, ordered);
  if (ordered.length === 0) return body;
  const ctes = [];
  for (const id of ordered) {
    const node = services.manifest.nodes.get(id)!;
    const sql = await ephemeralBody(services, node, scope);
    ctes.push({ name: services.relations.ephemeral(node.alias).render(), sql });
  }
  return injectCtes(body, ctes, services.context.facts.syntax);
}

/** Parents before children, each once: an ephemeral may select from others. */
function collectEphemerals(services: CompileServices, ids: Iterable<UniqueId>, into: UniqueId[]): void {
  for (const id of ids) {
    if (into.includes(id)) continue;
    const node = services.manifest.nodes.get(id) as CompilableNode;
    const parents = node.depends_on.nodes.filter((parent) => {
      const target = services.manifest.nodes.get(parent);
      return target?.resource_type === 'model' && target.config.materialized === 'ephemeral';
    });
    collectEphemerals(services, parents, into);
    if (!into.includes(id)) into.push(id);
  }
}

/**
 * The query of an ephemeral model without its own ephemeral parents, compiled once per invocation; in a batch for
 * itself, because its refs see what the batch sees.
 */
async function ephemeralBody(
  services: CompileServices,
  node: WorkedNode,
  { warehouse, batch }: Pick<NodeScope, 'warehouse' | 'batch'>,
): Promise<string> {
  const scope = (): NodeScope => nodeScope(services, node, { warehouse, batch, undeclaredRefs: false });
  if (batch !== null) return renderBody(scope());
  let query = services.ephemerals.get(node.unique_id);
  if (query === undefined) {
    query = ephemeralQuery(services, scope());
    services.ephemerals.set(node.unique_id, query);
  }
  return (await query).body;
}

async function ephemeralQuery(services: CompileServices, scope: NodeScope): Promise<EphemeralQuery> {
  const node = scope.node as GraphNode;
  const body = await renderBody(scope);
  const calledMacros = [...scope.reads.directMacros];
  const compiledCode = await withEphemerals(services, scope, body);
  const compiledPath = writeOutput(services, 'compiled', node, compiledCode);
  return { body, compiled: { node, compiledCode, compiledPath, calledMacros } };
}

async function renderBody(scope: NodeScope): Promise<string> {
  const { original_file_path: path, raw_code: text } = scope.node as WorkedNode;
  return render(parseTemplate({ path, text }), scope.context.environment);
}
