import { isDeprecation } from '../../core/deprecation.ts';
import type { SecretMask } from '../../core/secret.ts';
import { isoTime } from './iso-time.ts';
import { type LogLine, listedLine } from './log-line.ts';
import { type LevelChoice, type Reporter, reaches, type TextStream } from './reporter.ts';

export interface JsonLogOptions {
  readonly stream: TextStream;
  readonly secrets: SecretMask;
  readonly level: LevelChoice;
  readonly quiet: boolean;
  /** Deprecations after the first of their kind are left out, as in dbt, unless this is set. */
  readonly showRepeats: boolean;
  readonly print: boolean;
  readonly invocationId: string;
  readonly pid: number;
  readonly now: () => number;
  /** `extra` of every line: what variables `DBT_ENV_CUSTOM_ENV_*` say. */
  readonly extra: Readonly<Record<string, string>>;
}

/** One JSON object per line in dbt's structured log shape: `{data, info: {name, code, level, msg, ts, ...}}`. */
export function createJsonLog(options: JsonLogOptions): Reporter {
  const write = (line: LogLine): void => options.stream.write(`${jsonLine(line, options)}\n`);
  return {
    line(line) {
      if (line.repeats && isDeprecation(line.name) && !options.showRepeats) return;
      const asked = line.shown === 'raw' || line.shown === 'printed';
      if (line.shown === 'printed' && !options.print) return;
      if (!asked && !reaches(line.level, options.quiet ? 'error' : options.level)) return;
      write(line);
    },
    list(lines) {
      for (const msg of lines) write(listedLine(msg));
    },
    event() {},
    close() {},
  };
}

/** Keys are in alphabetical order, as dbt writes them. Texts are masked one by one, so that it stays JSON. */
export function jsonLine(
  line: LogLine,
  options: Pick<JsonLogOptions, 'invocationId' | 'pid' | 'now' | 'secrets' | 'extra'>,
): string {
  const shown = {
    data: line.data,
    info: {
      category: '',
      code: line.code,
      extra: options.extra,
      invocation_id: options.invocationId,
      level: line.level,
      msg: line.msg,
      name: line.name,
      pid: options.pid,
      thread: line.thread,
      ts: isoTime(options.now()),
    },
  };
  return JSON.stringify(shown, (_key, value: unknown) =>
    typeof value === 'string' ? options.secrets.apply(value) : value,
  );
}
