import { bindArguments, type Signature, signature } from './arguments.ts';
import { HASH, type HashKey } from './hash-key.ts';
import type { Kwargs, Parameter, Pending } from './host.ts';
import type { Value } from './values.ts';

export type Invoke = (args: readonly Value[], kwargs: Kwargs | null) => Value | Pending;

/** A function that templates can call. It has no attributes. */
export class Callable {
  readonly name: string;
  readonly #invoke: Invoke;

  constructor(name: string, invoke: Invoke) {
    this.name = name;
    this.#invoke = invoke;
  }

  call(args: readonly Value[], kwargs: Kwargs | null): Value | Pending {
    return this.#invoke(args, kwargs);
  }

  [HASH](): HashKey {
    return this;
  }
}

/** A function that receives its arguments as written. */
export function callable(name: string, invoke: Invoke): Callable {
  return new Callable(name, invoke);
}

/**
 * A function with named parameters: arguments are bound by position and name as Python does, with Python's
 * TypeErrors. `impl` receives one value per parameter, in their order: a tuple for `*name`, a dict for `**name`.
 */
export function hostFunction(
  name: string,
  parameters: readonly Parameter[],
  impl: (...values: Value[]) => Value | Pending,
): Callable {
  // Read when it is first called: of the functions that a template has, it calls few.
  let bound: Signature | null = null;
  return new Callable(name, (args, kwargs) => {
    bound ??= signature(name, parameters);
    return impl(...bindArguments(bound, args, kwargs));
  });
}
