import type { Relation } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { ResultStatus } from '../../core/event.ts';
import { microbatches } from '../../intervals/microbatch.ts';
import type { ModelNode } from '../../manifest/node.ts';
import { eventTimeProblem } from '../../plan/event-time.ts';
import { failureDiagnostic, isCancelled, warehouseErrorIn } from '../failures.ts';
import type { ItemRun } from '../item-run.ts';
import { fenced, type NodeSession, withNodeSession } from '../node-session.ts';
import { placeInFile } from '../place-in-file.ts';
import type { Program } from '../programs/run-program.ts';
import { lookAtDestination } from '../publish/look-at-destination.ts';
import { fullRefreshOf } from '../publish/publish-node.ts';
import type { RunServices } from '../services.ts';
import { type BatchedModel, buildBatch, type CompiledBatch } from './build-batch.ts';
import { type Batch, batchesOf, isConcurrent, microbatchConfig } from './microbatch-model.ts';

/**
 * Builds a model batch by batch under one fence: the first by itself, those between in order of time or, where the
 * warehouse and the model allow it, on all threads of the run that are idle, the last when all others have ended. Each
 * batch is all or nothing and may run again. If the first one fails there is nothing to add to, and the others are
 * skipped; any other failure leaves a gap that is told.
 */
export async function runMicrobatch(
  services: RunServices,
  node: ModelNode,
  item: ItemRun,
  program?: Program,
): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      const existing = await lookAtDestination(services, session, node, fence);
      const run = new MicrobatchRun({ services, node, item, program }, session, existing);
      await item.timed('execute', () => run.work());
    }),
  );
}

type BatchStatus = Extract<ResultStatus, 'success' | 'error' | 'skipped'>;

class MicrobatchRun {
  readonly #model: BatchedModel;
  /** The session that holds the fence. */
  readonly #session: NodeSession;
  readonly #batches: readonly Batch[];
  readonly #isConcurrent: boolean;
  /** Whether the table that stands there is added to from the first batch on. */
  readonly #isIncremental: boolean;
  /** By index of the batch. */
  readonly #statuses: BatchStatus[] = [];
  readonly #diagnostics: (Diagnostic | null)[] = [];
  /** Batches that were told as begun. */
  readonly #begun = new Set<Batch>();
  #existing: Relation | null;

