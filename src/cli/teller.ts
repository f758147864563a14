import type { Event, EventOf, NodeOutcome, NodeRef } from '../core/event.ts';
import { version } from '../core/version.ts';
import { failingRowsLines } from './failing-rows.ts';
import { isoTime } from './iso-time.ts';
import { type LogLine, levelOf, logLine, nodeInfo, spacer } from './log-line.ts';
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
import { type RunResultData, runResultData } from './run-result-data.ts';
import { encountered, freshnessSummaryLines, summaryLines } from './summary-lines.ts';
import { Warnings } from './warnings.ts';

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

/** Results after which dbt looks for what is to be skipped. */
const skipping: ReadonlySet<string> = new Set(['error', 'partial success']);
const skippingInBuild: ReadonlySet<string> = new Set([...skipping, 'fail', 'skipped']);

/** What a process has used up, in Node's units: microseconds, kilobytes, file system operations. */
export type Resources = Pick<
  NodeJS.ResourceUsage,
  'userCPUTime' | 'systemCPUTime' | 'maxRSS' | 'fsRead' | 'fsWrite'
>;

export interface TellerOptions {
  /** Columns up to which dots are drawn. */
  readonly width: number;
  /** Milliseconds since 1970, for time stamps. */
  readonly now: () => number;
  readonly resources: () => Resources;
  /** Tell what was used up to everyone, not to the log file only. */
  readonly showsResources: boolean;
}

interface Running {
  readonly node: NodeRef;
  readonly thread: string;
  readonly startedAt: string;
  status: 'compiling' | 'executing';
}

/**
 * Turns events into log lines. Remembers what later lines need: the target's name, when nodes started, and which
 * warnings were told before.
 */
