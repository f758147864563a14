import { setTimeout as pause } from 'node:timers/promises';
import { destinationOf } from '../../compile/relations.ts';
import { warehouseErrorIn } from '../failures.ts';
import type { Replacing } from './dependents.ts';

/** How often a swap is tried, and the pauses between: doubled each time, up to the longest. */
const attempts = 20;
const firstPauseMs = 250;
const longestPauseMs = 10_000;

/**
 * Swaps the node's relation inside the open transaction. Where somebody holds a lock that the swap needs, it gives up
 * what it has, so that nobody queues behind it, and tries again after a pause; the later the attempt, the longer it
 * waits, so that it gets its turn among readers of which one is always there. Where nothing is undone by itself, the
 * node is tried again as a whole.
 */
export async function repeatSwap(
  { services, node, session: { session } }: Replacing,
  work: () => Promise<void>,
): Promise<void> {
  const { world, emit, signal, adapter } = services;
  const on = destinationOf(services.compile.relations, node);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.attempt(work, { locks: { attempt } });
      return;
    } catch (thrown) {
      const failure = warehouseErrorIn(thrown)?.failure;
      if (failure?.kind !== 'contention' || !adapter.facts.savepoints) throw thrown;
      const holders = await session.lockHolders(on).catch(() => null);
      const held = holders === null ? '' : `, held by ${holders}`;
      const isLast = attempt === attempts;
      const next = isLast ? 'that was the last attempt' : `attempt ${attempt + 1} of ${attempts} follows`;
      const text = `${session.label} waits for a lock: ${failure.message}${held}; ${next}`;
      emit({ name: 'message', level: 'info', text });
      if (isLast) {
        services.attempt.seal();
        throw thrown;
      }
      const wholeMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
      await pause(wholeMs * (0.5 + world.random() / 2), undefined, { signal });
    }
  }
}
