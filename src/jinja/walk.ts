import type { Body, Call, Expression, Place } from './ast.ts';
import { bodiesOf, expressionsOf, operandsOf } from './children.ts';
import type { Template } from './template.ts';
import { PyDict, tupleOf, type Value } from './values.ts';

/** The functions whose calls decide what a resource depends on. */
export type DependencyFunction =
  | 'ref'
  | 'source'
  | 'config'
  | 'var'
  | 'env_var'
  | 'doc'
  | 'metric'
  | 'function';

/** A call of one of them as it is written, the way through `builtins` included. */
export interface DependencyCall extends Place {
  readonly function: DependencyFunction;
  /** Null where an argument is not a literal: then only rendering tells. */
  readonly args: readonly Value[] | null;
  readonly kwargs: ReadonlyMap<string, Value>;
}

/** `adapter.dispatch('name', 'package')`. */
export interface Dispatch extends Place {
  /** Null where it is not a literal. */
  readonly macro: string | null;
  readonly namespace: string | null;
}

/** What a template mentions, whether or not a render would reach it. */
export interface Mentions {
  readonly dependencies: readonly DependencyCall[];
  /** Every name that is called, with its dots: `ref`, `dbt_utils.star`, `adapter.dispatch`. */
  readonly calls: ReadonlySet<string>;
  readonly dispatches: readonly Dispatch[];
  /** Every name that is read, called or not. */
  readonly names: ReadonlySet<string>;
}

const dependencyFunctions: ReadonlySet<string> = new Set([
  'ref',
  'source',
  'config',
  'var',
  'env_var',
  'doc',
  'metric',
  'function',
] satisfies DependencyFunction[]);

/** Reads a template, or the body of one macro, without rendering it. */
export function mentionsOf({ body }: Pick<Template, 'body'>): Mentions {
  const dependencies: DependencyCall[] = [];
  const calls = new Set<string>();
  const dispatches: Dispatch[] = [];
  const names = new Set<string>();

  function visitBody(statements: Body): void {
    for (const statement of statements) {
      expressionsOf(statement).forEach(visit);
      bodiesOf(statement).forEach(visitBody);
    }
  }

  function visit(node: Expression): void {
    if (node.kind === 'name') names.add(node.name);
    if (node.kind === 'call') visitCall(node);
    operandsOf(node).forEach(visit);
  }

  function visitCall(node: Call): void {
    const name = dottedName(node.callee);
    if (name === null) return;
    calls.add(name);
    if (name === 'adapter.dispatch') dispatches.push(dispatchOf(node));
    const plain = name.startsWith('builtins.') ? name.slice('builtins.'.length) : name;
    if (isDependencyFunction(plain)) dependencies.push({ function: plain, ...literalArguments(node) });
  }

  visitBody(body);
  return { dependencies, calls, dispatches, names };
}

/** The value of an expression that is written out; undefined for anything that has to be evaluated. */
export function literalOf(node: Expression): Value | undefined {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'list':
    case 'tuple': {
      const items = literalsOf(node.items);
      if (items === null) return undefined;
      return node.kind === 'list' ? items : tupleOf(items);
    }
    case 'dict': {
      const items = literalsOf(node.items);
      return items === null ? undefined : dictOf(items);
    }
    case 'negative': {
      const value = literalOf(node.operand);
      return typeof value === 'number' ? -value : undefined;
    }
    case 'concat': {
      const items = literalsOf(node.items);
      return items?.every((item) => typeof item === 'string') === true ? items.join('') : undefined;
    }
    case 'filter':
      // The markers of native rendering change how a value is read, and only in YAML.
      return node.name.startsWith('as_') ? literalOf(node.object) : undefined;
    default:
      return undefined;
  }
}

/** `a.b.c` as text, null for anything else. */
export function dottedName(node: Expression): string | null {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'attribute') return null;
  const object = dottedName(node.object);
  return object === null ? null : `${object}.${node.name}`;
}

function isDependencyFunction(name: string): name is DependencyFunction {
  return dependencyFunctions.has(name);
}

function literalArguments({ args, start, end }: Call): Omit<DependencyCall, 'function'> {
  const kwargs = new Map<string, Value>();
  let positional = args.rest === null && args.keywordRest === null ? literalsOf(args.positional) : null;
  for (const keyword of args.keywords) {
    const value = literalOf(keyword.value);
    if (value === undefined) positional = null;
    else kwargs.set(keyword.name, value);
  }
  return { args: positional, kwargs, start, end };
}

function dispatchOf({ args, start, end }: Call): Dispatch {
  const named = (name: string): Expression | undefined =>
    args.keywords.find((keyword) => keyword.name === name)?.value;
  return {
    macro: literalText(args.positional[0] ?? named('macro_name')),
    namespace: literalText(args.positional[1] ?? named('macro_namespace')),
    start,
    end,
  };
}

function literalText(node: Expression | undefined): string | null {
  const value = node === undefined ? undefined : literalOf(node);
  return typeof value === 'string' ? value : null;
}

function literalsOf(nodes: readonly Expression[]): Value[] | null {
  const out: Value[] = [];
  for (const node of nodes) {
    const value = literalOf(node);
    if (value === undefined) return null;
    out.push(value);
  }
  return out;
}

function dictOf(keysAndValues: readonly Value[]): PyDict | undefined {
  const dict = new PyDict();
  for (let index = 0; index < keysAndValues.length; index += 2) {
    const key = keysAndValues[index]!;
    if (typeof key === 'object' && key !== null) return undefined;
    dict.set(key, keysAndValues[index + 1]!);
  }
  return dict;
}
