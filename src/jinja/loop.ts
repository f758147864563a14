import type { Environment } from './environment.ts';
import { HOST, type HostType, type Kwargs, type Pending } from './host.ts';
import { equals, iterate } from './operations.ts';
import { raise } from './py-error.ts';
import { Callable, tupleOf, type Value } from './values.ts';

/** Runs the body of a recursive loop over other items, one level deeper; gives what it wrote. */
export type Recurse = (items: readonly Value[], depth: number) => Value | Pending;

/** The variable `loop` inside a `for`. */
export class LoopContext {
  readonly items: readonly Value[];
  readonly env: Environment;
  /** Zero-based; more than zero in recursive loops only. */
  readonly depth: number;
  readonly recurse: Recurse | null;
  index = 0;
  /** What `loop.changed` was called with last. */
  lastChecked: readonly Value[] | null = null;

  constructor(env: Environment, items: readonly Value[], depth: number, recurse: Recurse | null) {
    this.env = env;
    this.items = items;
    this.depth = depth;
    this.recurse = recurse;
  }

  get [HOST](): HostType<LoopContext> {
    return loopType;
  }
}

const loopType: HostType<LoopContext> = {
  typeName: 'LoopContext',
  attr: loopAttribute,
  attrNames: () => attributes,
  str: (loop) => `<LoopContext ${loop.index + 1}/${loop.items.length}>`,
  length: (loop) => loop.items.length,
  call: recurse,
};

const attributes = [
  'changed',
  'cycle',
  'depth',
  'depth0',
  'first',
  'index',
  'index0',
  'last',
  'length',
  'nextitem',
  'previtem',
  'revindex',
  'revindex0',
] as const;

function loopAttribute(loop: LoopContext, name: string): Value | undefined {
  const { items, index, env } = loop;
  switch (name as (typeof attributes)[number]) {
    case 'index':
      return index + 1;
    case 'index0':
      return index;
    case 'first':
      return index === 0;
    case 'last':
      return index === items.length - 1;
    case 'length':
      return items.length;
    case 'revindex':
      return items.length - index;
    case 'revindex0':
      return items.length - index - 1;
    case 'depth':
      return loop.depth + 1;
    case 'depth0':
      return loop.depth;
    case 'previtem':
      return index > 0 ? items[index - 1] : env.undefined(name, 'there is no previous item');
    case 'nextitem':
      return index < items.length - 1 ? items[index + 1] : env.undefined(name, 'there is no next item');
    case 'cycle':
      return new Callable('cycle', (args) => {
        if (args.length === 0) raise('TypeError', 'no items for cycling given');
        return args[loop.index % args.length]!;
      });
    case 'changed':
      return new Callable('changed', (args) => {
        const before = loop.lastChecked;
        loop.lastChecked = args;
        return before === null || !equals(tupleOf(before), tupleOf(args));
      });
    default:
      return undefined;
  }
}

function recurse(loop: LoopContext, args: readonly Value[], _kwargs: Kwargs | null): Value | Pending {
  if (loop.recurse === null) {
    raise('TypeError', "The loop must have the 'recursive' marker to be called recursively.");
  }
  if (args.length !== 1) raise('TypeError', `loop() takes 1 argument but ${args.length} were given`);
  return loop.recurse(iterate(args[0]!), loop.depth + 1);
}
