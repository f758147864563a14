import type { Environment } from '../environment.ts';
import type { Kwargs } from '../host.ts';
import { iterate, truth } from '../operations.ts';
import { raise } from '../py-error.ts';
import { reprText, str } from '../text.ts';
import { iteratorOf, type Value } from '../values.ts';
import { attributeGetter } from './attribute.ts';
import type { Filter } from './filter.ts';

/** Jinja2 looks at the items of what is true only: none and zero are as good as an empty list. */
const itemsOf = (value: Value): readonly Value[] => (truth(value) ? iterate(value) : []);

/** `map('filter', ...)` and `map(attribute='name', default=...)`. */
const map: Filter = (env, args, kwargs) => {
  const convert = mapper(env, args, kwargs);
  return iteratorOf(itemsOf(args[0]!).map(convert));
};

function mapper(env: Environment, args: readonly Value[], kwargs: Kwargs | null): (item: Value) => Value {
  if (args.length === 1 && kwargs?.has('attribute')) {
    const unknown = [...kwargs.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (unknown !== undefined)
      raise('FilterArgumentError', `Unexpected keyword argument ${reprText(unknown)}`);
    return attributeGetter(env, kwargs.get('attribute')!, kwargs.get('default') ?? null);
  }
  const [, given, ...rest] = args;
  if (given === undefined) raise('FilterArgumentError', 'map requires a filter argument');
  const name = str(given);
  const filter = env.filters.get(name) ?? raise('TemplateRuntimeError', `No filter named ${reprText(name)}.`);
  return (item) => filter(env, [item, ...rest], kwargs);
}

/** `select`, `reject` and their `attr` forms: `wanted` is what the test has to say of an item that is kept. */
function selection(wanted: boolean, byAttribute: boolean): Filter {
  return (env, args, kwargs) => {
    const [items, ...rest] = args;
    if (byAttribute && rest.length === 0) {
      raise('FilterArgumentError', 'Missing parameter for attribute name');
    }
    const get = attributeGetter(env, byAttribute ? rest.shift()! : null);
    const test = itemTest(env, rest, kwargs);
    return iteratorOf(itemsOf(items!).filter((item) => test(get(item)) === wanted));
  };
}

function itemTest(env: Environment, args: readonly Value[], kwargs: Kwargs | null): (item: Value) => boolean {
  const [given, ...rest] = args;
  if (given === undefined) return truth;
  const name = str(given);
  const test = env.tests.get(name) ?? raise('TemplateRuntimeError', `No test named ${reprText(name)}.`);
  return (item) => test(env, [item, ...rest], kwargs);
}

export const selectionFilters: readonly (readonly [string, Filter])[] = [
  ['map', map],
  ['select', selection(true, false)],
  ['reject', selection(false, false)],
  ['selectattr', selection(true, true)],
  ['rejectattr', selection(false, true)],
];
