import type { Fence } from '../../adapter/adapter.ts';
import type { Relation } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import { microbatches } from '../../intervals/microbatch.ts';
import type { ModelNode } from '../../manifest/node.ts';
import { eventTimeProblem } from '../../plan/event-time.ts';
import { warehouseErrorIn } from '../failures.ts';
import type { ItemRun } from '../item-run.ts';
import { fenced, type NodeSession, withNodeSession } from '../node-session.ts';
import type { Program } from '../programs/run-program.ts';
import { lookAtDestination } from '../publish/look-at-destination.ts';
import { fullRefreshOf } from '../publish/publish-node.ts';
import { Attempt } from '../schedule/attempt.ts';
import type { RunServices } from '../services.ts';
import { BatchProgress } from './batch-progress.ts';
import { type BatchedModel, buildBatch, type CompiledBatch } from './build-batch.ts';
import { type Batch, batchesOf, isConcurrent, microbatchConfig } from './microbatch-model.ts';

/**
 * Builds a model batch by batch under one fence: the first by itself, those between in order of time or, where the
 * warehouse and the model allow it, on all threads of the run that are idle, the last when all others have ended. Each
 * batch is all or nothing and may run again, so that one whose connection is lost is worked again as a node is, under a
 * fence that is taken anew. If the first one fails there is nothing to add to, and the others are skipped; any other
 * failure leaves a gap that is told.
 */
export async function runMicrobatch(
  services: RunServices,
  node: ModelNode,
  item: ItemRun,
  program?: Program,
): Promise<void> {
  const model = { services, node, item, program };
  const progress = new BatchProgress(model);
  const run = new MicrobatchRun(model, progress);
  const destination = destinationOf(services.compile.relations, node);
  while (!progress.isOver) {
    try {
      await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
        fenced(services, session.session, destination, async (fence) => {
          await run.prepare(session, fence);
          await item.timed('execute', () => run.work(session));
        }),
      );
    } catch (thrown) {
      await run.withoutSession(thrown);
    }
  }
  progress.tell();
}

class MicrobatchRun {
  readonly #model: BatchedModel;
  readonly #progress: BatchProgress;
  /** Whether the table that stands there is added to from the first batch on. */
  #isIncremental = false;
  #existing: Relation | null = null;
  /** Batches have got into each other's way: those that are left are built in turn. */
  #collided = false;
  /** The session that holds the fence is of no use any more. */
  #isLost = false;

  constructor(model: BatchedModel, progress: BatchProgress) {
    this.#model = model;
    this.#progress = progress;
  }

