import { add } from '../../jinja/arithmetic.ts';
import { Pending } from '../../jinja/host.ts';
import { equals, iterate, truth } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { Callable, callable, hostFunction, tuple, tupleOf, type Value } from '../../jinja/values.ts';
import { intOf } from './numbers.ts';

/** Python's iterators are lists here, so none may be endless or explode. */
const mostItems = 1_000_000;

function bounded<T>(items: T[], what: string): T[] {
  if (items.length > mostItems) tooMany(what);
  return items;
}

function tooMany(what: string): never {
  return raise('OverflowError', `${what} would give more than ${mostItems} items`);
}

/** Calls a template's function where nothing can be waited for. */
function invoke(target: Value, args: readonly Value[]): Value {
  if (!(target instanceof Callable)) raise('TypeError', 'the function argument is not callable');
  const result = target.call(args, null);
  if (result instanceof Pending)
    raise('TypeError', 'the function may not be a macro that asks the warehouse');
  return result;
}

function product(pools: readonly (readonly Value[])[]): Value[] {
  const size = pools.reduce((total, pool) => total * pool.length, 1);
  if (size > mostItems) tooMany('product()');
  let rows: Value[][] = [[]];
  for (const pool of pools) rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
  return rows.map((row) => tupleOf(row));
}

/** Rows of `length` items of a pool by index; `next` gives the indices that may follow those chosen. */
function choose(
  pool: readonly Value[],
  length: number,
  next: (chosen: readonly number[]) => number[],
): Value[] {
  const out: Value[] = [];
  const extend = (chosen: number[]): void => {
    if (chosen.length === length) {
      if (out.push(tupleOf(chosen.map((index) => pool[index]!))) > mostItems) tooMany('the combination');
      return;
    }
    for (const index of next(chosen)) extend([...chosen, index]);
  };
  extend([]);
  return out;
}

const indicesFrom = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);

function islice(items: readonly Value[], bounds: readonly Value[]): Value[] {
  const [first = null, second = null, third = null] = bounds;
  const [start, stop, step] = bounds.length === 1 ? [null, first, null] : [first, second, third];
  const from = start === null ? 0 : intOf(start);
  const to = stop === null ? items.length : intOf(stop);
  const by = step === null ? 1 : intOf(step);
  if (from < 0 || to < 0) {
    raise('ValueError', 'Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.');
  }
  if (by < 1) raise('ValueError', 'Step for islice() must be a positive integer or None.');
  return items.slice(from, to).filter((_, index) => index % by === 0);
}

function accumulate(items: readonly Value[], combine: Value, initial: Value): Value[] {
  const out: Value[] = initial === null ? [] : [initial];
  for (const item of items) {
    const total = out.at(-1);
    if (total === undefined) out.push(item);
    else out.push(combine === null ? add(total, item) : invoke(combine, [total, item]));
  }
  return out;
}

function groupBy(items: readonly Value[], key: Value): Value[] {
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of items) {
    const own = key === null ? item : invoke(key, [item]);
    const last = groups.at(-1);
    if (last !== undefined && equals(last.key, own)) last.items.push(item);
    else groups.push({ key: own, items: [item] });
  }
  return groups.map((group) => tuple(group.key, group.items));
}

function zipLongest(lists: readonly (readonly Value[])[], fill: Value): Value[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) =>
    tupleOf(lists.map((list) => list[index] ?? (index < list.length ? null : fill))),
  );
}

function whileTrue(items: readonly Value[], predicate: Value): number {
  const index = items.findIndex((item) => !truth(invoke(predicate, [item])));
  return index < 0 ? items.length : index;
}

function endless(name: string, advice: string): Callable {
  return hostFunction(name, ['*args', '**kwargs'], () =>
    raise('OverflowError', `itertools.${name}() never ends; ${advice}`),
  );
}

const lists = (values: Value): (readonly Value[])[] => (values as Value[]).map((value) => iterate(value));