export class Teller {
  readonly #options: TellerOptions;
  readonly #width: number;
  readonly #now: () => number;
  /** What is being worked. */
  readonly #running = new Map<string, Running>();
  readonly #warnings = new Warnings();
  /** What of each node's result is told again at the end. */
  readonly #results: RunResultData[] = [];
  #target = '';
  #command = '';
  #compiles = false;
  #asksFreshness = false;
  #skips: ReadonlySet<string> = new Set();

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#width = options.width;
    this.#now = options.now;
  }

  lines(event: Event): readonly LogLine[] {
    if (isPackageEvent(event)) return packageLines(event);
    switch (event.name) {
      case 'invocation-started':
        this.#command = event.command;
        this.#compiles = compileOnly.has(event.command);
        this.#asksFreshness = event.command === 'source freshness';
        this.#skips = event.command === 'build' ? skippingInBuild : skipping;
        return [
          logLine('MainReportVersion', {
            msg: `Running with sluice=${event.version} as dbt=${event.dbtVersion}`,
            data: { version: `=${event.dbtVersion}`, log_version: 3 },
          }),
        ];
      case 'adapter-registered':
        return [
          logLine('AdapterRegistered', {
            msg: `Registered adapter: ${event.adapterType}=${version}`,
            data: { adapter_name: event.adapterType, adapter_version: `=${version}` },
          }),
        ];
      case 'project-parsed':
        return this.#parsed(event);
      case 'diagnostic':
        return [this.#warnings.line(event.diagnostic)];
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
        return this.#nodeCompiled(event.node);
      case 'node-finished':
        return this.#nodeFinished(event);
      case 'hook-started':
        return [
          writingLine(event.hook, this.#info(event.hook, 'None'), 'MainThread'),
          ...this.#begin(event.hook, 'MainThread'),
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
        this.#results.push(runResultData(event.outcome, 'main'));
        return [
          hookLine(event.hook, event.outcome, event, this.#ended(event.hook, event.outcome), this.#width),
        ];
      case 'statement-sent':
        return [
          logLine('SQLQuery', {
            msg: `On ${event.connection}: ${event.sql}`,
            data: { conn_name: event.connection, sql: event.sql, ...this.#nodeOf(event.uniqueId) },
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
              ...this.#nodeOf(event.uniqueId),
            },
          }),
        ];
      case 'template-log':
        return [
          logLine(event.level === 'info' ? 'JinjaLogInfo' : 'JinjaLogDebug', {
            msg: event.text,
            data: { msg: event.text, ...this.#nodeOf(event.uniqueId) },
          }),
        ];
      case 'template-print':
        return [logLine('PrintEvent', { msg: event.text, shown: 'printed', data: { msg: event.text } })];
      case 'cancelling':
        return [
          logLine('Note', {
            msg: `Cancelling: waiting for ${counted(event.running, 'node')} to stop; once more to quit at once`,
            level: 'warn',
            accent: { text: null, colour: 'yellow' },
          }),
        ];
      case 'artifact-written':
        return [this.#artifactWritten(event)];
      case 'folder-cleaned':
        return [
          logLine('CheckCleanPath', { msg: `Checking ${event.path}/*`, data: { path: event.path } }),
          logLine('ConfirmCleanPath', { msg: `Cleaned ${event.path}/*`, data: { path: event.path } }),
        ];
      case 'folders-cleaned':
        return [logLine('FinishedCleanPaths', { msg: 'Finished cleaning all paths.' })];
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
        return [
          logLine(this.#command === 'debug' ? 'DebugCmdOut' : 'Note', {
            msg: event.text,
            level: event.level,
            data: { msg: event.text },
          }),
        ];
      case 'run-finished':
        if (this.#asksFreshness && !event.interrupted) return freshnessSummaryLines(event);
        return this.#compiles && event.problems.length === 0 && !event.interrupted
          ? []
          : summaryLines(event, { results: this.#results, generatedAt: stampOf(this.#now()) });
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
    const lines = [logLine('FoundStats', { msg: `Found ${statLine}`, data: { stat_line: statLine } })];
    if (event.embeddedDatabase === null) return lines;
    const msg = `No profile is named: working in the DuckDB file ${event.embeddedDatabase}`;
    return [...lines, logLine('Note', { msg, data: { msg } })];
  }

  #artifactWritten({ artifact, path }: EventOf<'artifact-written'>): LogLine {
    const operated = this.#command === 'run-operation' && artifact === 'run_results';
    const artifact_type = operated ? 'RunResultsArtifact' : (artifactTypes[artifact] ?? artifact);
    const msg = `Wrote artifact ${artifact_type} to ${path}`;
    return logLine('ArtifactWritten', { msg, data: { artifact_type, artifact_path: path } });
  }

  #nodeStarted(event: EventOf<'node-started'>): readonly LogLine[] {
    const { node, index, total, threadId } = event;
    this.#begin(node, threadId);
    const started = this.#nodeLine('NodeStart', `Began running node ${node.uniqueId}`, node, 'started');
    const compiling = this.#nodeLine(
      'NodeCompiling',
      `Began compiling node ${node.uniqueId}`,
      node,
      'compiling',
    );
    if (leaves.has(node.resourceType)) return [started, compiling, this.#executing(node)];
    const description = describeNode(node);
    const start = logLine('LogStartLine', {
      msg: fancyLine(index, total, `START ${description}`, 'RUN', null, this.#width),
      thread: threadId,
      shown: 'live',
      data: { node_info: this.#info(node, 'started'), description, index, total },
    });
    return [
      started,
      ...(this.#compiles ? [] : [start]),
      compiling,
      // A seed has nothing to compile.
      ...(node.resourceType === 'seed' ? [this.#executing(node)] : []),
    ];
  }

  #nodeCompiled(node: NodeRef): readonly LogLine[] {
    const thread = this.#running.get(node.uniqueId)?.thread ?? 'MainThread';
    const written =
      node.resourceType === 'snapshot' ? [] : [writingLine(node, this.#info(node, 'compiling'), thread)];
    return node.materialized === 'ephemeral' ? written : [...written, this.#executing(node)];
  }

  #executing(node: NodeRef): LogLine {
    const running = this.#running.get(node.uniqueId);
    if (running !== undefined) running.status = 'executing';
    return this.#nodeLine('NodeExecuting', `Began executing node ${node.uniqueId}`, node, 'executing');
  }

  #nodeFinished(event: EventOf<'node-finished'>): readonly LogLine[] {
    const { node, outcome, threadId } = event;
    const lines: LogLine[] = [];
    if (!this.#running.has(node.uniqueId)) {
      this.#begin(node, threadId);
      lines.push(this.#nodeLine('NodeStart', `Began running node ${node.uniqueId}`, node, 'started'));
    }
    const info = this.#ended(node, outcome);
    const shown = this.#compiles && outcome.diagnostic === null ? { ...outcome, message: null } : outcome;
    const run_result = runResultData(shown, threadId);
    this.#results.push(run_result);
    if (outcome.diagnostic !== null) {
      const exc = encountered([outcome.diagnostic]);
      const data = {
        exc,
        exc_info: '',
        node_info: { ...info, node_finished_at: '', node_status: 'executing' },
      };
      lines.push(logLine('CatchableExceptionOnRun', { msg: exc, thread: threadId, data }));
    }
    if (!this.#compiles) lines.push(resultLine(node, outcome, event, info, this.#width, threadId));
    else if (levelOf(outcome) === 'error') {
      lines.push(compiledLine(node, outcome, event, info, this.#width, threadId));
    }
    lines.push(
      ...failingRowsLines(node, outcome, info, threadId),
      logLine('NodeFinished', {
        msg: `Finished running node ${node.uniqueId}`,
        thread: threadId,
        data: { node_info: info, run_result },
      }),
    );
    if (this.#skips.has(outcome.status) && !this.#compiles) {
      const reason = run_result.message === '' ? '' : ` Reason: ${run_result.message}.`;
      lines.push(
        logLine('MarkSkippedChildren', {
          msg: `Marking all children of '${node.uniqueId}' to be skipped because of status '${outcome.status}'. ${reason}`,
          thread: threadId,
          data: { unique_id: node.uniqueId, status: outcome.status, run_result },
        }),
      );
    }
    return lines;
  }

  #finished(event: EventOf<'invocation-finished'>): readonly LogLine[] {
    const at = isoTime(this.#now());
    const verb = event.success ? 'succeeded' : 'failed';
    const seconds = event.elapsedMs / 1000;
    return [
      ...this.#warnings.summary(),
      ...this.#resources(event),
      logLine('CommandCompleted', {
        msg: `Command \`${event.command}\` ${verb} at ${at.slice(11, -1)} after ${seconds.toFixed(2)} seconds`,
        data: { command: event.command, success: event.success, completed_at: at, elapsed: seconds },
      }),
    ];
  }

  /** What the process has used up, as dbt reports it. */
  #resources({ command, success, elapsedMs }: EventOf<'invocation-finished'>): readonly LogLine[] {
    const used = this.#options.resources();
    const data = {
      command_name: command.split(' ').at(-1),
      command_success: success,
      command_wall_clock_time: elapsedMs / 1000,
      process_in_blocks: String(used.fsRead),
      process_kernel_time: used.systemCPUTime / 1e6,
      process_mem_max_rss: String(used.maxRSS),
      process_out_blocks: String(used.fsWrite),
      process_user_time: used.userCPUTime / 1e6,
    };
    const level = this.#options.showsResources ? 'info' : 'debug';
    return [logLine('ResourceReport', { msg: `Resource report: ${JSON.stringify(data)}`, level, data })];
  }

  /** From now on lines know when the node began. Has no line of its own. */
  #begin(node: NodeRef, thread: string): readonly LogLine[] {
    this.#running.set(node.uniqueId, { node, thread, startedAt: stampOf(this.#now()), status: 'compiling' });
    return [];
  }

  /** A line at debug level that says where a node is. */
  #nodeLine(name: string, msg: string, node: NodeRef, status: string): LogLine {
    const thread = this.#running.get(node.uniqueId)?.thread ?? 'MainThread';
    return logLine(name, { msg, thread, data: { node_info: this.#info(node, status) } });
  }

  #info(node: NodeRef, status: string): Readonly<Record<string, unknown>> {
    return nodeInfo(node, status, this.#running.get(node.uniqueId)?.startedAt ?? '', '');
  }

  #nodeOf(uniqueId: string | null): object {
    const running = uniqueId === null ? undefined : this.#running.get(uniqueId);
    return running === undefined ? {} : { node_info: this.#info(running.node, running.status) };
  }

  #ended(node: NodeRef, outcome: NodeOutcome): Readonly<Record<string, unknown>> {
    const started = this.#running.get(node.uniqueId)?.startedAt ?? '';
    this.#running.delete(node.uniqueId);
    return nodeInfo(node, outcome.status, started, outcome.status === 'skipped' ? '' : stampOf(this.#now()));
  }
}

/** A time without its zone, which is UTC: of nodes, dbt writes it so. */
const stampOf = (milliseconds: number): string => isoTime(milliseconds).slice(0, -1);

const writingLine = (node: NodeRef, info: Readonly<Record<string, unknown>>, thread: string): LogLine =>
  logLine('WritingInjectedSQLForNode', {
    msg: `Writing injected SQL for node "${node.uniqueId}"`,
    thread,
    data: { node_info: info },
  });
