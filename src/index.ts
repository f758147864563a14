import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapters } from '../adapters/index.ts';
import * as commands from './commands/build.ts';
import { type CleanOptions, type CleanOutcome, clean as cleanCommand } from './commands/clean.ts';
import { type CompileOptions, type CompileOutcome, compile as compileCommand } from './commands/compile.ts';
import { type DebugOptions, type DebugOutcome, debug as debugCommand } from './commands/debug.ts';
import {
  type DepsOptions,
  type DepsOutcome,
  deps as depsCommand,
  type InstalledPackage,
} from './commands/deps.ts';
import { type DocsOptions, type DocsOutcome, docsGenerate as docsCommand } from './commands/docs-generate.ts';
import type { RunOutcome } from './commands/execute.ts';
import { type InitOptions, type InitOutcome, init as initCommand } from './commands/init.ts';
import type { Invocation, Surroundings } from './commands/invocation.ts';
import { argsOf } from './commands/invocation-args.ts';
import { type ListOptions, type ListOutcome, list as listCommand } from './commands/list.ts';
import type { BuildOptions, CommandOptions, ProjectOptions } from './commands/options.ts';
import { type ParseOutcome, parse as parseCommand } from './commands/parse.ts';
import { type ShowOptions, type ShowOutcome, show as showCommand } from './commands/show.ts';
import { version } from './core/version.ts';
import type { World } from './core/world.ts';

export type { Credentials } from './adapter/facts.ts';
export type { RunOutcome } from './commands/execute.ts';
export type { Invocation } from './commands/invocation.ts';
export type { BuildOptions, CommandOptions, ProjectOptions, SelectionOptions } from './commands/options.ts';
export { type Diagnostic, DiagnosticError, formatDiagnostic } from './core/diagnostic.ts';
export type { Event, EventName, EventOf, NodeOutcome, NodeRef, ResultStatus } from './core/event.ts';
export { dbtVersion, version } from './core/version.ts';
export type { Manifest } from './manifest/manifest.ts';
export type * from './manifest/node.ts';
export type { RunResult } from './run/result.ts';
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
  InitOutcome,
  InstalledPackage,
  ListOptions,
  ListOutcome,
  ParseOutcome,
  ShowOptions,
  ShowOutcome,
};

/** Seeds, models, snapshots and tests in the order of the graph; a failed test stops what stands on it. */
export const build = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  commands.build(options, surroundings(options));

/** Models only. */
export const run = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  commands.run(options, surroundings(options));

/** Tests of what is already built. */
export const test = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  commands.test(options, surroundings(options));

/** Loads CSV files into tables. */
export const seed = (options: BuildOptions = {}): Invocation<RunOutcome> =>
  commands.seed(options, surroundings(options));

/** Writes the SQL that would run. */
export const compile = (options: CompileOptions = {}): Invocation<CompileOutcome> =>
  compileCommand(options, surroundings(options));

/** First rows of a node or of a query. */
export const show = (options: ShowOptions): Invocation<ShowOutcome> =>
  showCommand(options, surroundings(options));

/** Reads the project and writes its manifest. */
export const parse = (options: ProjectOptions = {}): Invocation<ParseOutcome> =>
  parseCommand(options, surroundings(options));

/** Names of the selected nodes. */
export const list = (options: ListOptions = {}): Invocation<ListOutcome> =>
  listCommand(options, surroundings(options));

/** Checks project, profile and connection. */
export const debug = (options: DebugOptions = {}): Invocation<DebugOutcome> =>
  debugCommand(options, surroundings(options));

/** Installs the packages that the project names. */
export const deps = (options: DepsOptions = {}): Invocation<DepsOutcome> =>
  depsCommand(options, surroundings(options));

/** Deletes what can be made again. */
export const clean = (options: CleanOptions = {}): Invocation<CleanOutcome> =>
  cleanCommand(options, surroundings(options));

/** The catalog, and the documentation as one page. */
export const docsGenerate = (options: DocsOptions = {}): Invocation<DocsOutcome> =>
  docsCommand(options, surroundings(options));

/** Makes a small project that runs, in a folder of its name. */
export const init = (options: InitOptions): Invocation<InitOutcome> =>
  initCommand(options, surroundings(options));

/** Whether this is the program as it is shipped, in `dist/`, and not its source. */
const isBuilt = import.meta.url.endsWith('.js');
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
  };
}

/** The process's own clock, environment and folder, where the caller gives none. */
function worldOf(options: CommandOptions): World {
  const world = options.world ?? processWorld();
  const env = options.env === undefined ? world.env : environment(options.env);
  return { ...world, env, startedAt: options.now?.getTime() ?? world.startedAt };
}

function processWorld(): World {
  const env = environment(process.env);
  return {
    startedAt: Date.now(),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    uuid: () => randomUUID(),
    random: () => Math.random(),
    env,
    workingDirectory: process.cwd(),
    home: homedir(),
  };
}

function environment(variables: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
