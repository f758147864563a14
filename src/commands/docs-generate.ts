import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { StatementResult } from '../adapter/cell.ts';
import { type Catalog, writeCatalog } from '../artifacts/catalog.ts';
import type { ResultRecord } from '../artifacts/run-results.ts';
import type { NodeScope } from '../compile/node-scope.ts';
import { makesRelation } from '../compile/relations.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { catalogOf } from '../docs/catalog-rows.ts';
import { writeStaticDocs } from '../docs/static-page.ts';
import { valueAsync } from '../jinja/driver.ts';
import { findNode, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode } from '../manifest/node.ts';
import { failureDiagnostic } from '../run/failures.ts';
import { withNodeSession } from '../run/node-session.ts';
import type { RunResult } from '../run/result.ts';
import { compileNodes } from './compile-nodes.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { artifactContext, writeManifestFile } from './project-artifacts.ts';
import { readTerms, runServices } from './run-services.ts';
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

/** Writes `catalog.json`, and, where asked for, the documentation as one self-contained page. */
export function docsGenerate(options: DocsOptions, surroundings: Surroundings): Invocation<DocsOutcome> {
  return invoke('docs generate', surroundings, treatmentOf(options), { files: [] }, async (context) => {
    const project = await openProject(context, options);
    const { targetDirectory } = project.project;
    const latest = await latestResults(join(targetDirectory, 'run_results.json'), project.manifest);
    const compiled = options.compile === false ? [] : await compileAll(context, options, project);
    if (options.compile === false) writeManifestFile(context, options, project, []);
    const catalog = options.emptyCatalog === true ? noCatalog : await askCatalog(context, options, project);
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
    return { success: true, interrupted: false, files };
  });
}

const noCatalog: Catalog = { nodes: new Map(), sources: new Map(), errors: null };

/** Compiles every node. The results of the last run stay what they are: this is no run. */
async function compileAll(
  context: InvocationContext,
  options: DocsOptions,
  project: OpenProject,
): Promise<readonly RunResult[]> {
  const { results } = await compileNodes(context, options, project, { writeResults: () => {} });
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
      for (const [database, schemas] of schemasByDatabase(project.manifest)) {
        await valueAsync(getCatalog(project, scope, database, schemas));
        listings.push(warehouse.lastRows);
      }
    });
    return catalogOf(project.manifest, listings);
  } catch (thrown) {
    throw new DiagnosticError(failureDiagnostic(thrown, { compiledPath: null, compiledCode: null, node }), {
      cause: thrown,
    });
  } finally {
    await adapter.close();
  }
}

/** Calls dbt's `get_catalog`, which a project may override; the rows that it fetched are read from the session. */
function getCatalog(
  project: OpenProject,
  scope: NodeScope,
  database: string | null,
  schemas: readonly string[],
) {
  const source = project.services.registry.resolve('get_catalog', project.project.root.name);
  if (source === undefined) throw new Error("there is no macro 'get_catalog'");
  const relation = project.relations.ofNode({
    database,
    schema: 'information_schema',
    identifier: 'columns',
  });
  return scope.context.names.macro(source).call([relation, [...schemas]], null);
}

function schemasByDatabase(manifest: Manifest): ReadonlyMap<string | null, readonly string[]> {
  const out = new Map<string | null, Set<string>>();
  const places = [...manifest.nodes.values()].filter(makesRelation);
  for (const { database, schema } of [...places, ...manifest.sources.values()]) {
    const schemas = out.get(database) ?? new Set();
    out.set(database, schemas.add(schema));
  }
  return new Map([...out].map(([database, schemas]) => [database, [...schemas]]));
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
