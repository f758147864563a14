import { join, relative } from 'node:path';
import type { AdapterFacts } from '../adapter/facts.ts';
import { WrittenArtifacts } from '../artifacts/written.ts';
import { fromPlain } from '../context/plain.ts';
import { RelationClass } from '../context/relation-class.ts';
import type { ContextServices } from '../context/services.ts';
import { unlessRefused } from '../core/system-error.ts';
import { str } from '../jinja/text.ts';
import { type GateRequest, type Look, passGate } from '../manifest/cache/gate.ts';
import { knownListings } from '../manifest/cache/known-listing.ts';
import { type ParseExtent, parseThroughCache } from '../manifest/cache/parse-cache.ts';
import { rememberedManifest, rememberedWarnings } from '../manifest/cache/remembered.ts';
import { rememberedRegistry } from '../manifest/cache/remembered-macros.ts';
import { readRest, type Snapshot, type ToldProject } from '../manifest/cache/snapshot.ts';
import { restoreDiagnostic } from '../manifest/cache/told.ts';
import { internalPackageNames, readInternalPackages } from '../manifest/internal-packages.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ParsedProject, ParseOptions } from '../manifest/parse-project.ts';
import { resourceCounts } from '../manifest/resource-counts.ts';
import type { ListedProject } from '../project/load-project.ts';
import { contextServices } from './context-services.ts';
import { gateRecord } from './gate-record.ts';
import { cacheFolder, gateRequest, remembers } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import { listedProject, maskCredentials } from './list-project.ts';
import type { OpenManifest } from './open-manifest.ts';
import type { ProjectOptions } from './options.ts';
import { RecordedEnvironment } from './recorded-environment.ts';
import { checkRestrictedManifest } from './restricted.ts';

/** A project, read and parsed, and what its templates need. */
export interface OpenProject extends OpenManifest {
  readonly project: ListedProject;
  readonly services: ContextServices;
  readonly relations: RelationClass;
}

/**
 * Finds, reads and parses the project, as far as it is not known from the last time; its warnings are told. `look` is
 * what was seen of it just now, where it is not as it was. Throws DiagnosticError with every mistake in it.
 */
export async function openProject(
  context: InvocationContext,
  options: ProjectOptions,
  look?: Look,
): Promise<OpenProject> {
  const start = context.world.elapsed();
  const request = gateRequest(context, options);
  const snapshot = look === undefined && remembers(context, options) ? sameSnapshot(request) : null;
  return snapshot === null
    ? parsedProject(context, options, look ?? request.look, start)
    : sameProject(context, options, snapshot, start);
}

/** What is remembered of a project that is as it was; null of any other. */
function sameSnapshot(request: GateRequest): Snapshot | null {
  return unlessRefused(() => {
    const read = passGate(request);
    return read === null ? null : readRest(request.directory, read);
  });
}

/** Only the settings are read, for what templates see of them. */
function sameProject(
  context: InvocationContext,
  options: ProjectOptions,
  snapshot: Snapshot,
  start: number,
): OpenProject {
  const { files } = snapshot;
  const project = listedProject(context, options, knownListings(files, []));
  context.emit({ name: 'adapter-registered', adapterType: project.credentials.type });
  const { settingsWarnings } = snapshot.record;
  const warnings = [
    ...settingsWarnings.map((one) => restoreDiagnostic(one, project.root.directory)),
    ...rememberedWarnings(snapshot, project.root.directory),
  ];
  const { parseOptions, told } = parseRequest(context, options, project);
  const manifest = rememberedManifest(snapshot, warnings);
  tell(context, { manifest, told, counts: snapshot.record.told.counts, extent: 'nothing', start });
  return opened({ project, manifest, parseOptions, told, snapshot, parsed: null });
}

