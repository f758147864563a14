import { cloneWork } from '../run/run-clone.ts';
import { executeSelection, noRun, type RunOutcome } from './execute.ts';
import { formerRelations } from './former-run.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import { openProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

/** Gives the selected models, seeds and snapshots the relations of another run, each by itself. */
export function clone(options: BuildOptions, surroundings: Surroundings): Invocation<RunOutcome> {
  return invoke('clone', surroundings, treatmentOf(options), noRun, async (context) => {
    const project = await openProject(context, options);
    const state = await formerRelations(context, options);
    const graph = projectGraph(project);
    const selection = await selectNodes(context, options, project, {
      graph,
      allowed: ['model', 'seed', 'snapshot'],
    });
    return executeSelection(context, options, {
      project,
      graph,
      selection,
      testsFirst: false,
      compileOnly: false,
      hooks: false,
      work: cloneWork(state),
    });
  });
}
