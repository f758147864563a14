import { DiagnosticError } from '../core/diagnostic.ts';
import { type ExecuteInput, executeSelection, type RunOutcome } from './execute.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';

/**
 * Compiles what is selected of all that can be, and runs none of it. As in dbt, SQL that cannot be compiled is no failure
 * of a run, for there was none: all of it is thrown. `writeResults` as for a run.
 */
export async function compileNodes(
  context: InvocationContext,
  options: BuildOptions,
  project: OpenProject,
  given: Pick<ExecuteInput, 'writeResults'> = {},
): Promise<RunOutcome> {
  const graph = projectGraph(project);
  const selection = await selectNodes(context, options, project, {
    graph,
    allowed: ['model', 'analysis', 'test', 'snapshot', 'seed'],
  });
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
