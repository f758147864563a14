import { join, relative } from 'node:path';
import type { AdapterFacts } from '../adapter/facts.ts';
import { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import { Secret } from '../core/secret.ts';
import type { Look } from '../manifest/cache/gate.ts';
import { parseThroughCache } from '../manifest/cache/parse-cache.ts';
import { rememberedManifest, rememberedWarnings } from '../manifest/cache/remembered.ts';
import { rememberedRegistry } from '../manifest/cache/remembered-macros.ts';
import type { ToldProject } from '../manifest/cache/snapshot.ts';
import { internalPackageNames, readInternalPackages } from '../manifest/internal-packages.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { resourceCounts } from '../manifest/resource-counts.ts';
import { type ListedProject, listProject, loadSettings } from '../project/load-project.ts';
import type { ProjectSettings } from '../project/project.ts';
import { contextServices, yamlRenderer } from './context-services.ts';
import { gateRecord } from './gate-record.ts';
import { cacheFolder, projectDirectory } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenManifest } from './open-manifest.ts';
import type { ProjectOptions } from './options.ts';
import { RecordedEnvironment } from './recorded-environment.ts';

/** A project, read and parsed, and what its templates need. */
export interface OpenProject extends OpenManifest {
  readonly project: ListedProject;
  readonly services: ContextServices;
  readonly relations: RelationClass;
}

/**
 * Finds, reads and parses the project, as far as it is not known from the last time; its warnings are told. Throws
 * DiagnosticError with every mistake in it.
 */
export async function openProject(
  context: InvocationContext,
  options: ProjectOptions,
  look: Look = { stamps: [], record: null },
): Promise<OpenProject> {
  const start = context.world.elapsed();
  const openedAt = context.world.now();
  const environment = new RecordedEnvironment(context.world.env);
  const recorded = { ...context, world: { ...context.world, env: environment } };
  const project = list(recorded, options);
  for (const secret of secretsOf(project)) context.secrets.add(secret);
  const facts = context.adapters.get(project.credentials.type)!.facts;
  const ours = internalPackageNames(facts);
  const shared = contextServices(recorded, options, project);
  const parseOptions = {
    services: shared,
    internalPackages: readInternalPackages(context.macrosDirectory, ours, context.macroIndex),
  };
  const told = toldOf(context, project, facts);
  const { snapshot, parsed, extent } = parseThroughCache({
    directory: join(project.targetDirectory, cacheFolder),
    build: context.build,
    listed: project,
    options: parseOptions,
    usesFormer: options.partialParse !== false,
    look,
    gate: (readSets) => gateRecord(context, options, project, environment, openedAt, readSets),
    told,
  });
  const manifest =
    parsed?.manifest ??
    rememberedManifest(snapshot!, [
      ...project.warnings,
      ...rememberedWarnings(snapshot!, project.root.directory),
    ]);
  context.reportAll(manifest.warnings);
  const { targetDirectory, quoting, ...names } = told;
  context.emit({
    name: 'project-parsed',
    ...names,
    elapsedMs: context.world.elapsed() - start,
    counts: snapshot?.record.told.counts ?? countsOf(manifest),
    extent,
  });
  let services = parsed?.services ?? null;
  return {
    project,
    manifest,
    get services() {
      services ??= { ...shared, registry: rememberedRegistry(snapshot!, project, parseOptions) };
      return services;
    },
    relations: parsed?.relations ?? new RelationClass(facts, project.root.settings.quoting),
    selectorDefinitions: [...manifest.selectors.values()],
    targetDirectory,
    quoting,
    generation: snapshot?.record.generation ?? null,
    snapshot,
  };
}

function toldOf(
  context: InvocationContext,
  project: ListedProject,
  facts: AdapterFacts,
): Omit<ToldProject, 'counts'> {
  const { root, profileName, targetName, credentials, targetDirectory, embeddedProfile } = project;
  return {
    projectName: root.name,
    profileName,
    targetName,
    adapterType: credentials.type,
    embeddedDatabase: embeddedProfile ? embeddedFile(context, project) : null,
    targetDirectory,
    quoting: new RelationClass(facts, root.settings.quoting).quoting,
  };
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
  context.reportAll(warnings);
  return { directory, settings };
}

function projectPlace({ world }: InvocationContext, options: ProjectOptions) {
  return {
    projectDirectory: projectDirectory(world, options),
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
function secretsOf({ credentials }: ListedProject): string[] {
  const values = Object.values(credentials.fields);
  const open = new Set<unknown>([credentials.type, credentials.database, credentials.schema, ...values]);
  return secretTexts(values).filter((secret) => !open.has(secret));
}

function secretTexts(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

function list(context: InvocationContext, options: ProjectOptions): ListedProject {
  return listProject({
    ...projectPlace(context, options),
    profilesDirectory: options.profilesDir ?? null,
    profile: options.profile ?? null,
    target: options.target ?? null,
    threads: options.threads ?? null,
    adapters: context.adapters,
    makeRenderer: (scope) => yamlRenderer(context, scope),
  });
}

function embeddedFile({ world }: InvocationContext, { credentials }: ListedProject): string {
  const path = String(credentials.fields['path'] ?? '');
  return relative(world.workingDirectory, path) || path;
}

function countsOf(manifest: Manifest): Readonly<Record<string, number>> {
  return resourceCounts(manifest.nodes.keys(), {
    source: manifest.sources.size,
    exposure: manifest.exposures.size,
    metric: manifest.metrics.size,
    macro: manifest.macros.size,
    group: manifest.groups.size,
    semantic_model: manifest.semanticModels.size,
    saved_query: manifest.savedQueries.size,
    unit_test: manifest.unitTests.size,
    function: manifest.functions.size,
  });
}