  constructor(model: BatchedModel, session: NodeSession, existing: Relation | null) {
    const { services, node } = model;
    const config = microbatchConfig(node);
    const { world, eventTime, adapter } = services;
    this.#model = model;
    this.#session = session;
    this.#existing = existing;
    const isTable = existing?.type === 'table';
    // Batches that a former run did would be lost with a table that is gone: then all are done again.
    const left = isTable ? services.leftOver.get(node.unique_id) : undefined;
    this.#isIncremental = left !== undefined || (isTable && !fullRefreshOf(services, node));
    const request = { ...config, isIncremental: this.#isIncremental, asked: eventTime, now: world.startedAt };
    const intervals = left ?? microbatches(request);
    model.item.recordBatches(intervals, { isRest: left !== undefined });
    this.#batches = batchesOf(intervals, config.unit);
    this.#isConcurrent = isConcurrent(adapter.facts, node, config);
  }

  async work(): Promise<void> {
    const { services, item } = this.#model;
    if (this.#isIncremental) await this.#checkEventTime();
    await this.#inTurn(this.#batches.filter(({ isFirst }) => isFirst));
    const between = this.#batches.filter(({ isFirst, isLast }) => !isFirst && !isLast);
    await (this.#isConcurrent ? this.#concurrently(between) : this.#inTurn(between));
    await this.#inTurn(this.#batches.filter(({ isFirst, isLast }) => isLast && !isFirst));
    if (!this.#statuses.includes('success')) services.signal.throwIfAborted();
    const ended = (isGood: boolean) =>
      this.#batches.filter(({ index }) => (this.#statuses[index] === 'success') === isGood);
    const first = this.#diagnostics.find((diagnostic) => diagnostic != null) ?? null;
    item.batched(ended(true).map(intervalOf), ended(false).map(intervalOf), first);
  }

  /** Before anything is replaced; a first build replaces nothing. */
  async #checkEventTime(): Promise<void> {
    const { services, node } = this.#model;
    if (services.adapter.facts.batchesReplacedBy !== 'event_time') return;
    const columns = await this.#session.warehouse.columnsOf(destinationOf(services.compile.relations, node));
    const problem = eventTimeProblem(node, columns);
    if (problem !== null) services.compile.context.report(problem);
  }

  async #inTurn(batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) await this.#workOn(batch, (work) => work(this.#session));
  }

  /**
   * A batch that got into another's way is built again when those under way have ended, and the rest after it, one by
   * one: where two collide more would.
   */
  async #concurrently(batches: readonly Batch[]): Promise<void> {
    const { services, node } = this.#model;
    const waiting = [...batches];
    const left: Batch[] = [];
    await services.share(() => {
      const batch = waiting.shift();
      if (batch === undefined) return null;
      const onOwnSession: OnSession = (work) =>
        withNodeSession(services, node, { undeclaredRefs: false }, work);
      return () => this.#workOn(batch, onOwnSession, () => left.push(batch, ...waiting.splice(0)));
    });
    await this.#inTurn(left.sort((a, b) => a.index - b.index));
  }

  /** Works on a batch until it is over, or, where that is given, until `collides`. */
  async #workOn(batch: Batch, onSession: OnSession, collides?: () => void): Promise<void> {
    const { services, node, item } = this.#model;
    if (services.signal.aborted || (!batch.isFirst && !this.#statuses.includes('success'))) {
      return this.#end(batch, { status: 'skipped', message: 'SKIPPED' });
    }
    const start = services.world.elapsed();
    const elapsed = (): number => services.world.elapsed() - start;
    if (!this.#begun.has(batch)) services.emit({ name: 'batch-started', ...this.#place(batch) });
    this.#begun.add(batch);
    item.recordPart(batch, 'running', null, null);
    const compiled: CompiledBatch = { compiledPath: null, compiledCode: null };
    let repeatable = false;
    try {
      const message = await onSession(async (session) => {
        try {
          return await buildBatch(this.#model, session, batch, this.#addsTo(batch), compiled);
        } catch (failure) {
          repeatable = isCollision(failure) && !session.warehouse.committed;
          throw failure;
        }
      });
      const name = destinationOf(services.compile.relations, node);
      if (batch.isFirst) this.#existing = { ...name, type: 'table' };
      this.#end(batch, { status: 'success', message, elapsedMs: elapsed() });
    } catch (thrown) {
      if (repeatable && collides !== undefined && !services.signal.aborted) return collides();
      const cancelled = services.signal.aborted && isCancelled(thrown);
      const diagnostic = cancelled
        ? null
        : placeInFile(
            failureDiagnostic(thrown, { ...compiled, node }),
            node,
            services.compile.projectDirectory,
          );
      this.#end(batch, { status: 'error', message: 'ERROR', elapsedMs: elapsed(), diagnostic });
    }
  }

  #addsTo({ isFirst }: Batch): Parameters<typeof buildBatch>[3] {
    return { existing: this.#existing, isIncremental: !isFirst || this.#isIncremental };
  }

  #end(
    batch: Batch,
    {
      status,
      message,
      elapsedMs = 0,
      diagnostic = null,
    }: {
      readonly status: BatchStatus;
      readonly message: string;
      readonly elapsedMs?: number;
      readonly diagnostic?: Diagnostic | null;
    },
  ): void {
    const { services, item } = this.#model;
    this.#statuses[batch.index] = status;
    this.#diagnostics[batch.index] = diagnostic;
    const state = status === 'skipped' ? 'skipped' : 'done';
    item.recordPart(batch, state, status, diagnostic?.message ?? (status === 'skipped' ? null : message));
    services.emit({
      name: 'batch-finished',
      ...this.#place(batch),
      status,
      message,
      elapsedMs,
      diagnostic,
    });
  }

  #place({ label, index }: Batch) {
    return { node: this.#model.item.ref, batch: label, index: index + 1, total: this.#batches.length };
  }
}

/** Does something with a session that the batch has for itself meanwhile. */
type OnSession = <T>(work: (session: NodeSession) => Promise<T>) => Promise<T>;

const intervalOf = ({ start, end }: Batch) => ({ start, end });

const isCollision = (failure: unknown): boolean => warehouseErrorIn(failure)?.failure.kind === 'contention';
