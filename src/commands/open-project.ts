import { join } from 'node:path';
import type { ArtifactContext } from '../artifacts/metadata.ts';
import { manifestMetadata, writeManifest } from '../artifacts/manifest-writer.ts';
import { writeRunResults } from '../artifacts/run-results.ts';
import { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { GraphNode, UniqueId } from '../manifest/node.ts';
import type { Project, ProjectSettings } from '../project/project.ts';
import { resultRecord } from '../run/result-record.ts';
import type { RunResult } from '../run/result.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';

/** A project, read and parsed, and what its templates need. */
export interface OpenProject {
  readonly project: Project;
  readonly manifest: Manifest;
  readonly services: ContextServices;
  readonly relations: RelationClass;
  /** The entries of `selectors.yml`, rendered. */
  readonly selectorDefinitions: readonly unknown[];
}

export declare function openProject(context: InvocationContext, options: ProjectOptions): Promise<OpenProject>;
export declare function openSettings(context: InvocationContext, options: ProjectOptions): Promise<{ directory: string; settings: ProjectSettings }>;

export function artifactContext(context: InvocationContext): ArtifactContext {
  const { world, invocationId } = context;
  return { invocationId, invocationStartedAt: world.startedAt, generatedAt: world.now(), env: world.env };
}

/** Writes `manifest.json`; nodes that were compiled carry their SQL. */
export function writeManifestFile(
  context: InvocationContext,
  options: ProjectOptions,
  { manifest, project, relations }: OpenProject,
  results: readonly RunResult[],
): void {
  if (options.writeJson === false) return;
  const path = join(project.targetDirectory, 'manifest.json');
  const metadata = manifestMetadata(manifest, artifactContext(context), relations.quoting);
  writeManifest(withCompiled(manifest, results), metadata, path);
  context.emit({ name: 'artifact-written', artifact: 'manifest', path });
}

function withCompiled(manifest: Manifest, results: readonly RunResult[]): Manifest {
  const nodes = new Map<UniqueId, GraphNode>(manifest.nodes);
  for (const { node, compiledCode, compiledPath } of results) {
    const known = nodes.get(node.unique_id);
    if (known === undefined || compiledCode === null) continue;
    const compiled = { compiled_path: compiledPath, compiled: true, compiled_code: compiledCode };
    nodes.set(node.unique_id, { ...known, ...compiled, extra_ctes_injected: true, extra_ctes: [] } as GraphNode);
  }
  return { ...manifest, nodes };
}

export function writeResultsFile(
  context: InvocationContext,
  options: ProjectOptions,
  { project }: OpenProject,
  results: readonly RunResult[],
  elapsedMs: number,
): void {
  if (options.writeJson === false) return;
  const path = join(project.targetDirectory, 'run_results.json');
  const records = results.map(resultRecord);
  writeRunResults({ context: artifactContext(context), results: records, elapsedMs, args: context.args }, path);
  context.emit({ name: 'artifact-written', artifact: 'run_results', path });
}
