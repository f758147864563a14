import type { SecretMask } from '../../core/secret.ts';
import { coloured, detailedStamp, shortStamp } from './console.ts';
import { isoTime } from './iso-time.ts';
import type { LogFile } from './log-file.ts';
import { type LogLine, listedLine } from './log-line.ts';
import { type LevelChoice, type Reporter, reaches } from './reporter.ts';

export interface FileLogOptions {
  readonly file: LogFile;
  readonly secrets: SecretMask;
  readonly level: LevelChoice;
  readonly invocationId: string;
  /** Long stamps with level and thread. */
  readonly detailed: boolean;
  readonly colors: boolean;
  readonly now: () => number;
}

/** `logs/dbt.log` as text: every line with its stamp, invocations parted by a rule. */
export function createFileLog(options: FileLogOptions): Reporter {
  const { file, secrets } = options;
  let begun = false;
  /** Writes texts that are told at once, each behind the stamp of `line`. */
  const write = (line: LogLine, texts: readonly string[]): void => {
    const now = options.now();
    if (!begun) file.write(`\n\n${rule} ${isoTime(now).slice(11, -1)} | ${options.invocationId} ${rule}\n`);
    begun = true;
    const stamp = options.detailed ? detailedStamp(line, now) : shortStamp(now);
    file.write(`${stamp}${secrets.apply(texts.join(`\n${stamp}`))}\n`);
  };
  return {
    line(line) {
      if (!reaches(line.level, options.level)) return;
      write(line, [options.colors ? coloured(line) : line.msg]);
      // What a crash would take with it should at least be there when something is wrong.
      if (reaches(line.level, 'warn')) file.flush();
    },
    list(lines) {
      const [first] = lines;
      if (first === undefined) return;
      const line = listedLine(first);
      if (reaches(line.level, options.level)) write(line, lines);
    },
    event() {},
    close() {
      file.close();
    },
  };
}

const rule = '='.repeat(30);
