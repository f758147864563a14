import { setTimeout as pause } from 'node:timers/promises';
import { retryable } from '../../adapter/failure.ts';
import type { World } from '../../core/world.ts';
import { warehouseErrorIn } from '../failures.ts';
import type { RunServices } from '../services.ts';
import type { Attempt } from './attempt.ts';

/** The pauses before further attempts at an item: doubled each time, up to the longest. */
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** How long after its first failure an item is given up, and what all pauses of a run come to at most. */
const itemPatienceMs = 60_000;
const runPatienceMs = 180_000;

/** Says which failed items of a run are worked again, and when. A server that stays away ends the whole run soon. */
export class Repeats {
  readonly #world: Pick<World, 'elapsed' | 'random'>;
  #pausedMs = 0;

  constructor(world: Pick<World, 'elapsed' | 'random'>) {
    this.#world = world;
  }

  /**
   * The pause before the next attempt; null where the failure is final: one of another kind than a lost connection or
   * a lock, or of an attempt that must not be made twice. `firstFailureAt` is the world's elapsed time.
   */
  pauseAfter(thrown: unknown, attempt: Attempt, firstFailureAt: number): number | null {
    const failure = warehouseErrorIn(thrown)?.failure;
    if (failure === undefined || !retryable(failure) || attempt.sealed) return null;
    const wholeMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt.number - 1));
    const pauseMs = wholeMs * (0.5 + this.#world.random() / 2);
    if (this.#world.elapsed() + pauseMs - firstFailureAt > itemPatienceMs) return null;
    if (this.#pausedMs + pauseMs > runPatienceMs) return null;
    this.#pausedMs += pauseMs;
    return pauseMs;
  }
}

/** An attempt that has failed; `firstFailureAt` is the world's elapsed time when the first one did. */
export interface FailedAttempt {
  /** What is worked on, for the message. */
  readonly what: string;
  readonly thrown: unknown;
  readonly attempt: Attempt;
  readonly firstFailureAt: number;
}

/**
 * Says that what failed is worked again, and waits until it may be; false at once where the failure is final. Rejects
 * where the run is cancelled meanwhile.
 */
export async function waitToRepeat(
  { repeats, emit, signal }: Pick<RunServices, 'repeats' | 'emit' | 'signal'>,
  { what, thrown, attempt, firstFailureAt }: FailedAttempt,
): Promise<boolean> {
  const pauseMs = signal.aborted ? null : repeats.pauseAfter(thrown, attempt, firstFailureAt);
  if (pauseMs === null) return false;
  const { message } = warehouseErrorIn(thrown)!.failure;
  const text = `${what} is worked again: ${message}; attempt ${attempt.number + 1} follows`;
  emit({ name: 'message', level: 'warn', text });
  await pause(pauseMs, undefined, { signal });
  return true;
}
