import { getItem } from '../access.ts';
import type { Environment } from '../environment.ts';
import { isText, textOf, Undefined, type Value } from '../values.ts';

/** Reads what the `attribute` argument of a filter names from an item. */
export type Getter = (item: Value) => Value;

/**
 * The getter of `a.b.0`: parts are looked up one after the other, digits as positions; a None attribute is the item
 * itself. `fallback` stands for what is not found on the way.
 */
export function attributeGetter(env: Environment, attribute: Value, fallback: Value = null): Getter {
  if (attribute === null) return (item) => item;
  const parts = isText(attribute) ? textOf(attribute).split('.').map(partOf) : [attribute];
  return (item) => {
    let found = item;
    for (const part of parts) {
      found = getItem(env, found, part);
      if (fallback !== null && found instanceof Undefined) found = fallback;
    }
    return found;
  };
}

/** As `attributeGetter` for `a,b`: a list of what each of them gives. */
export function attributesGetter(env: Environment, attribute: Value, prepare: Getter): Getter {
  const attributes = isText(attribute) ? textOf(attribute).split(',') : [attribute];
  const getters = attributes.map((each) => attributeGetter(env, each));
  return (item) => getters.map((get) => prepare(get(item)));
}

/** Lower case for text, for comparisons that ignore case; the value itself where `caseSensitive`. */
export function caseKey(caseSensitive: boolean): Getter {
  if (caseSensitive) return (value) => value;
  return (value) => (isText(value) ? textOf(value).toLowerCase() : value);
}

const partOf = (part: string): Value => (/^\d+$/.test(part) ? Number(part) : part);
