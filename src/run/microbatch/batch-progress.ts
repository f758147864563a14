import type { Diagnostic } from '../../core/diagnostic.ts';
import type { ResultStatus } from '../../core/event.ts';
import { failureDiagnostic, isCancelled } from '../failures.ts';
import { placeInFile } from '../place-in-file.ts';
import { Attempt } from '../schedule/attempt.ts';
import { waitToRepeat } from '../schedule/repeats.ts';
import type { BatchedModel, CompiledBatch } from './build-batch.ts';
import type { Batch } from './microbatch-model.ts';

type BatchStatus = Extract<ResultStatus, 'success' | 'error' | 'skipped'>;

interface BegunBatch {
  /** In the world's elapsed time, as the next. */
  readonly startedAt: number;
  firstFailureAt: number | null;
  attempts: number;
}

/** How the batches of a model stand, and what events, the journal and at last the item are told of them. */
export class BatchProgress {
  readonly #model: BatchedModel;
  /** Null until it is known which there are. */
  #batches: readonly Batch[] | null = null;
  /** By index of the batch. */
  readonly #statuses: BatchStatus[] = [];
  readonly #diagnostics: (Diagnostic | null)[] = [];
  /** By label. */
  readonly #begun = new Map<string, BegunBatch>();

  constructor(model: BatchedModel) {
    this.#model = model;
  }

  /** Says which batches there are, which may change until one of them has ended. */
  plan(batches: readonly Batch[], { isRest }: { readonly isRest: boolean }): void {
    this.#model.item.recordBatches(batches.map(intervalOf), { isRest });
    this.#batches = batches;
  }

  /** True once a batch has ended. */
  get isUnderWay(): boolean {
    return this.#statuses.length > 0;
  }

  /** True once all of them have. */
  get isOver(): boolean {
    return this.#batches !== null && this.open.length === 0;
  }

  /** Those that have not, in order of time. */
  get open(): readonly Batch[] {
    return (this.#batches ?? []).filter((batch) => !this.hasEnded(batch));
  }

  hasEnded({ index }: Batch): boolean {
    return this.#statuses[index] !== undefined;
  }

  /** How many were begun. */
  get begun(): number {
    return this.#begun.size;
  }

  /** Nothing more is begun: the run is cancelled, or the first batch has failed and there is nothing to add to. */
  get isStopped(): boolean {
    const hasFailed = this.isUnderWay && !this.#statuses.includes('success');
    return this.#model.services.signal.aborted || hasFailed;
  }

  /** Begins the next attempt at a batch. */
  begin(batch: Batch, concurrent = false): Attempt {
    const { services, item } = this.#model;
    let begun = this.#begun.get(batch.label);
    if (begun === undefined) {
      services.emit({ name: 'batch-started', ...this.#place(batch), concurrent });
      begun = { startedAt: services.world.elapsed(), attempts: 0, firstFailureAt: null };
      this.#begun.set(batch.label, begun);
    }
    begun.attempts += 1;
    item.recordPart(batch, 'running', null, null);
    return new Attempt(begun.attempts);
  }

  succeed(batch: Batch, message: string): void {
    this.#end(batch, 'success', message);
  }

  skip(batch: Batch): void {
    this.#end(batch, 'skipped', 'SKIPPED');
  }

  /** Waits until a batch may be worked again, or ends it where its failure is final. */
  async failed(batch: Batch, attempt: Attempt, thrown: unknown, compiled: CompiledBatch): Promise<void> {
    const { services, node } = this.#model;
    const begun = this.#begun.get(batch.label)!;
    begun.firstFailureAt ??= services.world.elapsed();
    const { firstFailureAt } = begun;
    const what = `batch ${batch.label} of ${node.unique_id}`;
    // Whoever is interrupted while waiting has failed for what made it wait.
    const waited = waitToRepeat(services, { what, thrown, attempt, firstFailureAt }).catch(() => false);
    if (await waited) return;
    const isOurs = services.signal.aborted && isCancelled(thrown);
    const diagnostic = isOurs ? null : failureDiagnostic(thrown, { ...compiled, node });
    const placed = diagnostic && placeInFile(diagnostic, node, services.compile);
    this.#end(batch, 'error', 'ERROR', placed);
  }

  /** Ends the item. Throws where the run was cancelled before anything was there. */
  tell(): void {
    const { services, item } = this.#model;
    if (!this.#statuses.includes('success')) services.signal.throwIfAborted();
    const ended = (isGood: boolean) =>
      (this.#batches ?? [])
        .filter(({ index }) => (this.#statuses[index] === 'success') === isGood)
        .map(intervalOf);
    const first = this.#diagnostics.find((diagnostic) => diagnostic != null) ?? null;
    item.batched(ended(true), ended(false), first);
  }

  #end(batch: Batch, status: BatchStatus, message: string, diagnostic: Diagnostic | null = null): void {
    const { services, item } = this.#model;
    const startedAt = this.#begun.get(batch.label)?.startedAt;
    this.#statuses[batch.index] = status;
    this.#diagnostics[batch.index] = diagnostic;
    const state = status === 'skipped' ? 'skipped' : 'done';
    item.recordPart(batch, state, status, diagnostic?.message ?? (status === 'skipped' ? null : message));
    services.emit({
      name: 'batch-finished',
      ...this.#place(batch),
      status,
      message,
      elapsedMs: startedAt === undefined ? 0 : services.world.elapsed() - startedAt,
      diagnostic,
    });
  }

  #place({ label, index }: Batch) {
    return {
      node: this.#model.item.ref,
      batch: label,
      index: index + 1,
      total: (this.#batches ?? []).length,
    };
  }
}

const intervalOf = ({ start, end }: Batch) => ({ start, end });
