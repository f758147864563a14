import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapters } from '../adapters/index.ts';
import type { SeedOptions, SeedOutcome } from './commands/build.ts';
import type { CleanOptions, CleanOutcome } from './commands/clean.ts';
import type { CompileOptions, CompileOutcome } from './commands/compile.ts';
import type { DebugOptions, DebugOutcome } from './commands/debug.ts';
import type { DepsOptions, DepsOutcome, InstalledPackage } from './commands/deps.ts';
import type { DocsOptions, DocsOutcome } from './commands/docs-generate.ts';
import type { RunOutcome } from './commands/execute.ts';
import type { ExportCiOptions, ExportCiOutcome } from './commands/export-ci.ts';
import type { InitOptions, InitOutcome } from './commands/init.ts';
import type { Invocation, Surroundings } from './commands/invocation.ts';
import { argsOf } from './commands/invocation-args.ts';
import { later } from './commands/later.ts';
import type { ListOptions, ListOutcome } from './commands/list.ts';
import type { BuildOptions, CommandOptions } from './commands/options.ts';
import type { ParseOptions, ParseOutcome } from './commands/parse.ts';
import type { RetryOptions, RetryOutcome } from './commands/retry.ts';
import type { OperationOptions, OperationOutcome } from './commands/run-operation.ts';
import type { ShowOptions, ShowOutcome } from './commands/show.ts';
import type { FreshnessOptions } from './commands/source-freshness.ts';
import type { Event } from './core/event.ts';
import { environment, processWorld } from './core/process-world.ts';
import { version } from './core/version.ts';
import type { World } from './core/world.ts';
import type { ReportKind } from './export/reports/kinds.ts';
import type { ReportInput } from './export/reports/told.ts';

export type { Credentials } from './adapter/facts.ts';
export type { RunOutcome } from './commands/execute.ts';
export type { Invocation } from './commands/invocation.ts';
export type { BuildOptions, CommandOptions, ProjectOptions, SelectionOptions } from './commands/options.ts';
export { type Diagnostic, DiagnosticError, formatDiagnostic } from './core/diagnostic.ts';
export type { Event, EventName, EventOf, NodeOutcome, NodeRef, ResultStatus } from './core/event.ts';
export type { DifferingRow, RowDifference } from './core/row-difference.ts';
export { dbtVersion, version } from './core/version.ts';
export type { Manifest } from './manifest/manifest.ts';
export type * from './manifest/node.ts';
export type { RunResult, SourceFreshness } from './run/result.ts';
/** What an invocation told, and where its project is. */
export type ReportOptions = Omit<ReportInput, 'events' | 'projectDir'> & {
  /** A list, or what `events()` of an invocation gives. */
  readonly events: Iterable<Event> | AsyncIterable<Event>;
  readonly projectDir?: string;
};

export type {
  CleanOptions,
  CleanOutcome,
  CompileOptions,
  CompileOutcome,
  DebugOptions,
  DebugOutcome,
  DepsOptions,
  DepsOutcome,
  DocsOptions,
  DocsOutcome,
  ExportCiOptions,
  ExportCiOutcome,
  FreshnessOptions,
  InitOutcome,
  InstalledPackage,
  ListOptions,
  ListOutcome,
  OperationOptions,
  OperationOutcome,
  ParseOptions,
  ParseOutcome,
  ReportKind,
  RetryOptions,
  RetryOutcome,
  SeedOptions,
  SeedOutcome,
  ShowOptions,
  ShowOutcome,
};

/** Seeds, models, snapshots and tests in the order of the graph; a failed test stops what stands on it. */
export const build = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { build: start } = await import('./commands/build.ts');
    return () => start(options, more);
  });

/** Models only. */
export const run = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { run: start } = await import('./commands/build.ts');
    return () => start(options, more);
  });

/** Tests of what is already built. */
export const test = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { test: start } = await import('./commands/build.ts');
    return () => start(options, more);
  });

/** Loads CSV files into tables. */
export const seed = (options: SeedOptions = {}): Invocation<SeedOutcome> =>
  later(surroundings(options), async (more) => {
    const { seed: start } = await import('./commands/build.ts');
    return () => start(options, more);
  });

/** Snapshots only: versions of rows as they change. */
export const snapshot = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { snapshot: start } = await import('./commands/build.ts');
    return () => start(options, more);
  });

/** What the last run left undone, as that run was asked to do it. */
export const retry = (options: RetryOptions = {}): Invocation<RetryOutcome> =>
  later(surroundings(options), async (more) => {
    const { retry: start } = await import('./commands/retry.ts');
    return () => start(options, more);
  });

/** The relations of another run, without building them. */
export const clone = (options: BuildOptions): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { clone: start } = await import('./commands/clone.ts');
    return () => start(options, more);
  });

/** One macro, by itself. */
export const runOperation = (options: OperationOptions): Invocation<OperationOutcome> =>
  later(surroundings(options), async (more) => {
    const { runOperation: start } = await import('./commands/run-operation.ts');
    return () => start(options, more);
  });

