import { isDeprecation } from '../../core/deprecation.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { formatLocation } from '../../core/frame.ts';
import { dbtEvents } from './dbt-events.ts';
import { type LogLine, logLine, ownCode } from './log-line.ts';
import { counted } from './plural.ts';

/** Tells diagnostics, and at the end how often each kind of those that are told once was met. */
export class Warnings {
  readonly #counts = new Map<string, number>();

  line(diagnostic: Diagnostic): LogLine {
    const name = diagnostic.event ?? pascalCase(diagnostic.code);
    const isWarning = diagnostic.severity === 'warning';
    // What dbt itself says each time is said each time; deprecations, and what only we warn of, once per kind.
    const counts = isWarning && (diagnostic.event === null || isDeprecation(name));
    const seen = this.#counts.get(name) ?? 0;
    if (counts) this.#counts.set(name, seen + 1);
    const word = isWarning ? 'WARNING' : 'ERROR';
    const event = diagnostic.event === null ? '' : `[${diagnostic.event}]`;
    const file = diagnostic.span === null ? '' : formatLocation(diagnostic.span);
    const hint = diagnostic.hint === null ? '' : `\n  hint: ${diagnostic.hint}`;
    return logLine(name, {
      msg: `[${word}]${event}: ${diagnostic.message}${file === '' ? '' : `\n  ${file}`}${hint}`,
      level: isWarning ? 'warn' : 'error',
      accent: { text: word, colour: isWarning ? 'yellow' : 'red' },
      repeats: counts && seen > 0,
      data: {
        code: diagnostic.code,
        hint: diagnostic.hint ?? '',
        file,
        ...(diagnostic.data ?? { msg: diagnostic.message }),
      },
    });
  }

  /** Shown where the console has kept some back, else in logs only. */
  summary(): readonly LogLine[] {
    const kinds = [...this.#counts];
    if (kinds.length === 0) return [];
    const repeated = kinds.some(([, count]) => count > 1);
    const named = kinds.map(([name, count]) => `- ${name}: ${counted(count, 'occurrence')}`);
    return [
      logLine('DeprecationsSummary', {
        msg: [
          '[WARNING][DeprecationsSummary]: of each kind of these warnings, the first was shown:',
          ...named,
          '  hint: --show-all-deprecations shows all',
        ].join('\n'),
        accent: { text: 'WARNING', colour: 'yellow' },
        shown: repeated ? 'stamped' : 'live',
        data: {
          summaries: kinds.map(([event_name, occurrences]) => ({
            event_name,
            event_code: dbtEvents[event_name]?.[0] ?? ownCode,
            occurrences,
          })),
          show_all_hint: true,
        },
      }),
    ];
  }
}

const pascalCase = (code: string): string =>
  code.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
