import { bindArguments, signature } from '../arguments.ts';
import type { Kwargs, Parameter } from '../host.ts';
import { raise } from '../py-error.ts';
import type { Value } from '../values.ts';

/** A method of a built-in type; the evaluator hands over the object it was found on. */
export type Method = (self: Value, args: readonly Value[], kwargs: Kwargs | null) => Value;

export type MethodTable = ReadonlyMap<string, Method>;

/**
 * How a method is declared: `[least, most, run]` for arguments by position only, which most of Python's built-in
 * methods take; `{ parameters, run }` where names are allowed as well.
 */
export type Declaration<T> =
  | readonly [least: number, most: number, run: (self: T, args: readonly Value[]) => Value]
  | { readonly parameters: readonly Parameter[]; readonly run: (self: T, values: readonly Value[]) => Value };

/** Builds a table of methods for objects that `unwrap` turns into `T`. */
export function methodTable<T>(
  type: string,
  unwrap: (self: Value) => T,
  declarations: Readonly<Record<string, Declaration<T>>>,
): MethodTable {
  const out = new Map<string, Method>();
  for (const [name, declaration] of Object.entries(declarations)) {
    out.set(
      name,
      'run' in declaration ? named(name, unwrap, declaration) : positional(type, name, unwrap, declaration),
    );
  }
  return out;
}

function named<T>(
  name: string,
  unwrap: (self: Value) => T,
  declaration: Extract<Declaration<T>, { run: unknown }>,
): Method {
  const target = signature(name, declaration.parameters);
  return (self, args, kwargs) => declaration.run(unwrap(self), bindArguments(target, args, kwargs));
}

function positional<T>(
  type: string,
  name: string,
  unwrap: (self: Value) => T,
  [least, most, run]: Extract<Declaration<T>, readonly unknown[]>,
): Method {
  return (self, args, kwargs) => {
    if (kwargs !== null && kwargs.size > 0)
      raise('TypeError', `${type}.${name}() takes no keyword arguments`);
    if (args.length < least || args.length > most) wrongCount(type, name, least, most, args.length);
    return run(unwrap(self), args);
  };
}

function wrongCount(type: string, name: string, least: number, most: number, given: number): never {
  if (most === 0) raise('TypeError', `${type}.${name}() takes no arguments (${given} given)`);
  if (least === 1 && most === 1)
    raise('TypeError', `${type}.${name}() takes exactly one argument (${given} given)`);
  const bound = least === most ? '' : given < least ? 'at least ' : 'at most ';
  const count = given < least ? least : most;
  raise('TypeError', `${name} expected ${bound}${count} argument${count === 1 ? '' : 's'}, got ${given}`);
}
