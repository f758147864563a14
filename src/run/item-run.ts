import type { StatementResult } from '../adapter/cell.ts';
import type { CompiledNode } from '../compile/compile-node.ts';
import { writeOutput } from '../compile/compiled-files.ts';
import type { CompileServices } from '../compile/services.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Emit, FailingRows, NodeRef, ResultStatus } from '../core/event.ts';
import type { RowDifference } from '../core/row-difference.ts';
import type { World } from '../core/world.ts';
import type { Interval } from '../intervals/interval.ts';
import { batchItemId } from '../intervals/work-item.ts';
import type { AnyNode, UniqueId, WorkedNode } from '../manifest/node.ts';
import type { JournalBatches, JournalChange } from './journal/journal-lines.ts';
import { nodeRef } from './node-ref.ts';
import type { RunResult, SourceFreshness, Timing } from './result.ts';

export interface ItemRunOptions {
  readonly node: AnyNode;
  readonly world: World;
  readonly emit: Emit;
  readonly threadId: string;
  /** Makes the journal durable: called before the first statement that changes anything. */
  readonly beforePublish: () => Promise<void>;
  /** Writes a line of the journal about a part of the node. */
  readonly record: (change: Omit<JournalChange, 'time'>) => void;
  readonly recordBatches: (batches: JournalBatches) => void;
}

/** One node on its way to a result: what is known of it so far, kept for the result whether it succeeds or fails. */
export class ItemRun {
  readonly #options: ItemRunOptions;
  readonly #startedAt: number;
  readonly #timings: Timing[] = [];
  #node: AnyNode;
  #status: ResultStatus = 'error';
  #message: string | null = null;
  #failures: number | null = null;
  #failingRows: FailingRows | null = null;
  #response: StatementResult['response'] = {};
  #diagnostic: Diagnostic | null = null;
  compiledCode: string | null = null;
  compiledPath: string | null = null;
  #buildPath: string | null = null;
  #calledMacros: readonly UniqueId[] = [];
  #batches: RunResult['batches'] = null;
  #freshness: SourceFreshness | null = null;
  #difference: RowDifference | null = null;

  constructor(options: ItemRunOptions) {
    this.#options = options;
    this.#node = options.node;
    this.#startedAt = options.world.elapsed();
  }

  /** Forgets the attempt that failed; the time that it took counts. */
  restart(): void {
    this.#timings.length = 0;
    this.compiledCode = null;
    this.compiledPath = null;
    this.#buildPath = null;
    this.#calledMacros = [];
  }

