import type { ResourceType } from '../manifest/node.ts';
import { executeSelection, type RunOutcome } from './execute.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import { openProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

/** What a command that works nodes is like. */
interface Work {
  readonly allowed: readonly ResourceType[];
  readonly testsFirst: boolean;
  readonly compileOnly: boolean;
  readonly hooks: boolean;
}

/** Seeds, models, snapshots and tests in the order of the graph; a failed test stops what stands on it. */
export const build = command('build', {
  allowed: ['model', 'seed', 'snapshot', 'test', 'unit_test', 'exposure', 'saved_query', 'function'],
  testsFirst: true,
  compileOnly: false,
  hooks: true,
});

/** Models only. */
export const run = command('run', { allowed: ['model'], testsFirst: false, compileOnly: false, hooks: true });

/** Tests of what is already built. */
export const test = command('test', {
  allowed: ['test', 'unit_test'],
  testsFirst: false,
  compileOnly: false,
  hooks: true,
});

/** Loads CSV files into tables. */
export const seed = command('seed', {
  allowed: ['seed'],
  testsFirst: false,
  compileOnly: false,
  hooks: true,
});

/** Snapshots only: versions of rows as they change. */
export const snapshot = command('snapshot', {
  allowed: ['snapshot'],
  testsFirst: false,
  compileOnly: false,
  hooks: true,
});

/** One command of the family: opens the project, selects, works. */
function command(name: string, work: Work) {
  return (options: BuildOptions, surroundings: Surroundings): Invocation<RunOutcome> =>
    invoke(name, surroundings, treatmentOf(options), async (context) => {
      const project = await openProject(context, options);
      const graph = projectGraph(project);
      const { allowed, ...rest } = work;
      const selection = await selectNodes(context, options, project, {
        graph,
        allowed,
      });
      return executeSelection(context, options, { project, graph, selection, ...rest });
    });
}
