import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Api, CommandOptions, Outcome } from '../../src/cli/api.ts';
import { commands } from '../../src/cli/flags/commands.ts';
import type { Outside } from '../../src/cli/outside.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { sixOClock } from './events.ts';

export interface Played {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the command was called with; null where it was not called. */
  readonly options: CommandOptions | null;
  readonly directory: string;
  readonly quits: readonly number[];
}

export interface Play {
  readonly env?: Readonly<Record<string, string>>;
  /** Text of dbt_project.yml in the working directory; none is there without it. */
  readonly project?: string;
  /** What the command does; by default it succeeds at once. */
  readonly command?: (options: CommandOptions, outside: Moves) => PromiseLike<Outcome>;
}

/** What a test can do to the process while a command runs. */
export interface Moves {
  /** SIGINT unless named. */
  signal(name?: string): void;
  drain(): void;
  stray(thrown: unknown): void;
}

/** Runs a command line in a played process, in an empty folder that is gone after the test. */
export async function play(argv: readonly string[], how: Play = {}): Promise<Played> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  if (how.project !== undefined) writeFileSync(join(directory, 'dbt_project.yml'), how.project);
  const played = { out: '', err: '', options: null as CommandOptions | null, quits: [] as number[] };
  const listeners: Record<'signal' | 'drained' | 'stray', ((value: never) => void)[]> = {
    signal: [],
    drained: [],
    stray: [],
  };
  const moves: Moves = {
    signal: (name = 'SIGINT') => listeners.signal.forEach((listener) => void listener(name as never)),
    drain: () => listeners.drained.forEach((listener) => void listener(undefined as never)),
    stray: (thrown) => listeners.stray.forEach((listener) => void listener(thrown as never)),
  };
  const call = (options: CommandOptions): PromiseLike<Outcome> => {
    played.options = options;
    return how.command?.(options, moves) ?? Promise.resolve({ success: true });
  };
  const api = Object.fromEntries(commands.map(({ calls }) => [String(calls), call])) as Api;
  const keep = (kind: keyof typeof listeners) => (listener: (value: never) => void) => {
    listeners[kind].push(listener);
    return () => {};
  };
  const outside: Outside = {
    argv,
    pid: 7,
    stdout: {
      write: (text) => (played.out += text),
      isTTY: false,
      size: () => ({ columns: 80, rows: 24 }),
    },
    stderr: { write: (text) => (played.err += text) },
    world: () => ({
      startedAt: sixOClock,
      now: () => sixOClock,
      elapsed: () => 0,
      uuid: () => 'the-id',
      random: () => 0,
      env: new Map(Object.entries(how.env ?? {})),
      workingDirectory: directory,
      home: directory,
    }),
    loadApi: async () => api,
    resources: () => process.resourceUsage(),
    onSignal: keep('signal'),
    onDrained: keep('drained'),
    onStray: keep('stray'),
    onExit: () => () => {},
    quit: (code) => played.quits.push(code),
  };
  const code = await runCli(outside);
  return { ...played, code, directory };
}
