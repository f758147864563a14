import { defaultLimits, type Limits } from './budget.ts';
import { Cycler } from './cycler.ts';
import type { Kwargs } from './host.ts';
import { toDict } from './mapping.ts';
import { toIndex } from './numbers.ts';
import { raise } from './py-error.ts';
import { str } from './text.ts';
import { Callable, hostFunction, Namespace, PyDict, PyRange, typeName, type Value } from './values.ts';

/** The functions that Jinja2 itself puts into every context. */
export function jinjaGlobals(limits: Limits = defaultLimits): ReadonlyMap<string, Value> {
  let globals = globalsOf.get(limits);
  if (globals === undefined) {
    globals = makeGlobals(limits);
    globalsOf.set(limits, globals);
  }
  return globals;
}

/** Of one invocation, all templates have the same limits. */
const globalsOf = new WeakMap<Limits, ReadonlyMap<string, Value>>();

function makeGlobals(limits: Limits): ReadonlyMap<string, Value> {
  const functions = [
    new Callable('range', (args, kwargs) => range(args, kwargs, limits.rangeLength)),
    new Callable('dict', (args, kwargs) => dict(args, kwargs)),
    new Callable('namespace', (args, kwargs) => new Namespace(dict(args, kwargs))),
    new Callable('cycler', (args) => new Cycler(args)),
    hostFunction('joiner', [['sep', ', ']], (separator) => joiner(separator!)),
    new Callable('lipsum', () => raise('RuntimeError', 'lipsum() makes up random text and is not supported')),
  ];
  return new Map(functions.map((each) => [each.name, each]));
}

function range(args: readonly Value[], kwargs: Kwargs | null, longest: number): PyRange {
  if (kwargs !== null && kwargs.size > 0) raise('TypeError', 'range() takes no keyword arguments');
  if (args.length === 0) raise('TypeError', 'range expected at least 1 argument, got 0');
  if (args.length > 3) raise('TypeError', `range expected at most 3 arguments, got ${args.length}`);
  const [first, second, third] = args.map((value) => toIndex(value, typeName));
  const made = second === undefined ? new PyRange(0, first!, 1) : new PyRange(first!, second, third ?? 1);
  if (made.length > longest) {
    raise('OverflowError', `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${longest}).`);
  }
  return made;
}

function dict(args: readonly Value[], kwargs: Kwargs | null): PyDict {
  if (args.length > 1) raise('TypeError', `dict expected at most 1 argument, got ${args.length}`);
  const [source] = args;
  const made = source === undefined ? new PyDict() : toDict(source);
  for (const [name, value] of kwargs ?? []) made.set(name, value);
  return made;
}

/** Empty at its first call, the separator at every later one. */
function joiner(separator: Value): Callable {
  let used = false;
  return new Callable('joiner', () => {
    const text = used ? str(separator) : '';
    used = true;
    return text;
  });
}
