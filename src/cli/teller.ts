import { isDeprecation } from '../core/deprecation.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Event, EventOf, NodeOutcome, NodeRef } from '../core/event.ts';
import { formatLocation } from '../core/frame.ts';
import { version } from '../core/version.ts';
import { dbtEvents } from './dbt-events.ts';
import { failingRowsLines } from './failing-rows.ts';
import { isoTime } from './iso-time.ts';
import { type LogLine, logLine, nodeInfo, ownCode, spacer } from './log-line.ts';
import {
  batchResultLine,
  batchStartLine,
  compiledLine,
  describeNode,
  fancyLine,
  hookLine,
  hookName,
  resultLine,
} from './node-lines.ts';
import { isPackageEvent, packageLines } from './package-lines.ts';
import { counted } from './plural.ts';
import { encountered, freshnessSummaryLines, summaryLines } from './summary-lines.ts';

/** dbt's class names in `ArtifactWritten`. */
const artifactTypes: Readonly<Record<string, string>> = {
  manifest: 'WritableManifest',
  semantic_manifest: 'SemanticManifest',
  run_results: 'RunExecutionResult',
  catalog: 'CatalogArtifact',
  sources: 'FreshnessResult',
};

/** Commands that only make SQL: their nodes are neither created nor passed, and are told only where they fail. */
const compileOnly = new Set(['compile', 'docs generate', 'show']);

const leaves = new Set(['exposure', 'metric', 'saved_query', 'semantic_model']);

/**
 * Turns events into log lines. Remembers what later lines need: the target's name, when nodes started, and which
 * warnings were told before.
 */
export class Teller {
  readonly #width: number;
  readonly #now: () => number;
  readonly #started = new Map<string, string>();
  /** Times each kind of warning was met, of those that are told once. */
  readonly #warnings = new Map<string, number>();
  #target = '';
  #compiles = false;
  #asksFreshness = false;

  /** `width`: columns up to which dots are drawn; `now`: milliseconds since 1970, for time stamps. */
  constructor(width: number, now: () => number) {
    this.#width = width;
    this.#now = now;
  }

