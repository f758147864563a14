import type { Invocation, Surroundings } from './invocation.ts';

/**
 * An invocation of a command whose code is loaded first: a program that asks for one command need not read all of
 * them. `load` gives the call that starts it.
 */
export function later<T>(
  surroundings: Surroundings,
  load: (surroundings: Surroundings) => Promise<() => Invocation<T>>,
): Invocation<T> {
  const abort = new AbortController();
  const { signal } = surroundings;
  if (signal?.aborted === true) abort.abort(signal.reason);
  else signal?.addEventListener('abort', () => abort.abort(signal.reason), { once: true });
  // In a list, because a promise of something that can be awaited would await it.
  const started = load({ ...surroundings, signal: abort.signal }).then((start) => [start()] as const);
  const outcome = started.then(([invocation]) => invocation);
  // Whoever awaits the invocation gets the failure; nobody having awaited it yet must not end the process.
  outcome.catch(() => {});
  return {
    // biome-ignore lint/suspicious/noThenProperty: an invocation is awaited like a promise, and is iterated besides.
    then: (onFulfilled, onRejected) => outcome.then(onFulfilled, onRejected),
    async *events() {
      const [invocation] = await started;
      yield* invocation.events();
    },
    cancel: () => abort.abort(),
  };
}
