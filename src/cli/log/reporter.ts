import type { Event, EventLevel } from '../../core/event.ts';
import type { LogLine } from './log-line.ts';

/** One way to write what is told. Must not throw: a log that cannot be written must not end a run. */
export interface Reporter {
  line(line: LogLine): void;
  /** The lines of a list that was asked for, shown as they are: there may be tens of thousands. */
  list(lines: readonly string[]): void;
  /** Events that have no line (progress), and those that a live display follows. */
  event(event: Event): void;
  /** Writes what is held back and cleans up; may be called twice. */
  close(): void;
}

/** Where text goes. A stream that is gone (EPIPE) swallows it. */
export interface TextStream {
  write(text: string): void;
}

const order: Readonly<Record<EventLevel | 'none', number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  none: 4,
};

export type LevelChoice = EventLevel | 'none';

export const reaches = (level: EventLevel, least: LevelChoice): boolean => order[level] >= order[least];
