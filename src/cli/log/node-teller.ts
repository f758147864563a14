import type { EventOf, NodeOutcome, NodeRef } from '../../core/event.ts';
import { batchResultLine, batchStartLines } from './batch-lines.ts';
import { failingRowsLines } from './failing-rows.ts';
import { isoTime } from './iso-time.ts';
import { type LogLine, levelOf, logLine, nodeInfo } from './log-line.ts';
import {
  brokenInputLine,
  compiledLine,
  describeNode,
  fancyLine,
  hookLine,
  hookName,
  resultLine,
} from './node-lines.ts';
import { type RunResultData, runResultData } from './run-result-data.ts';
import { encountered, type ToldResults } from './summary-lines.ts';

/** Commands that only make SQL: their nodes are neither created nor passed, and are told only where they fail. */
export const compileOnly: ReadonlySet<string> = new Set(['compile', 'docs generate', 'show']);

const leaves = new Set(['exposure', 'metric', 'saved_query', 'semantic_model']);

/** Of which no compiled text is told. */
const notCompiled = new Set(['seed', 'source', 'unit_test']);

/** Results after which dbt looks for what is to be skipped. */
const skipping: ReadonlySet<string> = new Set(['error', 'partial success']);
const skippingInBuild: ReadonlySet<string> = new Set([...skipping, 'fail', 'skipped']);

interface Running {
  readonly node: NodeRef;
  readonly thread: string;
  readonly startedAt: string;
  status: 'compiling' | 'executing';
}

/** Turns what happens to nodes, hooks and batches into log lines. Remembers when each began, and how each ended. */
export class NodeTeller {
  readonly #width: number;
  readonly #now: () => number;
  /** What is being worked. */
  readonly #running = new Map<string, Running>();
  readonly #results: RunResultData[] = [];
  /** How ephemeral models ended that kept others from running, by their id. */
  readonly #brokenInputs = new Map<string, string>();
  #compiles = false;
  #skips: ReadonlySet<string> = skipping;

  /** `width`: columns up to which dots are drawn; `now`: milliseconds since 1970, for time stamps. */
  constructor({ width, now }: { readonly width: number; readonly now: () => number }) {
    this.#width = width;
    this.#now = now;
  }

  /** The command decides what becomes of a node. */
  begin(command: string): void {
    this.#compiles = compileOnly.has(command);
    this.#skips = command === 'build' ? skippingInBuild : skipping;
  }

  /** All results so far, as the end of a run tells them. */
  told(): ToldResults {
    return { results: this.#results, generatedAt: `${stampOf(this.#now()).slice(0, -7)}Z` };
  }

  started(event: EventOf<'node-started'>): readonly LogLine[] {
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
      ...(notCompiled.has(node.resourceType) ? [this.#executing(node)] : []),
    ];
  }

  compiled(node: NodeRef): readonly LogLine[] {
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

  finished(event: EventOf<'node-finished'>): readonly LogLine[] {
    const { node, outcome, threadId } = event;
    const lines: LogLine[] = [];
    if (!this.#running.has(node.uniqueId)) {
      this.#begin(node, threadId);
      lines.push(this.#nodeLine('NodeStart', `Began running node ${node.uniqueId}`, node, 'started'));
      if (node.materialized === 'ephemeral' && outcome.diagnostic !== null) {
        lines.push(
          this.#nodeLine('NodeCompiling', `Began compiling node ${node.uniqueId}`, node, 'compiling'),
        );
      }
    }
    const reached = this.#running.get(node.uniqueId)?.status ?? 'executing';
    const info = this.#ended(node, outcome);
    if (node.materialized === 'ephemeral') this.#brokenInputs.set(node.uniqueId, outcome.status);
    const shown = this.#compiles && outcome.diagnostic === null ? { ...outcome, message: null } : outcome;
    const run_result = runResultData(shown, threadId);
    this.#results.push(run_result);
    if (outcome.diagnostic !== null) {
      const exc = encountered([outcome.diagnostic]);
      const data = {
        exc,
        exc_info: '',
        node_info: { ...info, node_finished_at: '', node_status: reached },
      };
      lines.push(logLine('CatchableExceptionOnRun', { msg: exc, thread: threadId, data }));
    }
    const cause = this.#brokenInputs.get(outcome.skippedBecause ?? '');
    if (cause !== undefined && !this.#compiles) {
      lines.push(brokenInputLine(node, cause, event, this.#width, threadId));
    } else if (!this.#compiles) lines.push(resultLine(node, outcome, event, info, this.#width, threadId));
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

  batchStarted(event: EventOf<'batch-started'>): readonly LogLine[] {
    return batchStartLines(event, this.#info(event.node, 'started'), this.#width);
  }

  batchFinished(event: EventOf<'batch-finished'>): LogLine {
    return batchResultLine(event, this.#info(event.node, event.status), this.#width);
  }

  hookStarted({ hook, index, total }: EventOf<'hook-started'>): readonly LogLine[] {
    const written = writingLine(hook, this.#info(hook, 'None'), 'MainThread');
    this.#begin(hook, 'MainThread');
    const statement = hookName(hook, index);
    return [
      written,
      logLine('LogHookStartLine', {
        msg: fancyLine(index, total, `START hook: ${statement}`, 'RUN', null, this.#width),
        shown: 'live',
        data: { node_info: this.#info(hook, 'started'), statement, index, total },
      }),
    ];
  }

  hookFinished(event: EventOf<'hook-finished'>): LogLine {
    const { hook, outcome } = event;
    this.#results.push(runResultData(outcome, 'main'));
    return hookLine(hook, outcome, event, this.#ended(hook, outcome), this.#width);
  }

  /** From now on lines know when the node began. */
  #begin(node: NodeRef, thread: string): void {
    this.#running.set(node.uniqueId, { node, thread, startedAt: stampOf(this.#now()), status: 'compiling' });
  }

  /** A line at debug level that says where a node is. */
  #nodeLine(name: string, msg: string, node: NodeRef, status: string): LogLine {
    const thread = this.#running.get(node.uniqueId)?.thread ?? 'MainThread';
    return logLine(name, { msg, thread, data: { node_info: this.#info(node, status) } });
  }

  #info(node: NodeRef, status: string): Readonly<Record<string, unknown>> {
    return nodeInfo(node, status, this.#running.get(node.uniqueId)?.startedAt ?? '', '');
  }

  /** dbt's `node_info` of a node that is being worked, as a field; of every other none. */
  infoOf(uniqueId: string | null): object {
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
