import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { Event } from '../core/event.ts';
import { SecretMask } from '../core/secret.ts';
import { dbtVersion } from '../core/version.ts';
import { variableOf, type World } from '../core/world.ts';
import { jsonText } from '../manifest/json-text.ts';
import type { CommandOptions, Outcome } from './api.ts';
import { didNotFinish, profileNotWritten, wrongValue } from './errors.ts';
import { type ExitCode, exitCode, exitCodes, signalExitCode } from './exit-code.ts';
import { type Command, flagsOf } from './flags/commands.ts';
import { deprecatedForms } from './flags/deprecated-forms.ts';
import { helpText } from './flags/help.ts';
import { invocationArgs } from './flags/invocation-args.ts';
import { type Given, type Parsed, parseArguments } from './flags/parse-arguments.ts';
import { glanceAtProject, projectFlags, yamlMappingReader } from './flags/project-flags.ts';
import { resolveSettings, type Settings } from './flags/settings.ts';
import { landingText, versionText } from './landing.ts';
import { diagnosticsLine, failureLines } from './log/failure-lines.ts';
import { type LogLine, logLine } from './log/log-line.ts';
import type { Reporter } from './log/reporter.ts';
import { createReporters } from './log/reporters.ts';
import { encountered } from './log/summary-lines.ts';
import { Teller } from './log/teller.ts';
import { listedLines, outputLines } from './output.ts';
import type { Outside } from './outside.ts';
import { openReports } from './reports/open-reports.ts';
import type { ReportWriter } from './reports/report-writer.ts';

/** Runs one command line and says how it ended. Never rejects. */
export async function runCli(outside: Outside): Promise<ExitCode> {
  try {
    const parsed = parseArguments(outside.argv);
    if (parsed.kind === 'command' && parsed.command.calls === null) {
      const { completionScript } = await import('./completion/scripts.ts');
      outside.stdout.write(completionScript(parsed.given['shell']));
      return exitCodes.success;
    }
    if (parsed.kind === 'command') return await runCommand(parsed, outside);
    const inProject = parsed.kind === 'landing' && glanceAtProject(null, outside.world()).directory !== null;
    outside.stdout.write(
      parsed.kind === 'version'
        ? versionText(dbtVersion)
        : parsed.kind === 'help'
          ? helpText(parsed.topic)
          : landingText(inProject),
    );
    return exitCodes.success;
  } catch (caught) {
    const text = caught instanceof DiagnosticError ? encountered(caught.diagnostics) : failureText(caught);
    outside.stderr.write(`${text}\n`);
    return exitCodes.couldNotRun;
  }
}

const failureText = (caught: unknown): string =>
  failureLines(caught)
    .map((line) => line.msg)
    .join('\n');

type ParsedCommand = Extract<Parsed, { kind: 'command' }>;

async function runCommand({ command, calledAs, given }: ParsedCommand, outside: Outside): Promise<ExitCode> {
  const world = outside.world();
  const { settings, logFolder, directory, projectFlags } = await settle(command, given, world);
  const secrets = secretsOf(world.env, settings.get('vars')?.value);
  const invocationId = world.uuid();
  const reports = await openReports(settings, { outside, world, secrets, directory });
  const reporters = createReporters(settings, { outside, world, secrets, invocationId, logFolder });
  const width = Number(settings.get('printerWidth')?.value ?? 80);
  const showsResources = settings.get('showResourceReport')?.value === true;
  const { resources } = outside;
  const told = new Telling(
    reporters,
    reports,
    new Teller({ calledAs, width, now: world.now, resources, showsResources }),
  );
  const ended = outside.onExit(() => told.close());
  let closing: Event | null = null;
  const profiled = await recordTiming(settings, world, outside);
  try {
    const commandLine = ['sluice', ...outside.argv].join(' ');
    const args = invocationArgs(command, settings, commandLine, { directory, logFolder, projectFlags });
    const code = await invoke(
      command,
      outside,
      told,
      {
        ...optionsOf(command, settings, given),
        invocationId,
        world,
        secrets,
        args,
        notices: deprecatedForms(outside.argv, world.env, settings),
        onEvent: (event: Event) => {
          // What was asked for, or what ended the invocation, is told before its closing line.
          if (event.name === 'invocation-finished') {
            closing = event;
            reports?.event(event);
          } else told.event(event);
          if (event.name === 'invocation-started') told.line(argumentsLine(args));
        },
      },
      settings,
    );
    return told.report(code);
  } catch (caught) {
    told.failed(caught);
    return told.report(exitCodes.couldNotRun);
  } finally {
    profiled();
    if (closing !== null) told.event(closing);
    ended();
    told.close();
  }
}

