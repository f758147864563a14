import type { Fence, FenceOptions } from '../../src/adapter/adapter.ts';
import { cancelled } from './failures.ts';

interface Waiter {
  readonly admit: () => void;
}

/** One writer per destination among the sessions of this process: first come, first served. */
export class Fences {
  readonly #queues = new Map<string, Waiter[]>();

  /** Waits for the key, and calls `waits` before; `signal` gives up the place in the queue and rejects with kind `cancelled`. */
  async acquire(key: string, { signal, waits }: FenceOptions = {}): Promise<Fence> {
    if (signal?.aborted) throw cancelled(null, signal.reason);
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      this.#queues.set(key, []);
      return this.#held(key, false);
    }
    waits?.(`another run of this process (pid ${process.pid})`);
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(cancelled(null, signal?.reason));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      queue.push(waiter);
    });
    return this.#held(key, true);
  }

  #held(key: string, waited: boolean): Fence {
    let held = true;
    return {
      waited,
      release: async () => {
        if (!held) return;
        held = false;
        const next = this.#queues.get(key)?.shift();
        if (next === undefined) this.#queues.delete(key);
        else next.admit();
      },
    };
  }
}
