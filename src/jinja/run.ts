import type { Pending } from './host.ts';
import type { Value } from './values.ts';

/** What is left of an evaluation that has to wait: yields promises and is resumed with what they give. */
export type Run<T> = Generator<Promise<unknown>, T, unknown>;

/** How statements ended: by themselves, or by `break` or `continue` of the loop around them. */
export type Ending = 'break' | 'continue' | null;

/** How statements ended, or what is left of them where one has to wait. Nearly always the former. */
export type Outcome = Ending | Run<Ending>;

export function isRun(outcome: Outcome): outcome is Run<Ending> {
  return typeof outcome === 'object' && outcome !== null;
}

/** Goes on with a value that has to be waited for. */
export function* withLater(waiting: Pending, use: (value: Value) => Outcome): Run<Ending> {
  const outcome = use(yield* waiting.run);
  return isRun(outcome) ? yield* outcome : outcome;
}

/** Goes on behind statements that have to wait, unless they end what is around them too. */
export function* afterLater(waiting: Run<Ending>, next: () => Outcome): Run<Ending> {
  const ending = yield* waiting;
  if (ending !== null) return ending;
  const outcome = next();
  return isRun(outcome) ? yield* outcome : outcome;
}