function parsedProject(
  context: InvocationContext,
  options: ProjectOptions,
  look: Look,
  start: number,
): OpenProject {
  const openedAt = context.world.now();
  const environment = new RecordedEnvironment(context.world.env);
  const recorded = { ...context, world: { ...context.world, env: environment } };
  const project = listAgain(recorded, options, look);
  context.emit({ name: 'adapter-registered', adapterType: project.credentials.type });
  const { parseOptions, told } = parseRequest(recorded, options, project);
  const { snapshot, parsed, extent } = parseThroughCache({
    directory: join(project.targetDirectory, cacheFolder),
    build: context.build,
    listed: project,
    options: parseOptions,
    usesFormer: remembers(context, options),
    look,
    gate: (values) => gateRecord(context, options, project, environment, openedAt, values),
    told,
  });
  const manifest =
    parsed?.manifest ??
    rememberedManifest(snapshot!, [
      ...project.warnings,
      ...rememberedWarnings(snapshot!, project.root.directory),
    ]);
  if (context.restriction !== null) checkRestrictedManifest(project.root, manifest);
  const counts = snapshot?.record.told.counts ?? countsOf(manifest);
  tell(context, { manifest, told, counts, extent, start });
  return opened({ project, manifest, parseOptions, told, snapshot, parsed });
}

/** The project without a walk through its folders, where they are known to hold what they held. */
function listAgain(context: InvocationContext, options: ProjectOptions, { record, now, folders }: Look) {
  if (now === null || folders === null) return listedProject(context, options);
  const project = listedProject(context, options, knownListings(now.files, folders));
  const { settingsWarnings } = record!.read.record;
  return {
    ...project,
    warnings: settingsWarnings.map((one) => restoreDiagnostic(one, project.root.directory)),
  };
}

type Told = Omit<ToldProject, 'counts'>;

/** What parsing needs beside files. Secrets of the profile are masked from here on. */
function parseRequest(context: InvocationContext, options: ProjectOptions, project: ListedProject) {
  maskCredentials(context, project);
  const facts = context.adapters.get(project.credentials.type)!.facts;
  const ours = internalPackageNames(facts);
  const parseOptions = {
    services: contextServices(context, options, project),
    internalPackages: readInternalPackages(context.macrosDirectory, ours, context.macroIndex),
  };
  return { parseOptions, told: toldOf(context, project, facts) };
}

function tell(
  context: InvocationContext,
  {
    manifest,
    told,
    counts,
    extent,
    start,
  }: {
    readonly manifest: Manifest;
    readonly told: Told;
    readonly counts: ToldProject['counts'];
    readonly extent: ParseExtent;
    readonly start: number;
  },
): void {
  context.reportAll(manifest.warnings);
  const { targetDirectory, quoting, ...names } = told;
  const elapsedMs = context.world.elapsed() - start;
  context.emit({ name: 'project-parsed', ...names, elapsedMs, counts, extent, groups: groupsOf(manifest) });
  context.signal.throwIfAborted();
}

/** As dbt tells them: what an owner has is text, as Python prints it. */
function groupsOf({ groups }: Manifest): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    [...groups.values()].map(({ name, package_name, owner }) => {
      const said = Object.entries(owner).filter(([, value]) => value !== null);
      const texts = said.map(([key, value]) => [key, str(fromPlain(value))]);
      return [name, { name, package_name, owner: Object.fromEntries(texts) }];
    }),
  );
}

function opened({
  project,
  manifest,
  parseOptions,
  told,
  snapshot,
  parsed,
}: {
  readonly project: ListedProject;
  readonly manifest: Manifest;
  readonly parseOptions: Omit<ParseOptions, 'project' | 'part'>;
  readonly told: Told;
  readonly snapshot: Snapshot | null;
  readonly parsed: ParsedProject | null;
}): OpenProject {
  const shared = parseOptions.services;
  let services = parsed?.services ?? null;
  return {
    project,
    manifest,
    get services() {
      services ??= { ...shared, registry: rememberedRegistry(snapshot!, project, parseOptions) };
      return services;
    },
    relations: parsed?.relations ?? new RelationClass(shared.facts, project.root.settings.quoting),
    selectorDefinitions: [...manifest.selectors.values()],
    targetDirectory: told.targetDirectory,
    quoting: told.quoting,
    written: snapshot && new WrittenArtifacts(join(told.targetDirectory, cacheFolder), snapshot.record),
    snapshot,
  };
}

function toldOf(context: InvocationContext, project: ListedProject, facts: AdapterFacts): Told {
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