  lines(event: Event): readonly LogLine[] {
    if (isPackageEvent(event)) return packageLines(event);
    switch (event.name) {
      case 'invocation-started':
        this.#compiles = compileOnly.has(event.command);
        this.#asksFreshness = event.command === 'source freshness';
        return [
          logLine('MainReportVersion', {
            msg: `Running with sluice=${event.version} as dbt=${event.dbtVersion}`,
            data: { version: `=${event.dbtVersion}`, log_version: 3 },
          }),
        ];
      case 'project-parsed':
        return this.#parsed(event);
      case 'diagnostic':
        return [this.#diagnostic(event.diagnostic)];
      case 'run-started':
        return [
          spacer(),
          logLine('ConcurrencyLine', {
            msg: `Concurrency: ${counted(event.threads, 'thread')} (target='${this.#target}')`,
            data: { num_threads: event.threads, target_name: this.#target, node_count: event.total },
          }),
          spacer(),
        ];
      case 'nothing-selected':
        return [
          logLine('NothingToDo', {
            msg: 'Nothing to do: no node is selected. `sluice ls` shows what a selection holds',
            accent: { text: null, colour: 'yellow' },
          }),
        ];
      case 'node-started':
        return this.#nodeStarted(event);
      case 'node-progress':
        return [];
      case 'batch-started':
        return [batchStartLine(event, this.#info(event.node, 'started'), this.#width)];
      case 'batch-finished':
        return [batchResultLine(event, this.#info(event.node, 'executing'), this.#width)];
      case 'node-compiled':
        return [
          logLine('WritingInjectedSQLForNode', {
            msg: `Writing injected SQL for node "${event.node.uniqueId}"`,
            data: { node_info: this.#info(event.node, 'compiling') },
          }),
        ];
      case 'node-finished':
        return this.#nodeFinished(event);
      case 'hook-started':
        this.#started.set(event.hook.uniqueId, isoTime(this.#now()));
        return [
          logLine('LogHookStartLine', {
            msg: fancyLine(
              event.index,
              event.total,
              `START hook: ${hookName(event.hook, event.index)}`,
              'RUN',
              null,
              this.#width,
            ),
            shown: 'live',
            data: {
              node_info: this.#info(event.hook, 'started'),
              statement: hookName(event.hook, event.index),
              index: event.index,
              total: event.total,
            },
          }),
        ];
      case 'hook-finished':
        return [
          hookLine(event.hook, event.outcome, event, this.#ended(event.hook, event.outcome), this.#width),
        ];
      case 'statement-sent':
        return [
          logLine('SQLQuery', {
            msg: `On ${event.connection}: ${event.sql}`,
            data: { conn_name: event.connection, sql: event.sql, ...nodeOf(event.uniqueId) },
          }),
        ];
      case 'statement-finished':
        return [
          logLine('SQLQueryStatus', {
            msg: `SQL status: ${event.message} in ${(event.elapsedMs / 1000).toFixed(3)} seconds`,
            data: {
              status: event.message,
              elapsed: event.elapsedMs / 1000,
              query_id: '',
              ...nodeOf(event.uniqueId),
            },
          }),
        ];
      case 'template-log':
        return [
          logLine(event.level === 'info' ? 'JinjaLogInfo' : 'JinjaLogDebug', {
            msg: event.text,
            data: { msg: event.text, ...nodeOf(event.uniqueId) },
          }),
        ];
      case 'template-print':
        return [logLine('PrintEvent', { msg: event.text, shown: 'raw', data: { msg: event.text } })];
      case 'cancelling':
        return [
          logLine('Note', {
            msg: `Cancelling: waiting for ${counted(event.running, 'node')} to stop; once more to quit at once`,
            level: 'warn',
            accent: { text: null, colour: 'yellow' },
          }),
        ];
      case 'artifact-written':
        return [
          logLine('ArtifactWritten', {
            msg: `Wrote artifact ${artifactTypes[event.artifact] ?? event.artifact} to ${event.path}`,
            data: {
              artifact_type: artifactTypes[event.artifact] ?? event.artifact,
              artifact_path: event.path,
            },
          }),
        ];
      case 'operation-failed': {
        const exc = encountered([event.diagnostic]);
        return [
          logLine('RunningOperationCaughtError', {
            msg: `Encountered an error while running operation: ${exc}`,
            data: { exc },
          }),
        ];
      }
      case 'message':
        return [logLine('Note', { msg: event.text, level: event.level, data: { msg: event.text } })];
      case 'run-finished':
        if (this.#asksFreshness && !event.interrupted) return freshnessSummaryLines(event);
        return this.#compiles && event.problems.length === 0 && !event.interrupted ? [] : summaryLines(event);
      case 'invocation-finished':
        return this.#finished(event);
    }
  }

  #parsed(event: EventOf<'project-parsed'>): readonly LogLine[] {
    this.#target = event.targetName;
    const statLine = Object.entries(event.counts)
      .filter(([, count]) => count > 0)
      .map(([noun, count]) => counted(count, noun))
      .join(', ');
    const lines = [
      logLine('AdapterRegistered', {
        msg: `Registered adapter: ${event.adapterType}=${version}`,
        data: { adapter_name: event.adapterType, adapter_version: `=${version}` },
      }),
      logLine('FoundStats', { msg: `Found ${statLine}`, data: { stat_line: statLine } }),
    ];
    if (event.embeddedDatabase === null) return lines;
    const msg = `No profile is named: working in the DuckDB file ${event.embeddedDatabase}`;
    return [...lines, logLine('Note', { msg, data: { msg } })];
  }

  #diagnostic(diagnostic: Diagnostic): LogLine {
    const name = diagnostic.event ?? pascalCase(diagnostic.code);
    const isWarning = diagnostic.severity === 'warning';
    // What dbt itself says each time is said each time; deprecations, and what only we warn of, once per kind.
    const counts = isWarning && (diagnostic.event === null || isDeprecation(name));
    const seen = this.#warnings.get(name) ?? 0;
    if (counts) this.#warnings.set(name, seen + 1);
    const repeats = counts && seen > 0;
    const word = isWarning ? 'WARNING' : 'ERROR';
    const event = diagnostic.event === null ? '' : `[${diagnostic.event}]`;
    const place = diagnostic.span === null ? '' : `\n  ${formatLocation(diagnostic.span)}`;
    const hint = diagnostic.hint === null ? '' : `\n  hint: ${diagnostic.hint}`;
    return logLine(name, {
      msg: `[${word}]${event}: ${diagnostic.message}${place}${hint}`,
      level: isWarning ? 'warn' : 'error',
      accent: { text: word, colour: isWarning ? 'yellow' : 'red' },
      repeats,
      data: {
        msg: diagnostic.message,
        code: diagnostic.code,
        hint: diagnostic.hint ?? '',
        file: diagnostic.span === null ? '' : formatLocation(diagnostic.span),
      },
    });
  }

  /** How often each kind of warning was met; shown where the console has kept some back, else in logs only. */
  #countedWarnings(): readonly LogLine[] {
    const kinds = [...this.#warnings];
    if (kinds.length === 0) return [];
    const repeated = kinds.some(([, count]) => count > 1);
    const named = kinds.map(([name, count]) => `- ${name}: ${counted(count, 'occurrence')}`);
    const told = {
      msg: [
        '[WARNING][DeprecationsSummary]: of each kind of these warnings, the first was shown:',
        ...named,
        '  hint: --show-all-deprecations shows all',
      ].join('\n'),
      accent: { text: 'WARNING', colour: 'yellow' },
      data: {
        summaries: kinds.map(([event_name, occurrences]) => ({
          event_name,
          event_code: dbtEvents[event_name]?.[0] ?? ownCode,
          occurrences,
        })),
        show_all_hint: true,
      },
    } as const;
    return [logLine('DeprecationsSummary', repeated ? told : { ...told, shown: 'live' })];
  }

  #nodeStarted(event: EventOf<'node-started'>): readonly LogLine[] {
    const { node, index, total, threadId } = event;
    this.#started.set(node.uniqueId, isoTime(this.#now()));
    const info = this.#info(node, 'started');
    const started = logLine('NodeStart', {
      msg: `Began running node ${node.uniqueId}`,
      thread: threadId,
      data: { node_info: info },
    });
    if (leaves.has(node.resourceType)) return [started];
    const description = describeNode(node);
    return [
      started,
      logLine('LogStartLine', {
        msg: fancyLine(index, total, `START ${description}`, 'RUN', null, this.#width),
        thread: threadId,
        shown: 'live',
        data: { node_info: info, description, index, total },
      }),
    ];
  }

  #nodeFinished(event: EventOf<'node-finished'>): readonly LogLine[] {
    const { node, outcome, threadId } = event;
    const info = this.#ended(node, outcome);
    const result = this.#compiles
      ? compiledLine(node, outcome, event, info, this.#width, threadId)
      : resultLine(node, outcome, event, info, this.#width, threadId);
    return [
      result,
      ...failingRowsLines(node, outcome, info, threadId),
      logLine('NodeFinished', {
        msg: `Finished running node ${node.uniqueId}`,
        thread: threadId,
        data: {
          node_info: info,
          run_result: {
            status: outcome.status,
            message: outcome.message ?? '',
            execution_time: outcome.executionTimeMs / 1000,
            num_failures: outcome.failures ?? 0,
            thread: threadId,
            timing_info: [],
            adapter_response: outcome.rowsAffected === null ? {} : { rows_affected: outcome.rowsAffected },
          },
        },
      }),
    ];
  }

  #finished(event: EventOf<'invocation-finished'>): readonly LogLine[] {
    const at = isoTime(this.#now());
    const verb = event.success ? 'succeeded' : 'failed';
    const seconds = event.elapsedMs / 1000;
    return [
      ...this.#countedWarnings(),
      logLine('CommandCompleted', {
        msg: `Command \`${event.command}\` ${verb} at ${at.slice(11, -1)} after ${seconds.toFixed(2)} seconds`,
        data: { command: event.command, success: event.success, completed_at: at, elapsed: seconds },
      }),
    ];
  }

  #info(node: NodeRef, status: string): Readonly<Record<string, unknown>> {
    return nodeInfo(node, status, this.#started.get(node.uniqueId) ?? '', '');
  }

  #ended(node: NodeRef, outcome: NodeOutcome): Readonly<Record<string, unknown>> {
    const started = this.#started.get(node.uniqueId) ?? '';
    this.#started.delete(node.uniqueId);
    return nodeInfo(node, outcome.status, started, isoTime(this.#now()));
  }
}

const nodeOf = (uniqueId: string | null): object =>
  uniqueId === null ? {} : { node_info: { unique_id: uniqueId } };

const pascalCase = (code: string): string =>
  code.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
