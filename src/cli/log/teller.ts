import type { Event, EventOf } from '../../core/event.ts';
import { version } from '../../core/version.ts';
import { diagnosticsLine } from './failure-lines.ts';
import { isoTime } from './iso-time.ts';
import { type LogLine, logLine, spacer } from './log-line.ts';
import { compileOnly, NodeTeller } from './node-teller.ts';
import { isPackageEvent, packageLines } from './package-lines.ts';
import { counted } from './plural.ts';
import { encountered, endRunLine, freshnessSummaryLines, summaryLines } from './summary-lines.ts';
import { Warnings } from './warnings.ts';

/** dbt's class names in `ArtifactWritten`. */
const artifactTypes: Readonly<Record<string, string>> = {
  manifest: 'WritableManifest',
  semantic_manifest: 'SemanticManifest',
  run_results: 'RunExecutionResult',
  catalog: 'CatalogArtifact',
  sources: 'FreshnessResult',
};

/** Events that name the group of their node. Source: dbt-core 1.11.16. */
const namesGroup: ReadonlySet<string> = new Set([
  'LogBatchResult',
  'LogFunctionResult',
  'LogModelResult',
  'LogSeedResult',
  'LogSkipBecauseError',
  'LogSnapshotResult',
  'LogTestResult',
  'RunResultError',
  'RunResultFailure',
  'RunResultWarning',
  'SkippingDetails',
]);

/** What a process has used up, in Node's units: microseconds, kilobytes, file system operations. */
export type Resources = Pick<
  NodeJS.ResourceUsage,
  'userCPUTime' | 'systemCPUTime' | 'maxRSS' | 'fsRead' | 'fsWrite'
>;

export interface TellerOptions {
  /** The command, or its alias, as the user typed it. */
  readonly calledAs: string;
  /** Columns up to which dots are drawn. */
  readonly width: number;
  /** Milliseconds since 1970, for time stamps. */
  readonly now: () => number;
  readonly resources: () => Resources;
  /** Tell what was used up to everyone, not to the log file only. */
  readonly showsResources: boolean;
}

/**
 * Turns events into log lines. Remembers what later lines need: the command, the target's name, and which warnings
 * were told before; of nodes, the node teller does.
 */
