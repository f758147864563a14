import type { Value } from './values.ts';

/** Keyword arguments of one call, in the order they were written. */
export type Kwargs = ReadonlyMap<string, Value>;

/**
 * A value that is not there yet: what a call returns when it needs the warehouse or runs a macro that may. The
 * evaluator resolves it right after the call, so no filter, operator or test ever meets one.
 */
export class Pending {
  /** Yields promises to wait for and is resumed with their values; returns the call's value. */
  readonly run: Generator<Promise<unknown>, Value, unknown>;

  constructor(run: Generator<Promise<unknown>, Value, unknown>) {
    this.run = run;
  }
}

/** A pending value from a promise: what a host function returns that asks the warehouse. */
export function pending(promise: () => Promise<Value>): Pending {
  return new Pending(
    (function* wait(): Generator<Promise<unknown>, Value, unknown> {
      return (yield promise()) as Value;
    })(),
  );
}

/** Symbol under which a class declares what templates see of its instances; anything undeclared does not exist. */
export const HOST: unique symbol = Symbol('sluice.host');

/**
 * What templates see of a host object. Every member but `typeName` is optional; what is left out behaves as on a
 * plain Python object (truthy, equal only to itself, not iterable, not callable, printed as `<typeName object>`).
 * `attr` returns undefined for a name that does not exist; methods are returned as callables bound to the object.
 */
export interface HostType<T> {
  readonly typeName: string;
  attr?(self: T, name: string): Value | undefined;
  /** Names for `did you mean` and for listing. */
  attrNames?(self: T): readonly string[];
  item?(self: T, key: Value): Value | undefined;
  setItem?(self: T, key: Value, value: Value): void;
  call?(self: T, args: readonly Value[], kwargs: Kwargs | null): Value | Pending;
  str?(self: T): string;
  repr?(self: T): string;
  truth?(self: T): boolean;
  length?(self: T): number;
  iterate?(self: T): readonly Value[];
  contains?(self: T, item: Value): boolean;
  /** The items that `value[start:stop]` picks from, as a tuple; what cannot be sliced leaves it out. */
  sequence?(self: T): readonly Value[];
  equals?(self: T, other: Value): boolean;
  /** Negative, zero or positive; undefined where the two cannot be ordered. */
  compare?(self: T, other: Value): number | undefined;
  add?(self: T, other: Value, reflected: boolean): Value | undefined;
  subtract?(self: T, other: Value, reflected: boolean): Value | undefined;
  multiply?(self: T, other: Value, reflected: boolean): Value | undefined;
  divide?(self: T, other: Value, reflected: boolean): Value | undefined;
  floorDivide?(self: T, other: Value, reflected: boolean): Value | undefined;
  modulo?(self: T, other: Value, reflected: boolean): Value | undefined;
  power?(self: T, other: Value, reflected: boolean): Value | undefined;
  negate?(self: T): Value | undefined;
  /** `format(value, spec)` and `"{:spec}".format(value)`. */
  format?(self: T, spec: string): string;
  /** `value | int` and `%d`: the value truncated toward zero. */
  toInt?(self: T): number | bigint;
  /** `value | float`, `value | round` and `%f`. */
  toFloat?(self: T): number;
  /** `value | round(places)` and the like, in the value's own type. */
  round?(self: T, places: number | null, method: 'common' | 'ceil' | 'floor'): Value;
  /** `value | abs`. */
  absolute?(self: T): Value;
  /** Text or number that makes equal objects equal dictionary keys; unhashable when left out. */
  hashKey?(self: T): string | number | bigint;
  /** True where the `mapping` test, `dict(x)`, `.items()` and iteration over keys apply. */
  isMapping?: boolean;
  /** What `tojson` writes; a TypeError as Python's when left out. */
  toJson?(self: T): Value;
}

/** Instances of a class with `static`-like declaration `[HOST]` on the prototype are host objects. */
export interface HostObject {
  readonly [HOST]: HostType<never>;
}

/** A parameter of a host function: a required name, `[name, default]`, `*name` or `**name`; `*` as in Python. */
export type Parameter = string | readonly [name: string, fallback: Value];
