import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { StatementResult } from '../adapter/cell.ts';
import { type Catalog, writeCatalog } from '../artifacts/catalog.ts';
import type { ResultRecord } from '../artifacts/run-results.ts';
import type { NodeScope } from '../compile/node-scope.ts';
import { relationOf } from '../compile/relations.ts';
import { catalogOf, isCataloged } from '../docs/catalog-rows.ts';
import { writeStaticDocs } from '../docs/static-page.ts';
import type { Selection } from '../graph/select.ts';
import { valueAsync } from '../jinja/driver.ts';
import type { Value } from '../jinja/values.ts';
import { findNode, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode, SessionNode, UniqueId } from '../manifest/node.ts';
import { failureDiagnostic, isCancelled } from '../run/failures.ts';
import { withNodeSession } from '../run/node-session.ts';
import type { RunResult } from '../run/result.ts';
import { compiledTypes, compileNodes } from './compile-nodes.ts';
import { copyAssets } from './copy-assets.ts';
import { catalogFailed } from './errors.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { artifactContext } from './project-artifacts.ts';
import { projectGraph } from './project-graph.ts';
import { readTerms, runServices } from './run-services.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface DocsOptions extends BuildOptions {
  /** Also write `static_index.html`, the whole documentation in one file. */
  readonly static?: boolean;
  /** Compile nodes first, so that the page shows their SQL; true unless given. */
  readonly compile?: boolean;
  /** Do not ask the warehouse for columns. */
  readonly emptyCatalog?: boolean;
}

export interface DocsOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  /** Absolute paths of what was written. */
  readonly files: readonly string[];
}

/**
 * Writes `catalog.json`, and, where asked for, the documentation as one self-contained page. Where the warehouse does
 * not answer, the catalog has the error in the place of relations, as dbt's has.
 */
export function docsGenerate(options: DocsOptions, surroundings: Surroundings): Invocation<DocsOutcome> {
  return invoke('docs generate', surroundings, treatmentOf(options), { files: [] }, async (context) => {
    const project = await openProject(context, options);
    const { targetDirectory } = project.project;
    const latest = await latestResults(join(targetDirectory, 'run_results.json'), project.manifest);
    const selection = options.compile === false ? null : await selectListed(context, options, project);
    const compiled = selection === null ? [] : await compileSelected(context, options, project, selection);
    const listed = selection?.ids ?? null;
    copyAssets(project.project);
    const catalog =
      options.emptyCatalog === true ? noCatalog : await askCatalog(context, options, project, listed);
    const files = [join(targetDirectory, 'catalog.json')];
    writeCatalog(catalog, artifactContext(context), files[0]!);
    context.emit({ name: 'artifact-written', artifact: 'catalog', path: files[0]! });
    if (options.static === true) {
      const path = join(targetDirectory, 'static_index.html');
      const manifest = withCompiledCode(project.manifest, compiled);
      const { world, siteDirectory } = context;
      writeStaticDocs({ manifest, results: latest, catalog, generatedAt: world.now(), path, siteDirectory });
      files.push(path);
      context.emit({ name: 'artifact-written', artifact: 'docs', path });
      const shown = relative(context.world.workingDirectory, path);
      context.emit({ name: 'message', level: 'info', text: `Documentation written to ${shown}` });
    }
    return { success: catalog.errors === null, interrupted: false, files };
  });
}

const noCatalog: Catalog = { nodes: new Map(), sources: new Map(), errors: null };

/** What the catalog lists: nodes that are compiled, and sources, which are not. */
const selectListed = (
  context: InvocationContext,
  options: DocsOptions,
  project: OpenProject,
): Promise<Selection> =>
  selectNodes(context, options, project, {
    graph: projectGraph(project),
    allowed: [...compiledTypes, 'source'],
  });

/** The results of the last run stay what they are: this is no run. */
async function compileSelected(
  context: InvocationContext,
  options: DocsOptions,
  project: OpenProject,
  { ids, unmatched }: Selection,
): Promise<readonly RunResult[]> {
  const nodes = new Set([...ids].filter((id) => !project.manifest.sources.has(id)));
  const { results } = await compileNodes(context, options, project, {
    writeResults: () => {},
    selection: { ids: nodes, unmatched },
  });
  context.signal.throwIfAborted();
  return results;
}