export class Teller {
  readonly #options: TellerOptions;
  readonly #nodes: NodeTeller;
  readonly #warnings = new Warnings();
  /** What is known of each group, by its name, and the groups of nodes, by their id. */
  #groups: ReadonlyMap<string, unknown> = new Map();
  readonly #groupNames = new Map<string, string>();
  #target = '';
  #command = '';

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#nodes = new NodeTeller(options);
  }

  lines(event: Event): readonly LogLine[] {
    const lines = this.#linesOf(event);
    if (this.#groups.size === 0) return lines;
    const node = 'node' in event ? event.node : null;
    if (node !== null && node.group !== null) this.#groupNames.set(node.uniqueId, node.group);
    return lines.map((line) => this.#withGroup(line, node?.uniqueId));
  }

  /** What dbt says of a node's group wherever it says how the node ended. */
  #withGroup(line: LogLine, node: string | undefined): LogLine {
    if (!namesGroup.has(line.name)) return line;
    const { unique_id = node } = (line.data['node_info'] ?? {}) as Readonly<Record<string, unknown>>;
    const group = this.#groups.get(this.#groupNames.get(String(unique_id)) ?? '');
    return group === undefined ? line : { ...line, data: { ...line.data, group } };
  }

  #linesOf(event: Event): readonly LogLine[] {
    if (isPackageEvent(event)) return packageLines(event);
    switch (event.name) {
      case 'invocation-started':
        this.#command = event.command;
        this.#nodes.begin(event.command);
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
      case 'nothing-selected': {
        const listing = this.#command === 'list';
        const line = logLine(listing ? 'NoNodesSelected' : 'NothingToDo', {
          msg: 'Nothing to do: no node is selected. `sluice ls` shows what a selection holds',
          accent: { text: null, colour: 'yellow' },
        });
        const ends = !listing && this.#command !== 'source freshness';
        return ends ? [line, endRunLine(0, this.#nodes.told(), true)] : [line];
      }
      case 'node-started':
        return this.#nodes.started(event);
      case 'node-progress':
        return [];
      case 'batch-started':
        return this.#nodes.batchStarted(event);
      case 'batch-finished':
        return [this.#nodes.batchFinished(event)];
      case 'node-compiled':
        return this.#nodes.compiled(event.node);
      case 'node-finished':
        return this.#nodes.finished(event);
      case 'hook-started':
        return this.#nodes.hookStarted(event);
      case 'hook-finished':
        return [this.#nodes.hookFinished(event)];
      case 'statement-sent':
        return [
          logLine('SQLQuery', {
            msg: `On ${event.connection}: ${event.sql}`,
            data: { conn_name: event.connection, sql: event.sql, ...this.#nodes.infoOf(event.uniqueId) },
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
              ...this.#nodes.infoOf(event.uniqueId),
            },
          }),
        ];
      case 'template-log':
        return [
          logLine(event.level === 'info' ? 'JinjaLogInfo' : 'JinjaLogDebug', {
            msg: event.text,
            data: { msg: event.text, ...this.#nodes.infoOf(event.uniqueId) },
          }),
        ];
      case 'prerelease-available':
        return [this.#prerelease(event)];
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
      case 'interrupted':
        return [diagnosticsLine([event.diagnostic])];
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
        if (this.#command === 'source freshness' && !event.interrupted) return freshnessSummaryLines(event);
        if (!compileOnly.has(this.#command) || event.interrupted) {
          return summaryLines(event, this.#nodes.told());
        }
        // What could not be compiled ends the command.
        return event.problems.length > 0 ? [] : [endRunLine(event.elapsedMs, this.#nodes.told(), true)];
      case 'invocation-finished':
        return this.#finished(event);
    }
  }

  #parsed(event: EventOf<'project-parsed'>): readonly LogLine[] {
    this.#target = event.targetName;
    this.#groups = new Map(Object.entries(event.groups ?? {}));
    const statLine = Object.entries(event.counts)
      .filter(([, count]) => count > 0)
      .map(([noun, count]) => counted(count, noun))
      .join(', ');
    const lines = [logLine('FoundStats', { msg: `Found ${statLine}`, data: { stat_line: statLine } })];
    if (event.embeddedDatabase === null) return lines;
    const msg = `No profile is named: working in the DuckDB file ${event.embeddedDatabase}`;
    return [...lines, logLine('Note', { msg, data: { msg } })];
  }

  #prerelease({ uniqueId, model, newest }: EventOf<'prerelease-available'>): LogLine {
    const { name, packageName, version: latest } = model;
    return logLine('UnpinnedRefNewVersionAvailable', {
      msg:
        `${uniqueId} refers to ${name} without a version and gets v${latest}, the latest; ` +
        `v${newest} is there, too: ref('${name}', v=${newest}) tries it, ref('${name}', v=${latest}) stays`,
      data: {
        ...this.#nodes.infoOf(uniqueId),
        ref_node_name: name,
        ref_node_package: packageName,
        ref_node_version: latest,
        ref_max_version: newest,
      },
    });
  }

  #artifactWritten({ artifact, path }: EventOf<'artifact-written'>): LogLine {
    const operated = this.#command === 'run-operation' && artifact === 'run_results';
    const artifact_type = operated ? 'RunResultsArtifact' : (artifactTypes[artifact] ?? artifact);
    const msg = `Wrote artifact ${artifact_type} to ${path}`;
    return logLine('ArtifactWritten', { msg, data: { artifact_type, artifact_path: path } });
  }

  #finished(event: EventOf<'invocation-finished'>): readonly LogLine[] {
    const { calledAs, now } = this.#options;
    const at = isoTime(now());
    const verb = event.success ? 'succeeded' : 'failed';
    const seconds = event.elapsedMs / 1000;
    return [
      ...this.#warnings.summary(),
      ...this.#resources(event),
      logLine('CommandCompleted', {
        msg: `Command \`${calledAs}\` ${verb} at ${at.slice(11, -1)} after ${seconds.toFixed(2)} seconds`,
        data: { command: calledAs, success: event.success, completed_at: at, elapsed: seconds },
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
}
