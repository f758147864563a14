import { resolve } from 'node:path';
import { customEnvironment } from '../../artifacts/metadata.ts';
import type { SecretMask } from '../../core/secret.ts';
import type { World } from '../../core/world.ts';
import { logNotWritten } from '../errors.ts';
import type { Settings, SettingValue } from '../flags/settings.ts';
import type { Outside } from '../outside.ts';
import { wantsColours } from './colours.ts';
import { createConsole } from './console.ts';
import { createFileLog } from './file-log.ts';
import { createJsonLog } from './json-log.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import type { LevelChoice, Reporter } from './reporter.ts';
import { indent } from './summary-lines.ts';

const rotatedBytes = 10 * 1024 * 1024;
const keptFiles = 5;

export interface ReporterContext {
  readonly outside: Outside;
  readonly world: World;
  readonly secrets: SecretMask;
  readonly invocationId: string;
  /** Absolute folder of `dbt.log`; null where no log file is wanted. */
  readonly logFolder: string | null;
}

/** The console, and where they are wanted the log file and the event log, as the settings ask. */
export function createReporters(settings: Settings, context: ReporterContext): readonly Reporter[] {
  return [consoleOf(settings, context), ...fileLogOf(settings, context), ...eventLogOf(context)];
}

function consoleOf(settings: Settings, context: ReporterContext): Reporter {
  const { outside, world, secrets, invocationId } = context;
  const { stdout } = outside;
  const debug = settings.get('debug')?.value === true;
  const format = settings.get('logFormat')?.value ?? (debug ? 'debug' : 'default');
  const shared = {
    stream: stdout,
    secrets,
    level: (settings.get('logLevel')?.value ?? (debug ? 'debug' : 'info')) as LevelChoice,
    quiet: settings.get('quiet')?.value === true,
    showRepeats: settings.get('showAllDeprecations')?.value === true || debug,
    print: settings.get('print')?.value !== false,
    now: world.now,
  };
  if (format === 'json') {
    return createJsonLog({ ...shared, invocationId, pid: outside.pid, extra: customEnvironment(world.env) });
  }
  return createConsole({
    ...shared,
    colors: wantsColours(settings.get('useColors'), world.env, stdout.isTTY),
    isTTY: stdout.isTTY && (world.env.get('CI') ?? '') === '' && world.env.get('TERM') !== 'dumb',
    size: () => stdout.size(),
    detailed: format === 'debug',
  });
}

/** As in dbt, level, format and colours that were asked for count for the file too, unless it has its own. */
function fileLogOf(settings: Settings, context: ReporterContext): readonly Reporter[] {
  const chosen = (name: string): SettingValue | undefined =>
    settings.get(`${name}File`)?.value ?? settings.get(name)?.value;
  const level = (chosen('logLevel') ?? 'debug') as LevelChoice;
  if (context.logFolder === null || level === 'none') return [];
  const maxBytes = Number(settings.get('logFileMaxBytes')?.value ?? rotatedBytes);
  const file = openLog(resolve(context.logFolder, 'dbt.log'), maxBytes, context);
  const { world, secrets, invocationId } = context;
  const format = chosen('logFormat');
  if (format === 'json') return [jsonFile(file, level, context)];
  return [
    createFileLog({
      file,
      secrets,
      level,
      invocationId,
      detailed: format !== 'text',
      colors: chosen('useColors') === true,
      now: world.now,
    }),
  ];
}

/** `SLUICE_EVENT_LOG`: every event at debug level as JSON lines, whatever the console shows. */
function eventLogOf(context: ReporterContext): readonly Reporter[] {
  const path = context.world.env.get('SLUICE_EVENT_LOG') ?? '';
  if (path === '') return [];
  return [jsonFile(openLog(resolve(context.world.workingDirectory, path), 0, context), 'debug', context)];
}

function openLog(path: string, maxBytes: number, context: ReporterContext): LogFile {
  return createLogFile(path, {
    maxBytes,
    keep: keptFiles,
    onFailure: (reason) => {
      const { severity, message } = logNotWritten(path, reason);
      context.outside.stderr.write(`${indent(`${severity}: ${message}`)}\n`);
    },
  });
}

function jsonFile(file: LogFile, level: LevelChoice, context: ReporterContext): Reporter {
  const { outside, world, secrets, invocationId } = context;
  const log = createJsonLog({
    stream: file,
    secrets,
    level,
    quiet: false,
    showRepeats: true,
    print: true,
    invocationId,
    pid: outside.pid,
    now: world.now,
    extra: customEnvironment(world.env),
  });
  return { ...log, close: () => file.close() };
}
