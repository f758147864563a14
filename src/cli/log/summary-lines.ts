import { type Diagnostic, formatDiagnostic } from '../../core/diagnostic.ts';
import type { EventOf, NodeOutcome, NodeRef, ResultStatus } from '../../core/event.ts';
import { differenceTable } from './difference-table.ts';
import { type LogLine, levelOf, logLine, nodeInfo, spacer } from './log-line.ts';
import { counted } from './plural.ts';
import type { RunResultData } from './run-result-data.ts';

/** What the end of a run says again of its nodes. */
export interface ToldResults {
  readonly results: readonly RunResultData[];
  readonly generatedAt: string;
}

/** The end of a run: what ran, every problem with its message and compiled file, and the closing line. */
export function summaryLines(event: EventOf<'run-finished'>, told: ToldResults): readonly LogLine[] {
  const stats = statsOf(event.counts);
  const { partial } = stats;
  const errors = stats.error - partial;
  const ended = event.interrupted
    ? (['Interrupted before every node had run', 'yellow'] as const)
    : errors > 0
      ? ([
          `Completed with ${counted(errors, 'error')}, ${counted(partial, 'partial success')}, and ${counted(stats.warn, 'warning')}:`,
          'red',
        ] as const)
      : partial > 0
        ? ([
            `Completed with ${counted(partial, 'partial success')} and ${counted(stats.warn, 'warning')}`,
            'yellow',
          ] as const)
        : stats.warn > 0
          ? ([`Completed with ${counted(stats.warn, 'warning')}:`, 'yellow'] as const)
          : (['Completed successfully', 'green'] as const);
  const { partial: _, ...shown } = stats;
  return [
    spacer(),
    ranLine(event),
    endRunLine(event.elapsedMs, told, errors + partial === 0 && !event.interrupted),
    spacer(),
    logLine('EndOfRunSummary', {
      msg: ended[0],
      accent: { text: null, colour: ended[1] },
      data: {
        num_errors: errors,
        num_warnings: stats.warn,
        num_partial_success: partial,
        keyboard_interrupt: event.interrupted,
      },
    }),
    ...event.problems.flatMap(({ node, outcome }) => problemLines(node, outcome)),
    spacer(),
    logLine('StatsLine', {
      msg: `Done. PASS=${stats.pass} WARN=${stats.warn} ERROR=${stats.error} SKIP=${stats.skip} NO-OP=${stats.noop} TOTAL=${stats.total}`,
      data: { stats: shown },
    }),
  ];
}

/** All results once more, in logs only. */
export const endRunLine = (elapsedMs: number, told: ToldResults, success: boolean): LogLine =>
  logLine('EndRunResult', {
    msg: 'Command end result',
    data: {
      elapsed_time: elapsedMs / 1000,
      generated_at: told.generatedAt,
      results: told.results,
      success,
    },
  });

/** The end of `source freshness`: what could not be asked, and what is too old. */
export function freshnessSummaryLines(event: EventOf<'run-finished'>): readonly LogLine[] {
  const problems = event.problems.filter(({ outcome }) => levelOf(outcome) === 'error');
  return [
    spacer(),
    ranLine(event),
    ...problems.flatMap(({ node, outcome }) => problemLines(node, outcome)),
    logLine('FreshnessCheckComplete', { msg: 'Done.' }),
  ];
}

function ranLine(event: EventOf<'run-finished'>): LogLine {
  const kinds = Object.entries(event.kinds)
    .sort(([a], [b]) => (sortName(a) < sortName(b) ? -1 : 1))
    .map(([kind, count]) => counted(count, kind));
  const seconds = event.elapsedMs / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const execution = ` in ${hours} hours ${minutes} minutes and ${(seconds % 60).toFixed(2)} seconds`;
  const stat_line = kinds.join(', ');
  return logLine('FinishedRunningStats', {
    msg: `Finished running ${stat_line}${execution} (${seconds.toFixed(2)}s).`,
    data: { stat_line, execution, execution_time: seconds },
  });
}

/** dbt sorts by its types, and `test` is that of data tests. */
const sortName = (kind: string): string => (kind === 'data test' ? 'test' : kind);

function problemLines(node: NodeRef, outcome: NodeOutcome): readonly LogLine[] {
  const warns = levelOf(outcome) === 'warn';
  const info = nodeInfo(node, 'None', '', '');
  const title = `${warns ? 'Warning' : 'Failure'} in ${node.resourceType} ${node.name} (${node.path})`;
  const isSilent = outcome.diagnostic === null && outcome.message === null;
  const text = problemText(node, outcome);
  const titled = logLine(warns ? 'RunResultWarning' : 'RunResultFailure', {
    msg: title,
    accent: { text: null, colour: warns ? 'yellow' : 'red' },
    data: { resource_type: node.resourceType, node_name: node.name, path: node.path, node_info: info },
  });
  const lines = [
    spacer(),
    // A source that could not be asked is an error without a title, as in dbt.
    ...(outcome.status === 'runtime error' ? [] : [titled]),
    isSilent
      ? logLine('RunResultErrorNoMessage', {
          msg: `  Status: ${outcome.status}`,
          data: { status: outcome.status, node_info: info },
        })
      : logLine(warns ? 'RunResultWarningMessage' : 'RunResultError', {
          msg: indent(outcome.difference ? differenceTable(outcome.difference) : text),
          data: {
            msg: text,
            node_info: info,
            ...(outcome.difference ? { difference: outcome.difference } : {}),
          },
        }),
  ];
  if (outcome.compiledPath !== null) {
    lines.push(
      logLine('SQLCompiledPath', {
        msg: `  compiled code at ${outcome.compiledPath}`,
        data: { path: outcome.compiledPath, node_info: info },
      }),
    );
  }
  if (node.resourceType === 'test' && node.relationName !== null) {
    const { relationName } = node;
    lines.push(
      logLine('CheckNodeTestFailure', {
        msg: `  failing rows are kept: select * from ${relationName}`,
        data: { relation_name: relationName, node_info: info },
      }),
    );
  }
  return lines;
}

function problemText(node: NodeRef, outcome: NodeOutcome): string {
  if (outcome.diagnostic === null) return outcome.message ?? outcome.status;
  const { family } = outcome.diagnostic;
  return `${family} in ${node.resourceType} ${node.name} (${node.path})\n${indent(formatDiagnostic(outcome.diagnostic))}`;
}

/** The text that ends an invocation: dbt's family, then our diagnostics. */
export function encountered(diagnostics: readonly Diagnostic[]): string {
  const family = diagnostics[0]?.family ?? 'Runtime Error';
  return `${family}\n${diagnostics.map((diagnostic) => indent(formatDiagnostic(diagnostic))).join('\n\n')}`;
}

export const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');

interface Stats {
  readonly pass: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly noop: number;
  readonly total: number;
  /** Counted among the errors too, as in dbt. */
  readonly partial: number;
}

function statsOf(counts: Readonly<Record<ResultStatus, number>>): Stats {
  const partial = counts['partial success'];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    pass: counts.success + counts.pass,
    warn: counts.warn,
    error: counts.error + counts.fail + counts['runtime error'] + partial,
    skip: counts.skipped,
    noop: counts['no-op'],
    total,
    partial,
  };
}
