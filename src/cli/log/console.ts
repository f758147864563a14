import type { Event } from '../../core/event.ts';
import type { SecretMask } from '../../core/secret.ts';
import { paint } from './colours.ts';
import { clockTime, isoTime } from './iso-time.ts';
import { LiveDisplay } from './live-display.ts';
import type { LogLine } from './log-line.ts';
import { type LevelChoice, type Reporter, reaches, type TextStream } from './reporter.ts';

export interface ConsoleOptions {
  readonly stream: TextStream;
  readonly secrets: SecretMask;
  readonly colors: boolean;
  /** Whether running nodes may be drawn and wiped; false in CI and in pipes. */
  readonly isTTY: boolean;
  /** Columns and rows of the terminal. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly quiet: boolean;
  readonly level: LevelChoice;
  /** Long stamps with level and thread, start lines too: `--debug`, `--log-format debug`. */
  readonly detailed: boolean;
  readonly showRepeats: boolean;
  /** Whether `print()` of templates is shown. */
  readonly print: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The text console: a stamped line per thing worth telling, and on a terminal the running nodes below. */
export function createConsole(options: ConsoleOptions): Reporter {
  const { stream, secrets, detailed } = options;
  const live =
    options.isTTY && !options.quiet && !detailed && reaches('info', options.level)
      ? new LiveDisplay({ ...options, mask: (text) => secrets.apply(text) })
      : null;

  const write = (text: string): void => {
    const masked = `${secrets.apply(text)}\n`;
    if (live === null) stream.write(masked);
    else live.above(masked);
  };

  return {
    line(line) {
      if (!isShown(line, options)) return;
      const text = options.colors ? coloured(line) : line.msg;
      write(
        line.shown === 'raw' || line.shown === 'printed'
          ? line.msg
          : `${stamp(line, options)}${text}`.trimEnd(),
      );
    },
    list(lines) {
      if (lines.length > 0) write(lines.join('\n'));
    },
    event(event: Event) {
      live?.event(event);
    },
    close() {
      live?.close();
    },
  };
}

function isShown(line: LogLine, options: ConsoleOptions): boolean {
  if (line.shown === 'raw') return true;
  if (line.shown === 'printed') return options.print;
  if (line.shown === 'live' && !options.detailed) return false;
  if (line.repeats && !options.showRepeats) return false;
  if (line.name === 'DeprecationsSummary' && options.showRepeats) return false;
  return reaches(line.level, options.quiet ? 'error' : options.level);
}

function stamp(line: LogLine, options: ConsoleOptions): string {
  const now = options.now();
  return options.detailed ? detailedStamp(line, now) : shortStamp(now);
}

/** `15:10:13  ` */
export const shortStamp = (now: number): string => `${clockTime(now)}  `;

/** `15:10:13.814000 [info ] [MainThread]: ` */
export function detailedStamp(line: LogLine, now: number): string {
  return `${isoTime(now).slice(11, -1)} [${line.level.padEnd(5)}] [${line.thread}]: `;
}

/** The line's text with the part that is to stand out in its colour. */
export function coloured(line: LogLine): string {
  if (line.accent === null || line.msg === '') return line.msg;
  const { text, colour } = line.accent;
  if (text === null) return paint(line.msg, colour);
  // Status words stand in the brackets at the end of a line, warnings' words at its start.
  const at = line.msg.startsWith(`[${text}]`) ? 1 : line.msg.lastIndexOf(`[${text}`) + 1;
  if (at === 0) return line.msg;
  return `${line.msg.slice(0, at)}${paint(text, colour)}${line.msg.slice(at + text.length)}`;
}