/** The names of `modules.itertools`; everything gives lists. `onCall` is told of every call. */
export function itertoolsModule(onCall: () => void): Readonly<Record<string, Value>> {
  const told = (target: Callable): Callable =>
    callable(target.name, (args, kwargs) => {
      onCall();
      return target.call(args, kwargs);
    });
  return Object.fromEntries(Object.entries(functions()).map(([name, target]) => [name, told(target)]));
}

function functions(): Readonly<Record<string, Callable>> {
  return {
    chain: hostFunction('chain', ['*iterables'], (values) => bounded(lists(values!).flat(), 'chain()')),
    product: hostFunction('product', ['*iterables', ['repeat', 1]], (values, repeat) => {
      const pools = lists(values!);
      return product(Array.from({ length: intOf(repeat!) }, () => pools).flat());
    }),
    permutations: hostFunction('permutations', ['iterable', ['r', null]], (value, length) => {
      const pool = iterate(value!);
      return choose(pool, length === null ? pool.length : intOf(length!), (chosen) =>
        indicesFrom(0, pool.length).filter((index) => !chosen.includes(index)),
      );
    }),
    combinations: hostFunction('combinations', ['iterable', 'r'], (value, length) => {
      const pool = iterate(value!);
      return choose(pool, intOf(length!), (chosen) => indicesFrom((chosen.at(-1) ?? -1) + 1, pool.length));
    }),
    combinations_with_replacement: hostFunction(
      'combinations_with_replacement',
      ['iterable', 'r'],
      (value, length) => {
        const pool = iterate(value!);
        return choose(pool, intOf(length!), (chosen) => indicesFrom(chosen.at(-1) ?? 0, pool.length));
      },
    ),
    zip_longest: hostFunction('zip_longest', ['*iterables', ['fillvalue', null]], (values, fill) => {
      return zipLongest(lists(values!), fill!);
    }),
    groupby: hostFunction('groupby', ['iterable', ['key', null]], (value, key) =>
      groupBy(iterate(value!), key!),
    ),
    accumulate: hostFunction(
      'accumulate',
      ['iterable', ['func', null], '*', ['initial', null]],
      (value, combine, initial) => accumulate(iterate(value!), combine!, initial!),
    ),
    islice: hostFunction('islice', ['iterable', '*bounds'], (value, bounds) =>
      islice(iterate(value!), bounds as Value[]),
    ),
    compress: hostFunction('compress', ['data', 'selectors'], (data, selectors) => {
      const chosen = iterate(selectors!);
      return iterate(data!).filter((_, index) => index < chosen.length && truth(chosen[index]!));
    }),
    starmap: hostFunction('starmap', ['function', 'iterable'], (target, value) =>
      iterate(value!).map((args) => invoke(target!, iterate(args))),
    ),
    takewhile: hostFunction('takewhile', ['predicate', 'iterable'], (predicate, value) => {
      const items = iterate(value!);
      return items.slice(0, whileTrue(items, predicate!));
    }),
    dropwhile: hostFunction('dropwhile', ['predicate', 'iterable'], (predicate, value) => {
      const items = iterate(value!);
      return items.slice(whileTrue(items, predicate!));
    }),
    filterfalse: hostFunction('filterfalse', ['predicate', 'iterable'], (predicate, value) =>
      iterate(value!).filter((item) => !truth(predicate === null ? item : invoke(predicate!, [item]))),
    ),
    repeat: hostFunction('repeat', ['object', ['times', null]], (item, times) => {
      if (times === null) raise('OverflowError', 'itertools.repeat() never ends; give it a count');
      const count = Math.max(0, intOf(times!));
      if (count > mostItems) tooMany('repeat()');
      return Array.from({ length: count }, () => item!);
    }),
    tee: hostFunction('tee', ['iterable', ['n', 2]], (value, count) =>
      tupleOf(Array.from({ length: intOf(count!) }, () => [...iterate(value!)])),
    ),
    count: endless('count', 'use range()'),
    cycle: endless('cycle', 'use cycler() or loop.cycle()'),
  };
}
