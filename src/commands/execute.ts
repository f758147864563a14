import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter } from '../adapter/adapter.ts';
import type { CompiledText } from '../compile/services.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { ResultStatus } from '../core/event.ts';
import type { Span } from '../core/span.ts';
import { unlessRefused } from '../core/system-error.ts';
import type { Graph } from '../graph/graph.ts';
import type { Selection } from '../graph/select.ts';
import { type WorkItem, workItems } from '../intervals/work-item.ts';
import { snapshotChecksum } from '../manifest/cache/fingerprint.ts';
import { definitionPlace } from '../manifest/definition-place.ts';
import { allNodes, findNode } from '../manifest/manifest.ts';
import type { GraphNode, OperationNode, UniqueId } from '../manifest/node.ts';
import { type JournalStart, openJournal } from '../run/journal/journal.ts';
import { lazyAdapter } from '../run/lazy-adapter.ts';
import { nodeOutcome, nodeRef } from '../run/node-ref.ts';
import { prepareSchemas, schemasOf } from '../run/prepare.ts';
import { overriddenMaterializations } from '../run/programs/overridden-materializations.ts';
import type { RunResult } from '../run/result.ts';
import { runHooks } from '../run/run-hooks.ts';
import { type ItemWork, isQuiet, runNodes } from '../run/run-nodes.ts';
import { isFailure } from '../run/schedule/schedule.ts';
import { packageHooks } from './errors.ts';
import type { InvocationContext } from './invocation.ts';
import { maskedArgs, maskedVars } from './masked-vars.ts';
import type { OpenProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { writeManifestFile, writeResultsFile } from './project-artifacts.ts';
import { checkRestrictedWork } from './restricted.ts';
import { programsOf, readTerms, runServices } from './run-services.ts';

export interface RunOutcome {
  /** True where no node failed and the run was not interrupted. */
  readonly success: boolean;
  readonly interrupted: boolean;
  /** One per selected node, in the order in which they ended; hooks first and last. */
  readonly results: readonly RunResult[];
  readonly elapsedMs: number;
}

/** Of a run that was interrupted before it began. */
export const noRun: Omit<RunOutcome, 'success' | 'interrupted'> = { results: [], elapsedMs: 0 };

export interface ExecuteInput {
  readonly project: OpenProject;
  readonly graph: Graph;
  readonly selection: Selection;
  readonly testsFirst: boolean;
  readonly compileOnly: boolean;
  /** Ephemeral models are among the results. */
  readonly tellEphemerals?: boolean;
  /** `on-run-start` and `on-run-end` run around the nodes. */
  readonly hooks: boolean;
  /** What is done with the results at the end, in place of writing `run_results.json`. */
  readonly writeResults?: (results: readonly RunResult[], elapsedMs: number) => void;
  /** False for what changes nothing, and what `retry` does not take up. True unless given. */
  readonly journaled?: boolean;
  /** What is done to each node instead of running it, in no order. */
  readonly work?: ItemWork;
}

/** Works the selection: schemas, hooks, nodes; writes the artifacts, also when the run is cancelled or breaks. */
export async function executeSelection(
  context: InvocationContext,
  options: BuildOptions,
  input: ExecuteInput,
): Promise<RunOutcome> {
  const { project, selection } = input;
  const start = context.world.elapsed();
  const items = workItems(selection, input.graph, project.manifest);
  const { writeResults = resultsWriter(context, options, project) } = input;
  if (items.length === 0) {
    context.emit({ name: 'nothing-selected' });
    writeResults([], context.world.elapsed() - start);
    writeManifestFile(context, options, project, []);
    return { success: true, interrupted: false, results: [], elapsedMs: context.world.elapsed() - start };
  }
  context.signal.throwIfAborted();
  if (context.restriction !== null && !input.compileOnly) refuseRestricted(input, items);
  const terms = await readTerms(context, options);
  const threads = options.threads ?? project.project.credentials.threads;
  const open = (): Promise<Adapter> => openWarehouse(context, project, { readOnly: false });
  const adapter = input.compileOnly ? lazyAdapter(project.services.facts, open) : await open();
  const results: RunResult[] = [];
  const ephemerals: CompiledText[] = [];
  try {
    const services = runServices(context, options, project, adapter, {
      selected: selection.ids,
      terms,
    });
    const planned = items.map((item) => item.id);
    const runs = join(project.project.targetDirectory, 'runs');
    const journal =
      input.journaled === false ? null : await openJournal(runs, journalStart(context, project, planned));
    try {
      const nodes = items
        .map((item) => findNode(project.manifest, item.nodeId))
        .filter((node) => node !== undefined);
      const total = nodes.filter((node) => !isQuiet(node)).length;
      context.emit({ name: 'run-started', threads, total });
      if (!input.compileOnly) {
        context.reportAll([
          ...overriddenMaterializations(nodes, services.programs),
          ...foreignHooks(project, input.hooks),
        ]);
        const holder = operationNode(project, 'prepare', '');
        await prepareSchemas(services, nodes as readonly GraphNode[], holder);
      }
      const hooks = (tag: string): OperationNode[] => (input.hooks ? hooksOf(project, tag) : []);
      const before = await runHooks(services, hooks('on-run-start'), null);
      results.push(...before);
      const skips = skipsAfter(project, before);
      const ran = await runNodes(services, project.manifest, input.graph, items, journal, {
        threads,
        failFast: options.failFast === true,
        testsFirst: input.testsFirst,
        compileOnly: input.compileOnly,
        ...(input.work === undefined ? {} : { work: input.work }),
        skipAll: skips ? 'Skipping because of a failed on-run-start hook' : null,
      });
      results.push(...ran);
      for (const query of await Promise.allSettled(services.compile.ephemerals.values())) {
        if (query.status === 'fulfilled') ephemerals.push(query.value.compiled);
      }
      // dbt's hooks hear of no schemas that hold functions only.
      const made = ran.filter(
        ({ node, status }) => node.resource_type !== 'function' && !isFailure(status) && status !== 'skipped',
      );
      const schemas = schemasOf(
        services,
        made.map(({ node }) => node as GraphNode),
      );
      const after = await runHooks(services, context.signal.aborted ? [] : hooks('on-run-end'), {
        // As in dbt: hooks that went well are no results, one that failed is; and there are none where it ended the run.
        results: skips ? [] : [...before.filter(({ status }) => status === 'error'), ...toldOf(ran, input)],
        schemas: [...new Set(schemas.map(({ schema }) => schema))],
        databaseSchemas: schemas.map(({ database, schema }) => [database, schema] as const),
      });
      results.push(...after);
    } finally {
      await journal?.close(context.world.now());
    }
  } finally {
    await adapter.close();
    const elapsedMs = context.world.elapsed() - start;
    writeResults(toldOf(results, input), elapsedMs);
    writeManifestFile(context, options, project, [...ephemerals, ...results]);
  }
  return finish(context, input, toldOf(results, input), context.world.elapsed() - start);
}

const resultsWriter =
  (context: InvocationContext, options: BuildOptions, project: OpenProject) =>
  (results: readonly RunResult[], elapsedMs: number): void =>
    writeResultsFile(context, options, project, results, elapsedMs);

/** Hooks and programs, where the project is not trusted. */
function refuseRestricted({ project, hooks, work }: ExecuteInput, items: readonly WorkItem[]): void {
  const nodes = items.flatMap(({ nodeId }) => findNode(project.manifest, nodeId) ?? []);
  const ends = hooks ? ['on-run-start', 'on-run-end'].flatMap((tag) => hooksOf(project, tag)) : [];
  const run = work === undefined ? (nodes as readonly GraphNode[]) : [];
  const { registry } = project.services;
  const foreign = [...programsOf(project)].filter(([, { macro }]) => !registry.isInternal(macro.packageName));
  const names = new Set(foreign.map(([name]) => name));
  checkRestrictedWork(project.project.root.directory, run, ends, names);
}

/** What the journal of a run says of it before anything is done; `planned` are the ids of what is to be worked. */
export function journalStart(
  context: InvocationContext,
  project: OpenProject,
  planned: readonly UniqueId[],
): JournalStart {
  return {
    invocationId: context.invocationId,
    command: context.command,
    args: maskedArgs(context.args),
    startedAt: context.world.startedAt,
    vars: maskedVars(project.project.cliVars),
    projectChecksum: checksumOf(project),
    planned,
  };
}

/** Ephemeral models are no results of a run, as in dbt, but where one could not be compiled. */
const toldOf = (results: readonly RunResult[], { tellEphemerals = false }: ExecuteInput): RunResult[] =>
  results.filter(({ node, status }) => tellEphemerals || !isQuiet(node) || isFailure(status));

/** The project's flag for what dbt did before 1.10 only, and will do again: a failed `on-run-start` ends the run. */
function skipsAfter({ project }: OpenProject, hooks: readonly RunResult[]): boolean {
  const { flags } = project.root.settings;
  return flags['skip_nodes_if_on_run_start_fails'] === true && hooks.some(({ status }) => isFailure(status));
}

function hooksOf({ manifest }: OpenProject, tag: string): OperationNode[] {
  const out: OperationNode[] = [];
  for (const node of manifest.nodes.values()) {
    if (node.resource_type === 'operation' && node.tags.includes(tag)) out.push(node);
  }
  return out;
}

/** What installed packages do to the warehouse by themselves. */
function foreignHooks(project: OpenProject, run: boolean): readonly Diagnostic[] {
  const hooks = ['on-run-start', 'on-run-end'].flatMap((tag) => hooksOf(project, tag));
  const foreign = hooks.filter((hook) => hook.package_name !== project.project.root.name);
  const packages = [...new Set(foreign.map((hook) => hook.package_name))];
  return run && packages.length > 0 ? [packageHooks(packages, foreign.length)] : [];
}

/** Of everything the manifest says, to tell later whether the project has changed. */
function checksumOf({ manifest, snapshot }: OpenProject): string {
  if (snapshot !== null) return snapshotChecksum(snapshot);
  const hash = createHash('sha256');
  for (const node of allNodes(manifest)) {
    hash.update(node.unique_id);
    if ('checksum' in node) {
      hash.update(typeof node.checksum === 'string' ? node.checksum : node.checksum.checksum);
    }
    hash.update(JSON.stringify(node.config));
  }
  return hash.digest('hex');
}

function finish(
  context: InvocationContext,
  { project }: ExecuteInput,
  results: readonly RunResult[],
  elapsedMs: number,
): RunOutcome {
  const counts = noResults();
  const kinds: Record<string, number> = {};
  for (const result of results) {
    counts[result.status] += 1;
    const kind = kindOf(result);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  const interrupted = context.signal.aborted;
  const problems = results.filter(({ status }) => isFailure(status) || status === 'warn');
  const told = problems.map((result) => ({
    node: nodeRef(result.node),
    outcome: nodeOutcome(result),
    ...placeOf(result, project),
  }));
  context.emit({ name: 'run-finished', counts, kinds, elapsedMs, problems: told, interrupted });
  const failed = results.some(({ status }) => isFailure(status));
  return { success: !failed && !interrupted, interrupted, results, elapsedMs };
}

/**
 * Where the node stands that failed without an error of its own to say so. The text of a test that YAML defines stands in
 * no file, so that an error in it says nothing either.
 */
function placeOf({ node, diagnostic }: RunResult, { project }: OpenProject): { readonly place?: Span } {
  const { name, directory } = project.root;
  const speaks = diagnostic !== null && !/\.ya?ml$/.test(node.original_file_path);
  if (speaks || node.package_name !== name) return {};
  const text = unlessRefused(() => readFileSync(join(directory, node.original_file_path), 'utf8'));
  return text === null ? {} : { place: definitionPlace(node, text) };
}

/** dbt's words for what was run: `table model`, `data test`, `seed`. */
function kindOf({ node }: RunResult): string {
  switch (node.resource_type) {
    case 'model':
      return `${String(node.config.materialized)} model`;
    case 'test':
      return 'data test';
    case 'operation':
      return 'project hook';
    default:
      return node.resource_type.replaceAll('_', ' ');
  }
}

/** How many nodes ended how: none so far. */
export const noResults = (): Record<ResultStatus, number> =>
  Object.fromEntries(statuses.map((status) => [status, 0])) as Record<ResultStatus, number>;

const statuses: readonly ResultStatus[] = [
  'success',
  'error',
  'skipped',
  'partial success',
  'no-op',
  'pass',
  'fail',
  'warn',
  'runtime error',
];
