import { resolve } from 'node:path';
import { hasFreshness, sourceFreshness as thresholds } from '../manifest/properties/freshness.ts';
import type { RunResult } from '../run/result.ts';
import { runFreshness } from '../run/run-freshness.ts';
import type { ItemWork } from '../run/run-nodes.ts';
import { freshnessHooksNotRun, freshnessOutput } from './errors.ts';
import { executeSelection, noRun, type RunOutcome } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { writeSourcesFile } from './project-artifacts.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface FreshnessOptions extends BuildOptions {
  /** The file to write in place of `sources.json` in the target folder; as in dbt, relative to the project. */
  readonly output?: string;
}

/** Asks every selected source with a limit of age for its newest row, and writes `sources.json`. */
export function sourceFreshness(
  options: FreshnessOptions,
  surroundings: Surroundings,
): Invocation<RunOutcome> {
  return invoke('source freshness', surroundings, treatmentOf(options), noRun, async (context) => {
    const project = await openProject(context, options);
    const graph = projectGraph(project);
    const selected = await selectNodes(context, options, project, { graph, allowed: ['source'] });
    const { sources } = project.manifest;
    const isLimited = (id: string): boolean => hasFreshness(thresholds(sources.get(id)!.freshness));
    const ids = new Set([...selected.ids].filter(isLimited));
    const { output } = options;
    if (output !== undefined) context.report(freshnessOutput(output));
    const path =
      output === undefined
        ? resolve(project.targetDirectory, 'sources.json')
        : resolve(project.project.root.directory, output);
    return executeSelection(context, options, {
      project,
      graph,
      selection: { ...selected, ids },
      testsFirst: false,
      compileOnly: false,
      hooks: ids.size > 0 && runsHooks(context, project),
      journaled: false,
      work,
      writeResults: (results: readonly RunResult[], elapsedMs) =>
        writeSourcesFile(context, options, { path, results, elapsedMs }),
    });
  });
}

const work: ItemWork = async (services, _item, node, item) => {
  if (node.resource_type === 'source') await runFreshness(services, node, item);
};

/** Hooks run unless the project keeps what dbt did before 1.10. */
function runsHooks(context: InvocationContext, { project, manifest }: OpenProject): boolean {
  if (project.root.settings.flags['source_freshness_run_project_hooks'] !== false) return true;
  const hasHooks = [...manifest.nodes.values()].some((node) => node.resource_type === 'operation');
  if (hasHooks) context.report(freshnessHooksNotRun());
  return false;
}