  get ref(): NodeRef {
    return nodeRef(this.#node);
  }

  get node(): AnyNode {
    return this.#node;
  }

  beforePublish(): Promise<void> {
    return this.#options.beforePublish();
  }

  /** Runs a phase, or goes on with it, and records when it was, also when it fails. */
  async timed<T>(name: Timing['name'], work: () => Promise<T>): Promise<T> {
    const { world } = this.#options;
    const begun = this.#timings.findIndex((timing) => timing.name === name);
    const startedAt = this.#timings[begun]?.startedAt ?? world.now();
    if (begun >= 0) this.#timings.splice(begun, 1);
    try {
      return await work();
    } finally {
      this.#timings.push({ name, startedAt, completedAt: world.now() });
    }
  }

  /** Writes the compiled file and keeps the text, and the node with what it is then known to point to. */
  async compiled(services: CompileServices, { node, sql, macros }: CompiledNode): Promise<void> {
    this.#node = node;
    this.compiledCode = sql;
    this.#calledMacros = macros;
    this.compiledPath = writeOutput(services, 'compiled', node, sql);
    this.#options.emit({ name: 'node-compiled', node: this.ref, compiledPath: this.compiledPath, sql });
  }

  /** Writes the main statement as it was sent. */
  built(services: CompileServices, node: WorkedNode, sql: string): void {
    this.#buildPath = writeOutput(services, 'run', node, sql);
  }

  progress(done: number, total: number | null, unit: string): void {
    this.#options.emit({ name: 'node-progress', node: this.ref, done, total, unit });
  }

  succeed(response: StatementResult['response'], message: string | null = null): void {
    this.#status = 'success';
    this.#response = response;
    this.#message = message ?? String(response['_message'] ?? 'OK');
  }

  /** Nothing was sent for the node, so there is no answer to tell; dbt's `message` is null then. */
  onlyCompiled(): void {
    this.#status = 'success';
  }

  /** Tells the journal which batches there are to be. */
  recordBatches(batches: readonly Interval[], { isRest }: Pick<JournalBatches, 'isRest'>): void {
    this.#options.recordBatches({ item: this.node.unique_id, batches, isRest });
  }

  /** Tells the journal of a batch, so that a later run can repeat only those that are missing. */
  recordPart(
    batch: Interval,
    state: JournalChange['state'],
    status: ResultStatus | null,
    message: string | null,
  ): void {
    this.#options.record({ item: batchItemId(this.node.unique_id, batch), state, status, message });
  }

  /** How the batches of a model ended; `diagnostic` is the first failure's. */
  batched(successful: readonly Interval[], failed: readonly Interval[], diagnostic: Diagnostic | null): void {
    const total = successful.length + failed.length;
    const isPartial = failed.length > 0 && successful.length > 0;
    this.#batches = { successful, failed };
    this.#diagnostic = diagnostic;
    this.#status = failed.length === 0 ? 'success' : isPartial ? 'partial success' : 'error';
    this.#message =
      failed.length === 0
        ? 'SUCCESS'
        : isPartial
          ? `PARTIAL SUCCESS (${successful.length}/${total})`
          : 'ERROR';
    this.#failures = 0;
  }

  /** The verdict of a data test, or of a hook, which dbt counts like one. */
  tested(
    status: ResultStatus,
    failures: number,
    message: string | null,
    response: StatementResult['response'],
  ): void {
    this.#status = status;
    this.#failures = failures;
    this.#message = message;
    this.#response = response;
  }

  /** A unit test's rows are not those that were expected: one failure, as dbt counts it. */
  differs(difference: RowDifference, message: string, response: StatementResult['response']): void {
    this.tested('fail', 1, message, response);
    this.#difference = difference;
  }

  /** Keeps rows that a data test found. */
  found(rows: FailingRows): void {
    this.#failingRows = rows;
  }

  /** How old a source is. */
  answered(
    status: 'pass' | 'warn' | 'error',
    freshness: SourceFreshness,
    response: StatementResult['response'],
  ): void {
    this.#status = status;
    this.#freshness = freshness;
    this.#response = response;
  }

  /** Of a source, an error is that it is too old; what kept it from answering is a runtime error. */
  fail(diagnostic: Diagnostic, failures = this.#failures): void {
    this.#failures = failures;
    this.#status = this.node.resource_type === 'source' ? 'runtime error' : 'error';
    this.#diagnostic = diagnostic;
    this.#message = `${diagnostic.family} in ${this.#options.node.resource_type} ${this.#options.node.name} (${this.#options.node.original_file_path})\n  ${diagnostic.message}`;
  }

  skip(status: ResultStatus, message: string): void {
    this.#status = status;
    this.#message = message;
  }

  /** Nothing is to be done for the node; dbt counts no failures of it, unlike of one that was skipped. */
  noOp(): void {
    this.skip('no-op', 'NO-OP');
    this.#failures = 0;
  }

  result(): RunResult {
    const node = this.#node;
    const { world, threadId } = this.#options;
    const rows = this.#response['rows_affected'];
    return {
      node,
      status: this.#status,
      message: this.#message,
      failures: this.#failures,
      failingRows: this.#failingRows,
      executionTimeMs: world.elapsed() - this.#startedAt,
      timings: this.#timings,
      threadId,
      response: this.#response,
      rowsAffected: typeof rows === 'number' ? rows : null,
      compiledCode: this.compiledCode,
      relationName: 'relation_name' in node ? (node.relation_name as string | null) : null,
      compiledPath: this.compiledPath,
      buildPath: this.#buildPath,
      calledMacros: this.#calledMacros,
      diagnostic: this.#diagnostic,
      skippedBecause: null,
      freshness: this.#freshness,
      batches: this.#batches,
      difference: this.#difference,
    };
  }
}