/** `--record-timing-info`: what ends the recording and writes it. */
async function recordTiming(settings: Settings, world: World, outside: Outside): Promise<() => void> {
  const file = settings.get('recordTimingInfo')?.value;
  if (typeof file !== 'string') return () => {};
  const path = resolve(world.workingDirectory, file);
  const { startCpuProfile } = await import('./cpu-profile.ts');
  const stop = startCpuProfile(path);
  return () => {
    try {
      stop();
    } catch (caught) {
      const { severity, message } = profileNotWritten(path, messageOf(caught));
      outside.stderr.write(`${severity}: ${message}\n`);
    }
  };
}

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

/** Calls the command, and turns signals and strays into its cancellation. */
async function invoke(
  command: Command,
  outside: Outside,
  told: Telling,
  options: Omit<CommandOptions, 'signal'>,
  settings: Settings,
): Promise<ExitCode> {
  const abort = new AbortController();
  const detailed = settings.get('exitCodes')?.value === 'detailed';
  let cancel = (): void => abort.abort();
  let broken = false;
  let interruption: ExitCode | null = null;
  const undo = [
    outside.onSignal((signal) => {
      const code = signalExitCode(signal, detailed);
      if (interruption !== null) outside.quit(code);
      else cancel();
      interruption ??= code;
    }),
    outside.onDrained(() => told.failed(new DiagnosticError(didNotFinish(command.name)))),
    outside.onStray((thrown) => {
      told.failed(thrown);
      if (broken) outside.quit(exitCodes.couldNotRun);
      broken = true;
      cancel();
    }),
  ];
  try {
    const api = await outside.loadApi();
    const run = command.calls === null ? undefined : api[command.calls];
    if (run === undefined) throw new Error(`the command '${command.name}' is not part of the API`);
    const invocation = run({ ...options, signal: abort.signal } as CommandOptions);
    cancel = () => (invocation.cancel === undefined ? abort.abort() : invocation.cancel());
    if (interruption !== null) cancel();
    const outcome: Outcome = await invocation;
    told.list(listedLines(outcome));
    for (const line of outputLines(outcome, settings)) told.line(line);
    return broken ? exitCodes.couldNotRun : (interruption ?? exitCode(outcome, detailed));
  } catch (caught) {
    if (interruption === null) throw caught;
    told.failed(caught);
    return interruption;
  } finally {
    for (const take of undo) take();
  }
}

