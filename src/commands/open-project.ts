import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { writeGraphSummary } from '../artifacts/graph-summary.ts';
import { manifestMetadata, writeManifest } from '../artifacts/manifest-writer.ts';
import type { ArtifactContext } from '../artifacts/metadata.ts';
import { writeRunResults } from '../artifacts/run-results.ts';
import { writeSemanticManifest } from '../artifacts/semantic-manifest.ts';
import type { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import { Secret } from '../core/secret.ts';
import { publishedSelectors } from '../graph/selector-dict.ts';
import { internalPackageNames, readInternalPackages } from '../manifest/internal-packages.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { GraphNode, UniqueId } from '../manifest/node.ts';
import { parseProject } from '../manifest/parse-project.ts';
import { loadProject, loadSettings } from '../project/load-project.ts';
import type { Project, ProjectSettings } from '../project/project.ts';
import type { RunResult } from '../run/result.ts';
import { resultRecord } from '../run/result-record.ts';
import { contextServices, yamlRenderer } from './context-services.ts';
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

/** Finds, reads and parses the project; its warnings are told. Throws DiagnosticError with every mistake in it. */
export async function openProject(context: InvocationContext, options: ProjectOptions): Promise<OpenProject> {
  const start = context.world.elapsed();
  const project = readProject(context, options);
  for (const secret of secretsOf(project)) context.secrets.add(secret);
  const facts = context.adapters.get(project.credentials.type)!.facts;
  const names = internalPackageNames(facts);
  const parsed = parseProject({
    project,
    services: contextServices(context, options, project),
    internalPackages: readInternalPackages(context.macrosDirectory, names, context.macroIndex),
  });
  const { manifest, services, relations } = parsed;
  for (const diagnostic of manifest.warnings) context.report(diagnostic);
  context.emit({
    name: 'project-parsed',
    projectName: project.root.name,
    profileName: project.profileName,
    targetName: project.targetName,
    adapterType: project.credentials.type,
    embeddedDatabase: project.embeddedProfile ? embeddedFile(context, project) : null,
    elapsedMs: context.world.elapsed() - start,
    counts: countsOf(manifest, services.registry),
  });
  return { project, manifest, services, relations, selectorDefinitions: [...manifest.selectors.values()] };
}

/** The project's settings alone: no profile is needed for them. */
export function openSettings(
  context: InvocationContext,
  options: ProjectOptions,
): { readonly directory: string; readonly settings: ProjectSettings } {
  const { directory, settings, warnings } = loadSettings({
    ...projectPlace(context, options),
    makeRenderer: (scope) => yamlRenderer(context, scope),
  });
  for (const diagnostic of warnings) context.report(diagnostic);
  return { directory, settings };
}

function projectPlace({ world }: InvocationContext, options: ProjectOptions) {
  return {
    projectDirectory: options.projectDir ?? nearestProject(world.workingDirectory),
    targetPath: options.targetPath ?? null,
    vars: options.vars ?? null,
    versionCheck: options.versionCheck ?? true,
    world,
  };
}

/**
 * What must not be shown of the credentials. A password that is also the name of user, database or adapter, as test
 * servers have it, is left: it would blank out half of every log, and so tell what it is.
 */
function secretsOf({ credentials }: Project): string[] {
  const values = Object.values(credentials.fields);
  const open = new Set<unknown>([credentials.type, credentials.database, credentials.schema, ...values]);
  return secretTexts(values).filter((secret) => !open.has(secret));
}

function secretTexts(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

function readProject(context: InvocationContext, options: ProjectOptions): Project {
  return loadProject({
    ...projectPlace(context, options),
    profilesDirectory: options.profilesDir ?? null,
    profile: options.profile ?? null,
    target: options.target ?? null,
    threads: options.threads ?? null,
    adapters: context.adapters,
    makeRenderer: (scope) => yamlRenderer(context, scope),
  });
}

/** The working directory, or the nearest folder above it that holds a project file. */
function nearestProject(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'dbt_project.yml'))) return folder;
    if (folder === dirname(folder)) return directory;
  }
}

function embeddedFile({ world }: InvocationContext, { credentials }: Project): string {
  const path = String(credentials.fields['path'] ?? '');
  return relative(world.workingDirectory, path) || path;
}

/** Counted as dbt counts what it found, in its order. */
function countsOf(
  manifest: Manifest,
  registry: ContextServices['registry'],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { resource_type: type } of manifest.nodes.values()) {
    if (type === 'operation' || type === 'sql_operation') continue;
    const name = type === 'test' ? 'data_test' : type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const others = {
    source: manifest.sources.size,
    exposure: manifest.exposures.size,
    metric: manifest.metrics.size,
    macro: [...registry.all()].length,
    group: manifest.groups.size,
    semantic_model: manifest.semanticModels.size,
    saved_query: manifest.savedQueries.size,
    unit_test: manifest.unitTests.size,
    function: manifest.functions.size,
  };
  return { ...counts, ...Object.fromEntries(Object.entries(others).filter(([, count]) => count > 0)) };
}

export function artifactContext(context: InvocationContext): ArtifactContext {
  const { world, invocationId } = context;
  return { invocationId, invocationStartedAt: world.startedAt, generatedAt: world.now(), env: world.env };
}

/**
 * Writes `manifest.json` (nodes that were compiled carry their SQL), `semantic_manifest.json`, and for commands that
 * work with the graph `graph_summary.json`.
 */
export function writeManifestFile(
  context: InvocationContext,
  options: ProjectOptions,
  { manifest, project, relations }: OpenProject,
  results: readonly RunResult[],
): void {
  if (options.writeJson === false) return;
  const path = join(project.targetDirectory, 'manifest.json');
  const metadata = manifestMetadata(manifest, artifactContext(context), relations.quoting);
  const selectors = publishedSelectors(manifest.selectors);
  writeManifest({ ...withCompiled(manifest, results), selectors }, metadata, path);
  context.emit({ name: 'artifact-written', artifact: 'manifest', path });
  const semanticPath = join(project.targetDirectory, 'semantic_manifest.json');
  writeSemanticManifest(manifest, semanticPath);
  context.emit({ name: 'artifact-written', artifact: 'semantic_manifest', path: semanticPath });
  if (context.command === 'parse') return;
  const withTestEdges = context.command === 'build';
  const { invocationId } = context;
  writeGraphSummary(manifest, join(project.targetDirectory, 'graph_summary.json'), {
    invocationId,
    withTestEdges,
  });
}

function withCompiled(manifest: Manifest, results: readonly RunResult[]): Manifest {
  const nodes = new Map<UniqueId, GraphNode>(manifest.nodes);
  for (const { node, compiledCode, compiledPath } of results) {
    const known = nodes.get(node.unique_id);
    if (known === undefined || compiledCode === null) continue;
    const compiled = { compiled_path: compiledPath, compiled: true, compiled_code: compiledCode };
    nodes.set(node.unique_id, {
      ...known,
      ...compiled,
      extra_ctes_injected: true,
      extra_ctes: [],
    } as GraphNode);
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
  writeRunResults(
    { context: artifactContext(context), results: records, elapsedMs, args: context.args },
    path,
  );
  context.emit({ name: 'artifact-written', artifact: 'run_results', path });
}
