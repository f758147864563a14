import type { ResourceType } from '../manifest/node.ts';
import { executeSelection, noRun, type RunOutcome } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { openProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { previews, type ShownRows } from './show.ts';
import { treatmentOf } from './warning-treatment.ts';

/** What a command that works nodes is like. */
interface Work {
  readonly allowed: readonly ResourceType[];
  readonly testsFirst: boolean;
  readonly compileOnly: boolean;
  readonly hooks: boolean;
}

export interface SeedOptions extends BuildOptions {
  /** Give the first rows of every table that was loaded. */
  readonly show?: boolean;
}

export interface SeedOutcome extends RunOutcome {
  /** Empty unless they were asked for. */
  readonly samples: readonly SeedSample[];
}

export interface SeedSample extends ShownRows {
  /** `schema.table`. */
  readonly table: string;
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
export function seed(options: SeedOptions, surroundings: Surroundings): Invocation<SeedOutcome> {
  const work: Work = { allowed: ['seed'], testsFirst: false, compileOnly: false, hooks: true };
  return invoke('seed', surroundings, treatmentOf(options), { ...noRun, samples: [] }, async (context) => {
    const { project, outcome } = await workNodes(context, options, work);
    const loaded = outcome.results.filter(({ status }) => status === 'success').map(({ node }) => node);
    if (options.show !== true || outcome.interrupted || loaded.length === 0) {
      return { ...outcome, samples: [] };
    }
    const nodes = loaded.map((node) => project.manifest.nodes.get(node.unique_id)!);
    const shown = await previews(context, { ...options, limit: sampleRows }, project, nodes);
    const samples = shown.map((rows, index) => {
      const { schema, alias } = nodes[index]!;
      return { ...rows, table: `${schema}.${alias}` };
    });
    return { ...outcome, samples };
  });
}

/** As many as dbt prints. */
const sampleRows = 10;

/** Snapshots only: versions of rows as they change. */
export const snapshot = command('snapshot', {
  allowed: ['snapshot'],
  testsFirst: false,
  compileOnly: false,
  hooks: true,
});

/** One command of the family. */
function command(name: string, work: Work) {
  return (options: BuildOptions, surroundings: Surroundings): Invocation<RunOutcome> =>
    invoke(name, surroundings, treatmentOf(options), noRun, async (context) => {
      const { outcome } = await workNodes(context, options, work);
      return outcome;
    });
}

/** Opens the project, selects, works. */
async function workNodes(context: InvocationContext, options: BuildOptions, work: Work) {
  const project = await openProject(context, options);
  const graph = projectGraph(project);
  const { allowed, ...rest } = work;
  const selection = await selectNodes(context, options, project, { graph, allowed });
  return {
    project,
    outcome: await executeSelection(context, options, { project, graph, selection, ...rest }),
  };
}
