import { compileNode } from '../compile/compile-node.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { failureDiagnostic } from '../run/failures.ts';
import { lazyAdapter } from '../run/lazy-adapter.ts';
import { withNodeSession } from '../run/node-session.ts';
import { compileNodes } from './compile-nodes.ts';
import type { RunOutcome } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { operationNode } from './operation-node.ts';
import type { BuildOptions } from './options.ts';
import { writeManifestFile } from './project-artifacts.ts';
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

async function compileInline(
  context: InvocationContext,
  options: CompileOptions,
  project: OpenProject,
  inline: string,
): Promise<CompileOutcome> {
  const sql = await renderInline(context, options, project, inline);
  writeManifestFile(context, options, project, []);
  const { unique_id: uniqueId } = operationNode(project, 'inline_query', inline);
  return { success: true, interrupted: false, results: [], compiled: [{ name: null, uniqueId, sql }] };
}

/** Renders a template of the command line; its mistakes are diagnostics with a frame of its text. */
async function renderInline(
  context: InvocationContext,
  options: CompileOptions,
  project: OpenProject,
  inline: string,
): Promise<string> {
  const { facts } = project.services;
  const adapter = lazyAdapter(facts, () => openWarehouse(context, project, { readOnly: false }));
  const node = operationNode(project, 'inline_query', inline);
  try {
    const services = runServices(context, options, project, adapter, {
      selected: new Set(),
      terms: await readTerms(context, options),
    });
    return await withNodeSession(services, node, { undeclaredRefs: true }, async ({ scope }) => {
      return (await compileNode(services.compile, scope)).sql;
    });
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
