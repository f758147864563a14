import type { Span } from '../core/span.ts';
import { Budget, type Limits } from './budget.ts';
import type { Filter } from './filters/index.ts';
import { filters as builtInFilters } from './filters/index.ts';
import { jinjaGlobals } from './globals.ts';
import type { Test } from './tests.ts';
import { tests as builtInTests } from './tests.ts';
import { Undefined, type Value } from './values.ts';

/**
 * What using an undefined value does. `execute`: Jinja2's default, it prints empty, iterates empty and is false;
 * attribute, item, call and arithmetic are errors. `parse`: dbt's capture, where attribute, item and call of an
 * undefined give an undefined again.
 */
export type UndefinedPolicy = 'parse' | 'execute';

/** What an evaluation knows besides the template's own names. One per render; macros called by it share it. */
export interface Environment {
  readonly undefinedPolicy: UndefinedPolicy;
  readonly budget: Budget;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  /**
   * Put before the name of a macro that is defined inside a template, so that it does not hide the context: dbt
   * binds such a macro as `dbt_macro__name` only. Empty for plain Jinja2.
   */
  readonly inlineMacroPrefix: string;
  /** Told when an undefined value is printed, which is silent in Jinja2 and mostly a mistake. */
  readonly onUndefinedOutput: ((name: string, place: Span) => void) | null;
  /** Chance for the `random` filter, in [0, 1). */
  random(): number;
  /** A value of the context; undefined where there is none. */
  lookup(name: string): Value | undefined;
  /** Names of the context, for `did you mean`. */
  suggestNames(): Iterable<string>;
  /**
   * An undefined value that follows the policy. `hint` replaces the message `'name' is undefined`; `known` gives the
   * names that would have been found, for `did you mean`.
   */
  undefined(name: string, hint?: string | null, known?: () => Iterable<string>): Undefined;
}

export interface EnvironmentOptions {
  readonly undefinedPolicy: UndefinedPolicy;
  /** The context. Jinja2's own globals (`range`, `dict`, ...) are found where it has no such name. */
  readonly names: ReadonlyMap<string, Value> | NameSource;
  readonly limits?: Limits;
  readonly inlineMacroPrefix?: string;
  /** The `random` filter takes the first item where it is left out, so that results repeat. */
  readonly random?: () => number;
  readonly onUndefinedOutput?: (name: string, place: Span) => void;
}

/** A context whose values are made on demand. */
export interface NameSource {
  get(name: string): Value | undefined;
  keys(): Iterable<string>;
}

/** dbt's prefix of macros that are defined inside a template. */
export const dbtMacroPrefix = 'dbt_macro__';

export function createEnvironment(options: EnvironmentOptions): Environment {
  const { names, undefinedPolicy } = options;
  const budget = new Budget(options.limits);
  const globals = jinjaGlobals(budget.limits);
  return {
    undefinedPolicy,
    budget,
    filters: builtInFilters,
    tests: builtInTests,
    inlineMacroPrefix: options.inlineMacroPrefix ?? dbtMacroPrefix,
    onUndefinedOutput: options.onUndefinedOutput ?? null,
    random: options.random ?? (() => 0),
    lookup: (name) => {
      const value = names.get(name);
      return value === undefined ? globals.get(name) : value;
    },
    suggestNames: () => new Set([...names.keys(), ...globals.keys()]),
    undefined: (name, hint = null, known) =>
      new Undefined(name, hint, undefinedPolicy === 'parse', 'UndefinedError', known ?? null),
  };
}
