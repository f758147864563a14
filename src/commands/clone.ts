import { resolve } from 'node:path';
import { readStateRelations } from '../artifacts/state-relations.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { cloneWork } from '../run/run-clone.ts';
import { stateManifestMissing, stateMissing } from './errors.ts';
import { executeSelection, type RunOutcome } from './execute.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import { openProject } from './open-project.ts';
import type { BuildOptions } from './options.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface CloneOptions extends BuildOptions {
  /** Folder of the manifest of the run whose relations are cloned; as in dbt, relative to the project. */
  readonly state?: string;
  /** The same, and wins. */
  readonly deferState?: string;
}

/** Gives the selected models, seeds and snapshots the relations of another run, each by itself. */
export function clone(options: CloneOptions, surroundings: Surroundings): Invocation<RunOutcome> {
  return invoke('clone', surroundings, treatmentOf(options), async (context) => {
    const project = await openProject(context, options);
    const folder = options.deferState ?? options.state;
    if (folder === undefined) throw new DiagnosticError(stateMissing());
    const path = resolve(project.project.root.directory, folder, 'manifest.json');
    const state = await readStateRelations(path);
    if (state === null) throw new DiagnosticError(stateManifestMissing(folder));
    const graph = projectGraph(project);
    const selection = selectNodes(context, options, {
      manifest: project.manifest,
      graph,
      allowed: ['model', 'seed', 'snapshot'],
      definitions: project.selectorDefinitions,
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
