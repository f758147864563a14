import { DiagnosticError } from '../core/diagnostic.ts';
import type { Selection } from '../graph/select.ts';
import type { ResourceType } from '../manifest/node.ts';
import { type ExecuteInput, executeSelection, type RunOutcome } from './execute.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';

/** Types that can be compiled by themselves. */
export const compiledTypes: readonly ResourceType[] = [
  'model',
  'analysis',
  'test',
  'snapshot',
  'seed',
  'function',
];

type CompileNodesInput = Pick<ExecuteInput, 'writeResults' | 'tellEphemerals'> & {
  readonly selection?: Selection;
};

/**
 * Compiles what is selected of all that can be, and runs none of it. As in dbt, SQL that cannot be compiled is no failure
 * of a run, for there was none: all of it is thrown. `writeResults` as for a run; `selection` holds nodes of
 * `compiledTypes`, and is the command line's unless given.
 */
export async function compileNodes(
  context: InvocationContext,
  options: BuildOptions,
  project: OpenProject,
  { selection: known, ...given }: CompileNodesInput = {},
): Promise<RunOutcome> {
  const graph = projectGraph(project);
  const selection =
    known ?? (await selectNodes(context, options, project, { graph, allowed: compiledTypes }));
  const outcome = await executeSelection(context, options, {
    ...given,
    project,
    graph,
    selection,
    testsFirst: false,
    compileOnly: true,
    hooks: false,
  });
  const errors = outcome.results.flatMap(({ diagnostic }) => diagnostic ?? []);
  if (errors.length > 0 && !outcome.interrupted) throw new DiagnosticError(errors);
  return outcome;
}
