import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from '../../adapter/adapter.ts';
import { warehouseErrorIn } from '../failures.ts';
import type { RunServices } from '../services.ts';

/** How often a swap is tried, and the pauses between: doubled each time, up to the longest. */
const attempts = 20;
const firstPauseMs = 250;
const longestPauseMs = 10_000;

/**
 * Swaps inside the open transaction. Where somebody holds a lock that the swap needs, it gives up what it has, so that
 * nobody queues behind it, and tries again after a pause.
 */
export async function repeatSwap(
  { world, emit, signal, attempt: whole }: RunServices,
  session: Session,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.attempt(work, { shortLocks: true });
      return;
    } catch (thrown) {
      const failure = warehouseErrorIn(thrown);
      if (failure?.failure.kind !== 'contention') throw thrown;
      if (attempt === attempts) {
        // It was tried often enough.
        whole.seal();
        throw thrown;
      }
      const pauseMs =
        Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)) * (0.5 + world.random() / 2);
      const text = `${session.label} waits for a lock: ${failure.message}; attempt ${attempt + 1} of ${attempts} follows`;
      emit({ name: 'message', level: 'info', text });
      await pause(pauseMs, undefined, { signal });
    }
  }
}
