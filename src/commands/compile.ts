import { compileNode } from '../compile/compile-node.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { OperationNode } from '../manifest/node.ts';
import { failureDiagnostic } from '../run/failures.ts';
import { ItemRun } from '../run/item-run.ts';
import { lazyAdapter } from '../run/lazy-adapter.ts';
import { nodeOutcome, nodeRef } from '../run/node-ref.ts';
import { withNodeSession } from '../run/node-session.ts';
import type { RunResult } from '../run/result.ts';
import { compileNodes } from './compile-nodes.ts';
import { noResults, type RunOutcome } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { writeManifestFile, writeResultsFile } from './project-artifacts.ts';
import { readTerms, runServices } from './run-services.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface CompileOptions extends BuildOptions {
  /** A template to compile in place of nodes. */
  readonly inline?: string;
}

export interface CompileOutcome extends Omit<RunOutcome, 'elapsedMs'> {
  /** The nodes that the selection names, or the inline template; none where all were compiled. */
  readonly compiled: readonly {
    readonly name: string | null;
    readonly uniqueId: string;
    readonly sql: string;
  }[];
}

/** Writes the SQL that would run, and runs nothing but what templates ask of the warehouse. */
export function compile(options: CompileOptions, surroundings: Surroundings): Invocation<CompileOutcome> {
  return invoke(
    'compile',
    surroundings,
    treatmentOf(options),
    { results: [], compiled: [] },
    async (context) => {
      const project = await openProject(context, options);
      if (options.inline !== undefined) return compileInline(context, options, project, options.inline);
      // As in dbt: with `--select`, and neither without it nor with `--selector`.
      const tellEphemerals = (options.select ?? []).length > 0;
      const outcome = await compileNodes(context, options, project, { tellEphemerals });
      const compiled = outcome.results
        .filter(({ node, compiledCode }) => compiledCode !== null && isNamed(node, options.select ?? []))
        .map(({ node, compiledCode }) => ({ name: node.name, uniqueId: node.unique_id, sql: compiledCode! }));
      return { ...outcome, compiled };
    },
  );
}

/** Compiles a template of the command line, told and written as a run of that one node. */
async function compileInline(
  context: InvocationContext,
  options: CompileOptions,
  project: OpenProject,
  inline: string,
): Promise<CompileOutcome> {
  const { emit, world } = context;
  const begin = world.elapsed();
  const node = operationNode(project, 'inline_query', inline);
  const threadId = 'Thread-1 (worker)';
  const place = { index: 1, total: 1, threadId };
  emit({ name: 'run-started', threads: options.threads ?? project.project.credentials.threads, total: 1 });
  emit({ name: 'node-started', node: nodeRef(node), ...place });
  const result = await renderInline(context, options, project, node, threadId);
  emit({ name: 'node-finished', node: nodeRef(node), ...place, outcome: nodeOutcome(result) });
  const elapsedMs = world.elapsed() - begin;
  writeResultsFile(context, options, project, [result], elapsedMs);
  writeManifestFile(context, options, project, []);
  const counts = { ...noResults(), success: 1 };
  emit({ name: 'run-finished', counts, kinds: {}, elapsedMs, problems: [], interrupted: false });
  const compiled = [{ name: null, uniqueId: node.unique_id, sql: result.compiledCode! }];
  return { success: true, interrupted: false, results: [result], compiled };
}

/** Renders a template of the command line; its mistakes are diagnostics with a frame of its text. */
async function renderInline(
  context: InvocationContext,
  options: CompileOptions,
  project: OpenProject,
  node: OperationNode,
  threadId: string,
): Promise<RunResult> {
  const { facts } = project.services;
  const adapter = lazyAdapter(facts, () => openWarehouse(context, project, { readOnly: false }));
  try {
    const services = runServices(context, options, project, adapter, {
      selected: new Set(),
      terms: await readTerms(context, options),
    });
    const run = new ItemRun({
      node,
      world: services.world,
      emit: services.emit,
      threadId,
      record: () => {},
      recordBatches: () => {},
      beforePublish: () => Promise.resolve(),
    });
    await withNodeSession(services, node, { undeclaredRefs: true }, async ({ scope }) => {
      const { sql } = await run.timed('compile', () => compileNode(services.compile, scope));
      run.compiledCode = sql;
      context.emit({ name: 'node-compiled', node: run.ref, compiledPath: null, sql });
    });
    await run.timed('execute', async () => run.onlyCompiled());
    return run.result();
  } catch (thrown) {
    throw new DiagnosticError(failureDiagnostic(thrown, { compiledPath: null, compiledCode: null, node }), {
      cause: thrown,
    });
  } finally {
    await adapter.close();
  }
}

/** A node as criteria spell it. */
export interface NamedNode {
  readonly name: string;
  readonly version?: string | number | null;
}

/** Whether a criterion spells the node's name, or that of its version or file; `tag:x` and the like select without naming. */
export function isNamed({ name, version = null }: NamedNode, select: readonly string[]): boolean {
  const names = version === null ? [name] : [name, `${name}.v${version}`, `${name}_v${version}`];
  const words = select
    .flatMap((one) => one.split(/[\s,]+/))
    .map((word) => word.replace(/^@|^\d*\+|\+\d*$/g, '').replace(/^(fqn|path|file):/, ''));
  return words.some((word) => {
    const [last] = /[^/]*$/.exec(word)!;
    return names.some((one) => last === one || last === `${one}.sql` || word.endsWith(`.${one}`));
  });
}