/** Compiled text goes to the nodes of the page, not to their results. */
function withCompiledCode(manifest: Manifest, compiled: readonly RunResult[]): Manifest {
  const nodes = new Map(manifest.nodes);
  for (const { node, compiledCode } of compiled) {
    const known = nodes.get(node.unique_id);
    if (known !== undefined && compiledCode !== null) {
      nodes.set(node.unique_id, { ...known, compiled_code: compiledCode } as typeof known);
    }
  }
  return { ...manifest, nodes };
}

async function askCatalog(
  context: InvocationContext,
  options: DocsOptions,
  project: OpenProject,
  listed: ReadonlySet<UniqueId> | null,
): Promise<Catalog> {
  const adapter = await openWarehouse(context, project, { readOnly: true });
  const node = operationNode(project, 'catalog', '');
  try {
    const services = runServices(context, options, project, adapter, {
      selected: new Set(),
      terms: await readTerms(context, options),
    });
    const listings: StatementResult[] = [];
    await withNodeSession(services, node, { undeclaredRefs: true }, async ({ warehouse, scope }) => {
      for (const call of catalogCalls(project, listed)) {
        await valueAsync(callMacro(project, scope, call));
        listings.push(warehouse.lastRows);
      }
    });
    return catalogOf(project.manifest, listings, listed);
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    const failure = failureDiagnostic(thrown, { compiledPath: null, compiledCode: null, node });
    context.report(catalogFailed(failure));
    return { ...noCatalog, errors: [failure.message] };
  } finally {
    await adapter.close();
  }
}

/** Beyond so many relations, dbt asks for whole schemas. */
const mostRelations = 100;

/**
 * The arguments of dbt's `get_catalog_relations`, or of `get_catalog` for all or many, for each database. A project may
 * override both; the rows that they fetch are read from the session.
 */
function catalogCalls(
  { manifest, relations }: OpenProject,
  listed: ReadonlySet<UniqueId> | null,
): readonly CatalogCall[] {
  const nodes: readonly SessionNode[] = [
    ...[...manifest.nodes.values()].filter(isCataloged),
    ...manifest.sources.values(),
  ];
  const wanted = nodes.filter(({ unique_id: id }) => listed?.has(id) ?? true);
  const whole = listed === null || wanted.length > mostRelations;
  const calls = new Map<string | null, Set<Value>>();
  for (const node of whole ? nodes : wanted) {
    const asked = calls.get(node.database) ?? new Set();
    calls.set(node.database, asked.add(whole ? node.schema : relationOf(relations, node)));
  }
  const macro = whole ? 'get_catalog' : 'get_catalog_relations';
  return [...calls].map(([database, asked]) => ({ macro, database, asked: [...asked] }));
}

interface CatalogCall {
  readonly macro: string;
  readonly database: string | null;
  /** Names of schemas, or relations. */
  readonly asked: readonly Value[];
}

function callMacro(project: OpenProject, scope: NodeScope, { macro, database, asked }: CatalogCall) {
  const source = project.services.registry.resolve(macro, project.project.root.name);
  if (source === undefined) throw new Error(`there is no macro '${macro}'`);
  const relation = project.relations.ofNode({
    database,
    schema: 'information_schema',
    identifier: 'columns',
  });
  return scope.context.names.macro(source).call([relation, [...asked]], null);
}

/** What the latest run left, for nodes that are still there; nothing where there is no file that we can read. */
async function latestResults(path: string, manifest: Manifest): Promise<readonly RunResult[]> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return [];
  let records: readonly ResultRecord[];
  try {
    records = (JSON.parse(text) as { readonly results: readonly ResultRecord[] }).results;
  } catch {
    return [];
  }
  return records.flatMap((record): RunResult[] => {
    const node = findNode(manifest, record.unique_id);
    return node === undefined ? [] : [resultOf(record, node)];
  });
}

function resultOf(record: ResultRecord, node: AnyNode): RunResult {
  const response = record.adapter_response as RunResult['response'];
  const rows = response['rows_affected'];
  return {
    node,
    status: record.status,
    message: record.message,
    failures: record.failures,
    executionTimeMs: record.execution_time * 1000,
    timings: record.timing.flatMap(({ name, started_at: from, completed_at: to }) =>
      from === null || to === null || (name !== 'compile' && name !== 'execute')
        ? []
        : [{ name, startedAt: Date.parse(from), completedAt: Date.parse(to) }],
    ),
    threadId: record.thread_id,
    response,
    rowsAffected: typeof rows === 'number' ? rows : null,
    compiledCode: record.compiled_code,
    relationName: record.relation_name,
    compiledPath: null,
    calledMacros: [],
    diagnostic: null,
    batches: null,
    failingRows: null,
    skippedBecause: null,
    freshness: null,
  };
}
