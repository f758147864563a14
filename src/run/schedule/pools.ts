import type { ResultStatus } from '../../core/event.ts';
import type { WorkItem } from '../../intervals/work-item.ts';
import type { Schedule, SkippedItem } from './schedule.ts';

export interface PoolOptions {
  /** How many items run at once, at least 1. */
  readonly threads: number;
  /** Most items at once by resource pool; a pool without a limit has `threads`. */
  readonly limits?: ReadonlyMap<string, number>;
  /** As given to the schedule. */
  readonly poolOf?: (item: WorkItem) => string | null;
  /**
   * Works on one item to its end, whatever that is: rejecting is a bug. `signal` asks for an early end, and the
   * status told after that is not looked at. `threadId` is dbt's name of the worker, `Thread-1 (worker)`.
   */
  readonly run: (
    item: WorkItem,
    threadId: string,
    signal: AbortSignal,
    share: Share,
  ) => Promise<ResultStatus>;
  /** Called once for each item that will not run, as soon as that is known. */
  readonly onSkipped?: (skipped: SkippedItem) => void;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Resolves when items that were asked to end have had time enough; without it they are waited for. */
  readonly patience?: () => Promise<void>;
}

/** One part of an item's work, to its end, whatever that is: rejecting is a bug. */
export type Part = () => Promise<void>;

/**
 * Works on parts of an item, which `next` gives one by one until there are no more: one after the other on the item's
 * own thread, and on every other thread of the run that no item is ready for, now or while parts are left. Resolves
 * when all that were begun have ended.
 */
export type Share = (next: () => Part | null) => Promise<void>;

/** Works on all parts on the thread that asks. */
export const inTurn: Share = async (next) => {
  for (let part = next(); part !== null; part = next()) await part();
};

/** What idle threads may help with. */
interface Sharing {
  readonly next: () => Part | null;
  /** The parts that other threads have begun. */
  readonly helped: Promise<void>[];
}

/**
 * Runs a schedule to its end. Resolves when every item is done or skipped and nothing of ours is running, or, after
 * a cancellation, when patience is over. If `run` rejects, the rest is cancelled and the rejection passed on.
 */
export function runSchedule(schedule: Schedule, options: PoolOptions): Promise<void> {
  return new Workers(schedule, options).work();
}

class Workers {
  readonly #schedule: Schedule;
  readonly #options: PoolOptions;
  readonly #stop = new AbortController();
  readonly #idle: number[];
  readonly #inUse = new Map<string, number>();
  readonly #sharings = new Set<Sharing>();
  #running = 0;
  #bug: { readonly reason: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(schedule: Schedule, options: PoolOptions) {
    if (!(options.threads >= 1)) throw new RangeError(`${options.threads} threads`);
    this.#schedule = schedule;
    this.#options = options;
    this.#idle = Array.from({ length: options.threads }, (_, index) => options.threads - index);
  }

  async work(): Promise<void> {
    const { signal } = this.#options;
    const cancel = (): void => this.#cancel();
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#untilOver();
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
    if (this.#bug !== null) throw this.#bug.reason;
  }

  async #untilOver(): Promise<void> {
    let isPatient = true;
    let isWaiting = false;
    for (;;) {
      this.#startReady();
      if (this.#running === 0 || !isPatient) break;
      if (this.#stop.signal.aborted && !isWaiting && this.#options.patience !== undefined) {
        isWaiting = true;
        void this.#options.patience().then(() => {
          isPatient = false;
          this.#wake();
        });
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (isPatient && !this.#schedule.isOver) throw new Error('nothing can start, yet the run is not over');
  }

  #startReady(): void {
    while (this.#idle.length > 0 && this.#bug === null) {
      const item = this.#schedule.next((pool) => this.#isOpen(pool));
      if (item === null) break;
      this.#schedule.start(item.id);
      void this.#runItem(item);
    }
    for (const sharing of this.#sharings) while (this.#idle.length > 0 && this.#help(sharing));
  }

  /** Takes one part off an item's own thread; false where none is left. */
  #help({ next, helped }: Sharing): boolean {
    const part = next();
    if (part === null) return false;
    const thread = this.#idle.pop()!;
    const end = part().finally(() => {
      this.#free(thread);
      this.#wake();
    });
    // Whoever shares sees a rejection when all have ended.
    end.catch(() => {});
    helped.push(end);
    return true;
  }

  readonly #shareOut: Share = async (next) => {
    const sharing: Sharing = { next, helped: [] };
    this.#sharings.add(sharing);
    this.#wake();
    try {
      await inTurn(next);
    } finally {
      this.#sharings.delete(sharing);
      await Promise.all(sharing.helped);
    }
  };

  #free(thread: number): void {
    this.#idle.push(thread);
    this.#idle.sort((a, b) => b - a);
  }

  async #runItem(item: WorkItem): Promise<void> {
    const thread = this.#idle.pop()!;
    const pool = this.#options.poolOf?.(item) ?? null;
    this.#occupy(pool, 1);
    this.#running += 1;
    try {
      const status = await this.#options.run(
        item,
        `Thread-${thread} (worker)`,
        this.#stop.signal,
        this.#shareOut,
      );
      this.#tell(this.#schedule.finish(item.id, status).skipped);
      // A run that fails fast does not wait for what it will not use.
      if (this.#schedule.isHalted) this.#cancel();
    } catch (reason) {
      this.#bug ??= { reason };
      this.#cancel();
    }
    this.#running -= 1;
    this.#occupy(pool, -1);
    this.#free(thread);
    this.#wake();
  }

  #cancel(): void {
    this.#tell(this.#schedule.cancel().skipped);
    this.#stop.abort();
    this.#wake();
  }

  #tell(skipped: readonly SkippedItem[]): void {
    for (const each of skipped) this.#options.onSkipped?.(each);
  }

  #isOpen(pool: string): boolean {
    return (this.#inUse.get(pool) ?? 0) < (this.#options.limits?.get(pool) ?? this.#options.threads);
  }

  #occupy(pool: string | null, change: 1 | -1): void {
    if (pool !== null) this.#inUse.set(pool, (this.#inUse.get(pool) ?? 0) + change);
  }
}
