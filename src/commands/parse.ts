import { buildGraph } from '../graph/graph.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type Invocation, invoke, type Surroundings } from './invocation.ts';
import { openManifest } from './open-manifest.ts';
import type { ProjectOptions } from './options.ts';
import { mayHaveRings, writeManifestFile } from './project-artifacts.ts';
import { selectorDefinitions } from './selector-definitions.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface ParseOptions extends ProjectOptions {
  /** Only whether all went well is asked: the manifest of the answer is empty, which saves reading it. */
  readonly verdictOnly?: boolean;
}

export interface ParseOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  /** Empty where it was interrupted, or not asked for. */
  readonly manifest: Manifest;
}

/** Reads the project and writes its manifest. Needs no warehouse. */
export function parse(options: ParseOptions, surroundings: Surroundings): Invocation<ParseOutcome> {
  return invoke('parse', surroundings, treatmentOf(options), { manifest: emptyManifest }, async (context) => {
    const project = await openManifest(context, options);
    selectorDefinitions(context, options, project, 'eager');
    if (mayHaveRings(project)) buildGraph(project.manifest);
    writeManifestFile(context, options, project, []);
    const manifest = options.verdictOnly === true ? emptyManifest : project.manifest;
    return { success: true, interrupted: false, manifest };
  });
}

const none = new Map<string, never>();

const emptyManifest: Manifest = {
  projectName: '',
  adapterType: '',
  nodes: none,
  sources: none,
  exposures: none,
  metrics: none,
  semanticModels: none,
  savedQueries: none,
  unitTests: none,
  functions: none,
  macros: none,
  docs: none,
  groups: none,
  disabled: none,
  selectors: none,
  warnings: [],
};
