import { join, resolve } from 'node:path';
import { type FormerManifest, readFormerManifest } from '../artifacts/former-manifest.ts';
import { readFormerResults } from '../artifacts/former-results.ts';
import { type StateRelation, stateFunctions, stateRelations } from '../artifacts/state-relations.ts';
import type { Deferral } from '../compile/deferral.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { MethodName } from '../graph/selector.ts';
import { compareWithState } from '../graph/state/compare.ts';
import { fresherSources } from '../graph/state/fresher.ts';
import { noSelectionState, type SelectionState } from '../graph/state/selection-state.ts';
import { internalPackageNames } from '../manifest/internal-packages.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { UniqueId } from '../manifest/node.ts';
import { projectDirectory } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { BuildOptions, SelectionOptions } from './options.ts';
import {
  fresherUnknown,
  stateArtifactMissing,
  stateIsTarget,
  stateManifestMissing,
  stateMissing,
  stateOfOtherProject,
} from './state-errors.ts';

/** What the methods that look at an earlier run compare with, as far as a selection uses them. */
export async function selectionState(
  context: InvocationContext,
  options: SelectionOptions,
  manifest: Manifest,
  methods: ReadonlySet<MethodName>,
): Promise<SelectionState> {
  const { state: folder } = options;
  if (folder === undefined) return noSelectionState;
  const path = statePath(context, options, folder);
  const target = resolve(projectDirectory(context.world, options), options.targetPath ?? 'target');
  if (
    path === target &&
    ['state', 'result', 'source_status'].some((name) => methods.has(name as MethodName))
  ) {
    context.report(stateIsTarget(folder));
  }
  return {
    state: methods.has('state') ? await comparison(context, manifest, path, folder) : null,
    result: methods.has('result') ? await byStatus(path, folder) : null,
    sourceStatus: methods.has('source_status') ? await byFreshness(path, folder, target) : null,
  };
}

/** As in dbt, relative to the project. */
const statePath = ({ world }: InvocationContext, options: SelectionOptions, folder: string): string =>
  resolve(projectDirectory(world, options), folder);

async function comparison(
  context: InvocationContext,
  manifest: Manifest,
  path: string,
  folder: string,
): Promise<SelectionState['state']> {
  const former = await formerManifest(path, folder);
  if (former.projectName !== null && former.projectName !== manifest.projectName) {
    context.report(stateOfOtherProject(folder, former.projectName, manifest.projectName));
  }
  const { facts } = context.adapters.get(manifest.adapterType)!;
  return compareWithState({
    manifest,
    former,
    facts,
    builtIn: new Set(internalPackageNames(facts)),
    comparesUnrendered: context.args['state_modified_compare_more_unrendered_values'] === true,
    now: context.world.startedAt,
    report: context.report,
  });
}

async function formerManifest(path: string, folder: string): Promise<FormerManifest> {
  const found = await readFormerManifest(join(path, 'manifest.json'));
  if (found === null) throw new DiagnosticError(stateManifestMissing(folder));
  return found;
}

async function byStatus(path: string, folder: string): Promise<SelectionState['result']> {
  const former = await readFormerResults(join(path, 'run_results.json'));
  if (former === null) throw new DiagnosticError(stateArtifactMissing(folder, 'run_results.json'));
  return (status) =>
    new Set(former.results.filter((result) => result['status'] === status).map((result) => result.unique_id));
}

async function byFreshness(
  path: string,
  folder: string,
  target: string,
): Promise<SelectionState['sourceStatus']> {
  const read = (directory: string) => readFormerResults(join(directory, 'sources.json'));
  const [former, present] = [await read(path), await read(target)];
  if (former === null) throw new DiagnosticError(stateArtifactMissing(folder, 'sources.json'));
  if (present === null) throw new DiagnosticError(stateArtifactMissing(target, 'sources.json'));
  return (value) => {
    if (value !== 'fresher') throw new DiagnosticError(fresherUnknown(value));
    return fresherSources(present.results, former.results);
  };
}

/** What `--defer` asks for; null without it. Throws as `formerRelations`. */
export async function deferralOf(
  context: InvocationContext,
  options: BuildOptions,
): Promise<Deferral | null> {
  if (options.defer !== true) return null;
  const { manifest, path } = await formerState(context, options);
  return {
    relations: stateRelations(manifest, path),
    functions: stateFunctions(manifest, path),
    favorsState: options.favorState === true,
  };
}

/** The relations of the earlier run that an invocation names; throws where it names none, or that has no manifest. */
export async function formerRelations(
  context: InvocationContext,
  options: BuildOptions,
): Promise<ReadonlyMap<UniqueId, StateRelation>> {
  const { manifest, path } = await formerState(context, options);
  return stateRelations(manifest, path);
}

async function formerState(
  context: InvocationContext,
  options: BuildOptions,
): Promise<{ readonly manifest: FormerManifest; readonly path: string }> {
  const folder = options.deferState ?? options.state;
  if (folder === undefined) throw new DiagnosticError(stateMissing());
  const path = statePath(context, options, folder);
  return { manifest: await formerManifest(path, folder), path: join(path, 'manifest.json') };
}
