import { resolve } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.ts';
import { snakeCase } from '../core/snake-case.ts';
import type { RunResult } from '../run/result.ts';
import { build, run, seed, snapshot, test } from './build.ts';
import { clone } from './clone.ts';
import { compile } from './compile.ts';
import { docsGenerate } from './docs-generate.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type LeftOver, leftOver } from './left-over.ts';
import { readSettings } from './list-project.ts';
import { secretVars } from './masked-vars.ts';
import type { BuildOptions } from './options.ts';
import { runOperation } from './run-operation.ts';
import { notRetryable, runMissing, secretsNotKept } from './state-errors.ts';
import { treatmentOf } from './warning-treatment.ts';

/** `state` is the folder in which the former run left its journal or results; the target folder unless given. */
export type RetryOptions = BuildOptions;

export interface RetryOutcome {
  readonly success: boolean;
  readonly interrupted: boolean;
  /** Of what was worked again; none where nothing was left. */
  readonly results: readonly RunResult[];
}

interface AnyOutcome {
  readonly success: boolean;
  readonly interrupted?: boolean;
  readonly results?: readonly RunResult[];
}

type Start = (options: BuildOptions, surroundings: Surroundings) => Invocation<AnyOutcome>;

/** By `args.which`. */
const commands: Readonly<Record<string, Start>> = {
  build,
  run,
  test,
  seed,
  snapshot,
  clone,
  compile,
  generate: docsGenerate,
  'run-operation': runOperation,
};

/**
 * Does what the last run left undone, and nothing else: with the command, settings, variables and time of that run. Of
 * the settings those of `options` win that say where things are, and `vars`, `threads`, `fullRefresh`, `warnError` and
 * `strict`. Throws `run-missing`, `run-still-going`, `not-retryable`,
 * `secrets-not-kept`.
 */
export function retry(options: RetryOptions, surroundings: Surroundings): Invocation<RetryOutcome> {
  return invoke('retry', surroundings, treatmentOf(options), { results: [] }, async (context) => {
    const left = await found(context, options);
    if (left.ids.size === 0) {
      context.emit({
        name: 'message',
        level: 'info',
        text: `Nothing to retry: \`${left.command}\` left nothing undone`,
      });
      return { success: true, interrupted: false, results: [] };
    }
    const when = new Date(left.startedAt).toISOString().replace(/\.\d+Z$/, 'Z');
    const text = `Retrying \`${left.command}\` of ${when}: ${left.ids.size} of ${left.total}`;
    context.emit({ name: 'message', level: 'info', text });
    const {
      success,
      interrupted = false,
      results = [],
    } = await commands[left.command]!(
      restoredOptions(options, left),
      within(context, surroundings, options, left),
    );
    return { success, interrupted, results };
  });
}

async function found(context: InvocationContext, options: RetryOptions): Promise<LeftOver> {
  const { directory, settings } = readSettings(context, options);
  const { state, targetPath = settings.targetPath } = options;
  const folder = resolve(directory, state ?? targetPath);
  const left = await leftOver(folder, { warnings: options.warnError === true });
  if (left === null) throw new DiagnosticError(runMissing(state ?? targetPath));
  if (!Object.hasOwn(commands, left.command)) {
    throw new DiagnosticError(notRetryable(left.command, Object.keys(commands)));
  }
  const secret = options.vars === undefined ? secretVars(left.vars) : [];
  if (secret.length > 0) throw new DiagnosticError(secretsNotKept(secret));
  return left;
}

/** The former run's command inside of this one: one stream of events, one name, its settings and its time. */
function within(
  context: InvocationContext,
  surroundings: Surroundings,
  options: RetryOptions,
  left: LeftOver,
): Surroundings {
  const { which: _, ...args } = surroundings.args;
  return {
    ...surroundings,
    world: { ...context.world, startedAt: left.startedAt },
    secrets: context.secrets,
    signal: context.signal,
    invocationId: context.invocationId,
    notices: [],
    args: { ...args, ...settingsOf(left), ...saidAnew(options), which: left.command },
    leftOver: left,
    onEvent: (event) => {
      if (event.name !== 'invocation-started' && event.name !== 'invocation-finished') context.emit(event);
    },
  };
}

/** Settings of where things are, and how they are told, are this invocation's. */
const ownSettings: ReadonlySet<string> = new Set([
  'debug',
  'invocation_command',
  'log_format',
  'log_format_file',
  'log_level',
  'log_level_file',
  'log_path',
  'print',
  'printer_width',
  'profiles_dir',
  'project_dir',
  'quiet',
  'show',
  'target_path',
  'use_colors',
  'vars',
  'warn_error',
]);

const settingsOf = ({ args }: LeftOver): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(args).filter(([name]) => !ownSettings.has(name)));

/** Options that are the former run's, whatever is said now. */
const restored = [
  'defer',
  'deferState',
  'empty',
  'eventTimeEnd',
  'eventTimeStart',
  'exclude',
  'failFast',
  'favorState',
  'fuseTests',
  'indirectSelection',
  'injectEphemeralCtes',
  'introspect',
  'macro',
  'profile',
  'sample',
  'select',
  'selector',
  'state',
  'showFailures',
  'storeFailures',
  'target',
  'versionCheck',
  'warnErrorOptions',
] as const;

/** And those that are it where nothing else is said. */
const inherited = ['fullRefresh', 'profilesDir', 'strict', 'threads'] as const;

/** Those of them that this invocation says, as results tell them. */
const saidAnew = ({ fullRefresh, threads }: RetryOptions): Readonly<Record<string, unknown>> => ({
  ...(fullRefresh === undefined ? {} : { full_refresh: fullRefresh }),
  ...(threads === undefined ? {} : { threads }),
});

function restoredOptions(options: RetryOptions, left: LeftOver): BuildOptions {
  const given = options as Readonly<Record<string, unknown>>;
  const out: Record<string, unknown> = { ...given, vars: options.vars ?? left.vars };
  const former = (name: string): unknown => left.args[snakeCase(name)] ?? undefined;
  for (const name of restored) out[name] = former(name);
  for (const name of inherited) out[name] = given[name] ?? former(name);
  out['macroArgs'] = left.command === 'run-operation' ? left.args['args'] : undefined;
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined)) as BuildOptions;
}
