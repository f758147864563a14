import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import type { Outside } from '../src/cli/outside.ts';
import { runCli } from '../src/cli/run-cli.ts';
import type { World } from '../src/core/world.ts';
import * as api from '../src/index.ts';

export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A project of its own for one test, on a DuckDB file beside it. */
export interface TestProject {
  readonly directory: string;
  /** Absolute path of a file in it. */
  path(name: string): string;
  /** Writes files, or removes those that are null. */
  write(files: Files): void;
  read(name: string): string;
  has(name: string): boolean;
  json<T = Record<string, unknown>>(name: string): T;
}

export const projectFile = (more = ''): string => `name: shop\nprofile: shop\n${more}`;

export const profiles = `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, threads: 4}
    other: {type: duckdb, path: other.duckdb, threads: 1, schema: elsewhere}
`;

/** A folder with a project file, a profile and these files (null leaves one out); gone after the test. */
export function testProject(files: Files = {}): TestProject {
  const directory = scratchFolder();
  const made: TestProject = {
    directory,
    path: (name) => join(directory, name),
    write: (more) => {
      for (const [name, content] of Object.entries(more)) {
        const path = join(directory, name);
        if (content === null) {
          rmSync(path, { recursive: true, force: true });
          continue;
        }
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
    },
    read: (name) => readFileSync(join(directory, name), 'utf8'),
    has: (name) => existsSync(join(directory, name)),
    json: (name) => JSON.parse(readFileSync(join(directory, name), 'utf8')),
  };
  made.write({ 'dbt_project.yml': projectFile(), 'profiles.yml': profiles, ...files });
  return made;
}

export function scratchFolder(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-test-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A clock, ids and an environment of the test's own; the process's variables stay outside. */
export function testWorld(directory: string, env: Readonly<Record<string, string>> = {}): World {
  return {
    startedAt: Date.now(),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    uuid: () => randomUUID(),
    random: () => Math.random(),
    env: new Map(Object.entries(env)),
    workingDirectory: directory,
    home: join(directory, 'nobody'),
  };
}

const commands = {
  build: api.build,
  run: api.run,
  test: api.test,
  seed: api.seed,
  snapshot: api.snapshot,
  compile: api.compile,
  show: api.show,
  parse: api.parse,
  list: api.list,
  debug: api.debug,
  clean: api.clean,
  deps: api.deps,
  docsGenerate: api.docsGenerate,
  runOperation: api.runOperation,
  clone: api.clone,
  retry: api.retry,
  sourceFreshness: api.sourceFreshness,
};

type Command = keyof typeof commands;
type OptionsOf<Name extends Command> = NonNullable<Parameters<(typeof commands)[Name]>[0]>;
type OutcomeOf<Name extends Command> = Awaited<ReturnType<(typeof commands)[Name]>>;

export interface Ran<Name extends Command> {
  /** Null where the command could not run. */
  readonly outcome: OutcomeOf<Name> | null;
  /** What ended the command, or each failed node's error. */
  readonly diagnostics: readonly api.Diagnostic[];
  readonly warnings: readonly api.Diagnostic[];
  readonly events: readonly api.Event[];
  /** Status by name of node. */
  readonly statuses: Readonly<Record<string, string>>;
  /** Message by name of node. */
  readonly messages: Readonly<Record<string, string | null>>;
}

/** Starts a command through the API. */
export function start<Name extends Command>(
  project: TestProject,
  command: Name,
  options: Partial<OptionsOf<Name>> = {},
): api.Invocation<OutcomeOf<Name>> {
  const call = commands[command] as unknown as (given: object) => api.Invocation<OutcomeOf<Name>>;
  return call({ world: testWorld(project.directory), ...options });
}

/** Runs a command through the API to its end. */
export async function sluice<Name extends Command>(
  project: TestProject,
  command: Name,
  options: Partial<OptionsOf<Name>> = {},
): Promise<Ran<Name>> {
  const invocation = start(project, command, options);
  let outcome: OutcomeOf<Name> | null = null;
  let thrown: readonly api.Diagnostic[] = [];
  try {
    outcome = await invocation;
  } catch (caught) {
    if (!(caught instanceof api.DiagnosticError)) throw caught;
    thrown = caught.diagnostics;
  }
  const events: api.Event[] = [];
  for await (const event of invocation.events()) events.push(event);
  const results =
    outcome !== null && 'results' in outcome ? (outcome.results as readonly api.RunResult[]) : [];
  return {
    outcome,
    events,
    diagnostics: [...thrown, ...results.flatMap(({ diagnostic }) => diagnostic ?? [])],
    warnings: events.flatMap((event) => (event.name === 'diagnostic' ? [event.diagnostic] : [])),
    statuses: Object.fromEntries(results.map(({ node, status }) => [node.name, status])),
    messages: Object.fromEntries(results.map(({ node, message }) => [node.name, message])),
  };
}

/** Rows of a query on the project's database, as JSON values. Nobody else may have it open. */
export async function query(
  project: TestProject,
  sql: string,
  file = 'shop.duckdb',
): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(project.path(file));
  try {
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Every relation outside of DuckDB's own schemas: `main.a table`. */
export async function relations(project: TestProject, file?: string): Promise<string[]> {
  const sql = `select table_schema || '.' || table_name || ' ' || lower(replace(table_type, 'BASE ', ''))
    from information_schema.tables order by all`;
  return (await query(project, sql, file)).map(([name]) => String(name));
}

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process: all of the program but the process around it. */
export async function cli(
  project: TestProject,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const nothing = () => () => {};
  const outside: Outside = {
    argv,
    pid: process.pid,
    stdout: { write: (text) => void out.push(text), isTTY: false, size: () => ({ columns: 80, rows: 24 }) },
    stderr: { write: (text) => void err.push(text) },
    world: () => testWorld(project.directory, env),
    loadApi: async () => api as unknown as Awaited<ReturnType<Outside['loadApi']>>,
    resources: () => process.resourceUsage(),
    onSignal: nothing,
    onDrained: nothing,
    onStray: nothing,
    onExit: nothing,
    quit: (code) => {
      throw new Error(`the process was ended with ${code}`);
    },
  };
  const code = await runCli(outside);
  return { code, out: out.join(''), err: err.join('') };
}

const program = resolve(import.meta.dirname, '..', 'bin', 'sluice.js');

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Said & { readonly signal: NodeJS.Signals | null }>;
  /** Resolves once the output so far matches; rejects where the process ends before. */
  saw(pattern: RegExp): Promise<void>;
}

/** Starts the real program; `dist` must be built. */
export function startProgram(
  project: TestProject,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: project.directory,
    env: { PATH, HOME: project.path('nobody'), ...env },
  });
  const said = { out: '', err: '' };
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = new Promise<Said & { signal: NodeJS.Signals | null }>((done) => {
    child.once('close', (code, signal) => done({ ...said, code, signal }));
  });
  const saw = (pattern: RegExp): Promise<void> =>
    new Promise((found, failed) => {
      const watch = (): void => {
        if (!pattern.test(said.out)) return;
        watchers.delete(watch);
        found();
      };
      watchers.add(watch);
      watch();
      void ended.then(() =>
        failed(new Error(`the program ended without ${pattern}:\n${said.out}${said.err}`)),
      );
    });
  return { child, ended, saw };
}

/** Runs the real program to its end. */
export const runProgram = (
  project: TestProject,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
) => startProgram(project, argv, env).ended;