/** Writes the SQL that would run. */
export const compile = (options: CompileOptions = {}): Invocation<CompileOutcome> =>
  later(surroundings(options), async (more) => {
    const { compile: start } = await import('./commands/compile.ts');
    return () => start(options, more);
  });

/** First rows of a node or of a query. */
export const show = (options: ShowOptions): Invocation<ShowOutcome> =>
  later(surroundings(options), async (more) => {
    const { show: start } = await import('./commands/show.ts');
    return () => start(options, more);
  });

/** How old the newest rows of sources are; written to `sources.json`. */
export const sourceFreshness = (options: FreshnessOptions = {}): Invocation<RunOutcome> =>
  later(surroundings(options), async (more) => {
    const { sourceFreshness: start } = await import('./commands/source-freshness.ts');
    return () => start(options, more);
  });

/** Reads the project and writes its manifest. */
export const parse = (options: ParseOptions = {}): Invocation<ParseOutcome> =>
  later(surroundings(options), async (more) => {
    const { parse: start } = await import('./commands/parse.ts');
    return () => start(options, more);
  });

/** Names of the selected nodes. */
export const list = (options: ListOptions = {}): Invocation<ListOutcome> =>
  later(surroundings(options), async (more) => {
    const { list: start } = await import('./commands/list.ts');
    return () => start(options, more);
  });

/** Checks project, profile and connection. */
export const debug = (options: DebugOptions = {}): Invocation<DebugOutcome> =>
  later(surroundings(options), async (more) => {
    const { debug: start } = await import('./commands/debug.ts');
    return () => start(options, more);
  });

/** Installs the packages that the project names. */
export const deps = (options: DepsOptions = {}): Invocation<DepsOutcome> =>
  later(surroundings(options), async (more) => {
    const { deps: start } = await import('./commands/deps.ts');
    return () => start(options, more);
  });

/** Deletes what can be made again. */
export const clean = (options: CleanOptions = {}): Invocation<CleanOutcome> =>
  later(surroundings(options), async (more) => {
    const { clean: start } = await import('./commands/clean.ts');
    return () => start(options, more);
  });

/** The catalog, and the documentation as one page. */
export const docsGenerate = (options: DocsOptions = {}): Invocation<DocsOutcome> =>
  later(surroundings(options), async (more) => {
    const { docsGenerate: start } = await import('./commands/docs-generate.ts');
    return () => start(options, more);
  });

/** Makes a small project that runs, in a folder of its name. */
export const init = (options: InitOptions): Invocation<InitOutcome> =>
  later(surroundings(options), async (more) => {
    const { init: start } = await import('./commands/init.ts');
    return () => start(options, more);
  });

/** A CI file that builds what a change changes, and reads the rest from production. */
export const exportCi = (options: ExportCiOptions): Invocation<ExportCiOutcome> =>
  later(surroundings(options), async (more) => {
    const { exportCi: start } = await import('./commands/export-ci.ts');
    return () => start(options, more);
  });

/**
 * An invocation, of which these are the events, as a text for CI systems: `junit`, `markdown` or `sarif`. Files are named
 * from `repositoryDir`, else from the project's folder, which is the working directory unless given.
 */
export const report = async (
  kind: ReportKind,
  { events: stream, projectDir = '.', repositoryDir = projectDir, ...told }: ReportOptions,
): Promise<string> => {
  const { report: write } = await import('./export/reports/report.ts');
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  const folders = { projectDir: resolve(projectDir), repositoryDir: resolve(repositoryDir) };
  return write(kind, { ...told, ...folders, events });
};

/** Whether this is the program as it is shipped, in `dist/`, and not its source. */
const isBuilt = !import.meta.url.endsWith('.ts');
const packageDirectory = fileURLToPath(new URL(isBuilt ? '../..' : '..', import.meta.url));

function surroundings(options: CommandOptions): Surroundings {
  return {
    world: worldOf(options),
    adapters,
    macrosDirectory: resolve(packageDirectory, 'macros'),
    build: `${version} ${isBuilt ? readFileSync(resolve(packageDirectory, 'dist/build-id'), 'utf8') : 'source'}`,
    macroIndex: isBuilt ? resolve(packageDirectory, 'dist/macros.json') : null,
    templateDirectory: resolve(packageDirectory, 'project-template'),
    siteDirectory: resolve(packageDirectory, isBuilt ? 'dist/site' : 'src/docs/site'),
    onEvent: options.onEvent ?? null,
    signal: options.signal ?? null,
    invocationId: options.invocationId ?? null,
    secrets: options.secrets ?? null,
    args: argsOf(options),
    leftOver: null,
    restriction: options.restricted === true ? { allowedEnv: new Set(options.allowEnv) } : null,
    notices: options.notices ?? [],
  };
}

/** The process's own clock, environment and folder, where the caller gives none. */
function worldOf(options: CommandOptions): World {
  const world = options.world ?? processWorld();
  const env = options.env === undefined ? world.env : environment(options.env);
  return { ...world, env, startedAt: options.now?.getTime() ?? world.startedAt };
}