/** Reads all settings, and where the log file belongs. Throws usage diagnostics. */
async function settle(command: Command, given: Given, world: World) {
  const projectDir = firstText(given['projectDir'], variableOf(world.env, 'PROJECT_DIR')?.value);
  if (projectDir !== null && !existsSync(resolve(world.workingDirectory, projectDir))) {
    throw new DiagnosticError(wrongValue('--project-dir', projectDir, 'a folder that is there'));
  }
  const glance = glanceAtProject(projectDir, world);
  const project = await projectFlags(glance.text);
  const flags = flagsOf(command);
  const hasYaml = flags.some(
    (flag) =>
      flag.kind === 'yaml' &&
      (given[flag.name] !== undefined ||
        (flag.variable !== null && variableOf(world.env, flag.variable) !== undefined)),
  );
  const readMapping = hasYaml ? await yamlMappingReader() : () => undefined;
  const sources = { given, env: world.env, projectFlags: project.flags, readMapping };
  const asked = resolveSettings(flags, sources);
  const restricted = asked.get('restricted')?.value === true;
  // A project that is not trusted decides nothing of how it is worked on, and gets no log where it may have laid a link.
  const settings = restricted ? resolveSettings(flags, { ...sources, projectFlags: {} }) : asked;
  const logPath = settings.get('logPath')?.value ?? project.logPath ?? 'logs';
  const logFolder =
    settings.get('logPath') !== undefined
      ? resolve(world.workingDirectory, String(logPath))
      : glance.directory === null || restricted
        ? null
        : resolve(glance.directory, String(logPath));
  return { settings, logFolder, directory: glance.directory, projectFlags: project.flags };
}

/** Settings that the command takes, under their option's names, and its argument. */
function optionsOf(command: Command, settings: Settings, given: Given): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const flag of flagsOf(command)) {
    const setting = settings.get(flag.name);
    if (setting !== undefined && flag.use === 'command') options[flag.name] = setting.value;
  }
  const argument = command.argument?.option;
  if (argument !== undefined && given[argument] !== undefined) options[argument] = given[argument];
  if (options['singleThreaded'] === true) options['threads'] = 1;
  delete options['singleThreaded'];
  return options;
}

/** Every `DBT_ENV_SECRET_*` is masked from the first line on, in the environment as in `--vars`. */
function secretsOf(env: ReadonlyMap<string, string>, vars: unknown): SecretMask {
  const secrets = new SecretMask();
  const given = typeof vars === 'object' && vars !== null ? Object.entries(vars) : [];
  for (const [name, value] of [...env, ...given.map(([key, one]) => [key, String(one)] as const)])
    if (name.startsWith('DBT_ENV_SECRET')) secrets.add(value);
  return secrets;
}

const firstText = (...values: readonly unknown[]): string | null =>
  values.find((value): value is string => typeof value === 'string' && value !== '') ?? null;

function argumentsLine(args: Readonly<Record<string, unknown>>): LogLine {
  const texts = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, textOf(value)]));
  return logLine('MainReportArgs', {
    msg: `running with arguments ${JSON.stringify(texts)}`,
    data: { args: texts },
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : jsonText(value));

/** Hands events and lines to every reporter, and what ended the invocation to the reports. */
class Telling {
  readonly #reporters: readonly Reporter[];
  readonly #reports: ReportWriter | null;
  readonly #teller: Teller;

  constructor(reporters: readonly Reporter[], reports: ReportWriter | null, teller: Teller) {
    this.#reporters = reporters;
    this.#reports = reports;
    this.#teller = teller;
  }

  event(event: Event): void {
    // The display forgets a node before its line is written, so that it is never shown twice.
    for (const reporter of this.#reporters) reporter.event(event);
    this.#reports?.event(event);
    for (const line of this.#teller.lines(event)) this.line(line);
  }

  line(line: LogLine): void {
    for (const reporter of this.#reporters) reporter.line(line);
  }

  list(lines: readonly string[]): void {
    for (const reporter of this.#reporters) reporter.list(lines);
  }

  /** Tells what ended the invocation. */
  failed(thrown: unknown): void {
    for (const line of failureLines(thrown)) this.line(line);
    this.#reports?.failed(thrown);
  }

  /** Writes the reports; the exit code, which says so where one could not be written. */
  report(code: ExitCode): ExitCode {
    const failures = this.#reports?.finish() ?? [];
    if (failures.length === 0) return code;
    this.line(diagnosticsLine(failures));
    return code === exitCodes.success ? exitCodes.failures : code;
  }

  close(): void {
    this.#reports?.close();
    for (const reporter of this.#reporters) reporter.close();
  }
}
