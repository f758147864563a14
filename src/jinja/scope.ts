import type { Value } from './values.ts';

/**
 * Names of one block inside those of the blocks around it. Loop, macro, call, set, filter and with bodies have their
 * own; `if` has none. Reads look outward, writes stay in the nearest: that alone gives Jinja2's scoping.
 */
export class Scope {
  readonly #outer: Scope | null;
  #values: Map<string, Value> | null = null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  get(name: string): Value | undefined {
    let scope: Scope | null = this;
    do {
      const value: Value | undefined = scope.#values?.get(name);
      if (value !== undefined) return value;
      scope = scope.#outer;
    } while (scope !== null);
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#values ??= new Map();
    this.#values.set(name, value);
  }

  /** Every name in sight; one that is hidden by an inner block may come twice. */
  names(): string[] {
    const outer = this.#outer === null ? [] : this.#outer.names();
    return this.#values === null ? outer : [...outer, ...this.#values.keys()];
  }
}