  /** Decides which batches there are, again as long as none of them has ended. */
  async prepare(session: NodeSession, fence: Fence): Promise<void> {
    this.#isLost = false;
    if (this.#progress.isUnderWay) return;
    const { services, node } = this.#model;
    const attempt = new Attempt(this.#progress.begun + 1);
    this.#existing = await lookAtDestination({ ...services, attempt }, session, node, fence);
    const isTable = this.#existing?.type === 'table';
    // Batches that a former run did would be lost with a table that is gone: then all are done again.
    const left = isTable ? services.leftOver.get(node.unique_id) : undefined;
    this.#isIncremental = left !== undefined || (isTable && !fullRefreshOf(services, node));
    if (this.#isIncremental) await this.#checkEventTime(session);
    const config = microbatchConfig(node);
    const { eventTime: asked, world } = services;
    const request = { ...config, isIncremental: this.#isIncremental, asked, now: world.startedAt };
    const batches = batchesOf(left ?? microbatches(request), config.unit);
    this.#progress.plan(batches, { isRest: left !== undefined });
  }

  /** Before anything is replaced; a first build replaces nothing. */
  async #checkEventTime({ warehouse }: NodeSession): Promise<void> {
    const { services, node } = this.#model;
    if (services.adapter.facts.batchesReplacedBy !== 'event_time') return;
    const columns = await warehouse.columnsOf(destinationOf(services.compile.relations, node));
    const problem = eventTimeProblem(node, columns);
    if (problem !== null) services.compile.context.report(problem);
  }

  /** Works over a session that holds the fence, until all batches have ended or it is lost. */
  async work(session: NodeSession): Promise<void> {
    const { services, node } = this.#model;
    const { open } = this.#progress;
    const first = open.filter(({ isFirst }) => isFirst);
    const between = open.filter(({ isFirst, isLast }) => !isFirst && !isLast);
    const last = open.filter(({ isFirst, isLast }) => isLast && !isFirst);
    await this.#inTurn(session, first);
    const atOnce = isConcurrent(services.adapter.facts, node, microbatchConfig(node));
    if (atOnce && !this.#collided && !this.#isLost) await this.#concurrently(between);
    await this.#inTurn(session, between);
    await this.#inTurn(session, last);
  }

  /**
   * No session was to be had, or no fence. Before the first batch begins that is the whole node's failure; then it is
   * that of the batch whose turn it is, and where it is final, no other batch has a session either.
   */
  async withoutSession(thrown: unknown): Promise<void> {
    const progress = this.#progress;
    const [batch] = progress.open;
    if (batch === undefined || progress.begun === 0) throw thrown;
    const attempt = progress.begin(batch);
    await progress.failed(batch, attempt, thrown, { compiledPath: null, compiledCode: null });
    if (progress.hasEnded(batch)) for (const other of progress.open) progress.skip(other);
  }

  async #inTurn(session: NodeSession, batches: readonly Batch[]): Promise<void> {
    const progress = this.#progress;
    for (const batch of batches) {
      while (!progress.hasEnded(batch) && (!this.#isLost || progress.isStopped)) {
        await this.#workOn(batch, session);
      }
    }
  }

  /**
   * A batch that got into another's way is built again when those under way have ended, and the rest after it, one by
   * one: where two collide more would.
   */
  async #concurrently(batches: readonly Batch[]): Promise<void> {
    const waiting = [...batches];
    await this.#model.services.share(() => {
      const batch = waiting.shift();
      if (batch === undefined) return null;
      return async () => {
        let isSetAside = false;
        const collides = (): void => {
          isSetAside = true;
          this.#collided = true;
          waiting.length = 0;
        };
        while (!this.#progress.hasEnded(batch) && !isSetAside) await this.#workOn(batch, null, collides);
      };
    });
  }

  /**
   * Makes an attempt at a batch, over the session that holds the fence or one of the batch's own. It has ended then, or
   * is to be worked again; or, where that is given, `collides` was called.
   */
  async #workOn(batch: Batch, shared: NodeSession | null, collides?: () => void): Promise<void> {
    const progress = this.#progress;
    if (progress.isStopped) return progress.skip(batch);
    const attempt = progress.begin(batch, shared === null);
    const model = { ...this.#model, services: { ...this.#model.services, attempt } };
    const { services, node } = model;
    const compiled: CompiledBatch = { compiledPath: null, compiledCode: null };
    let hasCollided = false;
    const build = async (session: NodeSession): Promise<string> => {
      try {
        return await buildBatch(model, session, batch, this.#addsTo(batch), compiled);
      } catch (failure) {
        hasCollided = isCollision(failure) && !session.warehouse.committed;
        throw failure;
      }
    };
    try {
      const message = await (shared === null
        ? withNodeSession(services, node, { undeclaredRefs: false }, build)
        : build(shared));
      const name = destinationOf(services.compile.relations, node);
      if (batch.isFirst) this.#existing = { ...name, type: 'table' };
      progress.succeed(batch, message);
    } catch (thrown) {
      if (hasCollided && collides !== undefined && !services.signal.aborted) return collides();
      // What the first batch builds on is looked at again.
      if (shared !== null) this.#isLost = batch.isFirst || isCut(thrown);
      await progress.failed(batch, attempt, thrown, compiled);
    }
  }

  #addsTo({ isFirst }: Batch): Parameters<typeof buildBatch>[3] {
    return { existing: this.#existing, isIncremental: !isFirst || this.#isIncremental };
  }
}

const isCollision = (failure: unknown): boolean => warehouseErrorIn(failure)?.failure.kind === 'contention';

/** True where the connection is gone. */
function isCut(failure: unknown): boolean {
  const kind = warehouseErrorIn(failure)?.failure.kind;
  return kind === 'transient' || kind === 'unsettled';
}
