import { charactersOf, hasSurrogates } from './code-points.ts';
import { dictGet, dictKeys } from './dict.ts';
import type { Environment } from './environment.ts';
import { formatTemplate } from './format.ts';
import { isHashable } from './hash-key.ts';
import type { Kwargs, Pending } from './host.ts';
import { mappingEntries } from './mapping.ts';
import { attributeOf, methodNames, methodOf } from './methods/index.ts';
import type { Method } from './methods/method.ts';
import { isIndex, toIndex } from './numbers.ts';
import { raise } from './py-error.ts';
import { repr, reprText, str } from './text.ts';
import {
  Callable,
  Group,
  hostTypeOf,
  isDict,
  isText,
  Markup,
  Namespace,
  PyRange,
  PyTuple,
  textOf,
  tupleOf,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/**
 * `value.name`: a method or attribute of the value's type, else the dict entry of that name, else an undefined.
 * Names with a leading underscore find dict entries and items of host objects only; what else they could reach in
 * Python is refused as by Jinja2's sandbox, with a SecurityError once the result is used.
 */
export function getAttribute(env: Environment, value: Value, name: string): Value {
  if (value instanceof Undefined) return attributeOfUndefined(env, value, name);
  if (isPrivate(name)) return itemNamed(value, name) ?? missingPrivate(value, name);
  const found = memberOf(env, value, name);
  if (found !== undefined) return found;
  const item = itemNamed(value, name);
  return item === undefined ? missingAttribute(env, value, name) : item;
}

/** `value[key]`: an item, else for text keys what `value.key` gives, else an undefined. */
export function getItem(env: Environment, value: Value, key: Value): Value {
  if (value instanceof Undefined) return value.lenient ? value : value.fail();
  const item = itemOf(value, key);
  if (item !== undefined) return item;
  if (!isText(key)) {
    return env.undefined(repr(key), `${describe(value)} has no element ${repr(key)}`);
  }
  const name = textOf(key);
  if (isPrivate(name)) return missingPrivate(value, name);
  const member = memberOf(env, value, name);
  return member === undefined ? missingAttribute(env, value, name) : member;
}

/** `value[start:stop:step]`; null stands for an omitted bound. */
export function getSlice(env: Environment, value: Value, start: Value, stop: Value, step: Value): Value {
  if (value instanceof Undefined) return value.lenient ? value : value.fail();
  const sequence = hostTypeOf(value)?.sequence?.(value);
  if (sequence !== undefined) return getSlice(env, tupleOf(sequence), start, stop, step);
  if (!isText(value) && !Array.isArray(value) && !(value instanceof PyRange)) {
    const reason = isDict(value)
      ? "unhashable type: 'slice'"
      : `'${typeName(value)}' object is not subscriptable`;
    raise('TypeError', reason);
  }
  const characters = isText(value) ? splitCharacters(textOf(value)) : value;
  const indices = sliceIndices(characters.length, start, stop, step);
  if (value instanceof PyRange) {
    return new PyRange(value.at(indices.start), value.at(indices.stop), value.step * indices.step);
  }
  const out: Value[] = [];
  const items = characters as string | readonly Value[];
  for (
    let index = indices.start;
    indices.step > 0 ? index < indices.stop : index > indices.stop;
    index += indices.step
  ) {
    out.push(items[index]!);
  }
  if (value instanceof PyTuple) return tupleOf(out);
  if (!isText(value)) return out;
  return value instanceof Markup ? new Markup(out.join('')) : out.join('');
}

/** `value(*args, **kwargs)`. */
export function callValue(
  _env: Environment,
  value: Value,
  args: readonly Value[],
  kwargs: Kwargs | null,
): Value | Pending {
  if (value instanceof Callable) return value.call(args, kwargs);
  if (value instanceof Undefined) return value.lenient ? value : value.fail();
  const host = hostTypeOf(value);
  if (host?.call !== undefined) return host.call(value, args, kwargs);
  return raise('TypeError', `'${typeName(value)}' object is not callable`);
}

/** `value.name(*args, **kwargs)`, without making a bound method of built-in types. */
export function callMethod(
  env: Environment,
  value: Value,
  name: string,
  args: readonly Value[],
  kwargs: Kwargs | null,
): Value | Pending {
  const method = isPrivate(name) ? undefined : methodNamed(env, value, name);
  if (method !== undefined) return method(value, args, kwargs);
  return callValue(env, getAttribute(env, value, name), args, kwargs);
}

/** A member declared by the value's type, items left aside: what the `attr` filter finds. */
export function memberOf(env: Environment, value: Value, name: string): Value | undefined {
  const host = hostTypeOf(value);
  if (host !== undefined) return host.attr?.(value, name);
  const method = methodNamed(env, value, name);
  if (method !== undefined) return new Callable(name, (args, kwargs) => method(value, args, kwargs));
  const attribute = attributeOf(value, name);
  if (attribute !== undefined) return attribute;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Namespace) return value.attributes.get(name);
  if (value instanceof Group) return name === 'grouper' ? value[0] : name === 'list' ? value[1] : undefined;
  return undefined;
}

/** The undefined that stands for a missing attribute. */
export function missingAttribute(env: Environment, value: Value, name: string): Undefined {
  const hint = `${reprText(describe(value))} has no attribute ${reprText(name)}`;
  return env.undefined(name, hint, () => memberNames(value));
}

/** What `value.name` could have found. */
function memberNames(value: Value): Iterable<string> {
  const keys = isDict(value) ? dictKeys(value) : value instanceof Namespace ? value.attributes.keys() : [];
  const declared = hostTypeOf(value)?.attrNames?.(value) ?? [];
  return [...keys.filter((key) => typeof key === 'string'), ...declared, ...methodNames(value)];
}

/** What the sandbox gives for a name with a leading underscore: it fails once it is used. */
export function missingPrivate(value: Value, name: string): Undefined {
  const message = `access to attribute '${name}' of '${typeName(value)}' object is unsafe.`;
  return new Undefined(name, message, false, 'SecurityError');
}

export function isPrivate(name: string): boolean {
  return name.charCodeAt(0) === 95;
}

/** dbt's undefined of the parse phase takes the name of the attribute that is read from it. */
function attributeOfUndefined(env: Environment, value: Undefined, name: string): Value {
  if (!value.lenient) value.fail();
  if (name === 'name') return value.name;
  if (name === 'hint' || name === 'node') return null;
  value.name = name;
  return env.undefined(name);
}

function methodNamed(env: Environment, value: Value, name: string): Method | undefined {
  const method = methodOf(value, name);
  if (method !== undefined || !isText(value)) return method;
  if (name === 'format') return (self, args, kwargs) => format(env, self, args, kwargs);
  return name === 'format_map' ? (self, args) => format(env, self, [], mappingKwargs(args)) : undefined;
}

function format(env: Environment, self: Value, args: readonly Value[], kwargs: Kwargs | null): Value {
  const reader = {
    attribute: (value: Value, name: string) => getAttribute(env, value, name),
    item: (value: Value, key: Value) => getItem(env, value, key),
  };
  const text = formatTemplate(reader, str(self), args, kwargs);
  return self instanceof Markup ? new Markup(text) : text;
}

function mappingKwargs(args: readonly Value[]): Kwargs {
  const [mapping] = args;
  const entries = mapping === undefined ? null : mappingEntries(mapping);
  if (entries === null) raise('TypeError', 'format_map() argument must be a mapping');
  return new Map(entries.map(([key, value]) => [str(key), value]));
}

function itemNamed(value: Value, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isDict(value)) return dictGet(value, name);
  return hostTypeOf(value)?.item?.(value, name);
}

function itemOf(value: Value, key: Value): Value | undefined {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return isIndex(key) ? value[wrapIndex(key, value.length)] : undefined;
    if (isDict(value)) return isHashable(key) ? dictGet(value, key) : undefined;
    if (value instanceof PyRange)
      return isIndex(key) ? rangeItem(value, wrapIndex(key, value.length)) : undefined;
    if (!(value instanceof Markup)) return hostTypeOf(value)?.item?.(value, key);
  }
  if (!isText(value) || !isIndex(key)) return undefined;
  const characters = splitCharacters(textOf(value));
  const found = characters[wrapIndex(key, characters.length)];
  return found !== undefined && value instanceof Markup ? new Markup(found) : found;
}

function rangeItem(range: PyRange, index: number): number | undefined {
  return index >= 0 && index < range.length ? range.at(index) : undefined;
}

function splitCharacters(text: string): string | string[] {
  return hasSurrogates(text) ? charactersOf(text) : text;
}

/** Counts negative indices from the end; what lies outside stays outside. */
function wrapIndex(key: number | bigint | boolean, length: number): number {
  const index = Number(key);
  return index < 0 ? index + length : index;
}

function sliceIndices(
  length: number,
  start: Value,
  stop: Value,
  step: Value,
): { start: number; stop: number; step: number } {
  const by = step === null ? 1 : sliceBound(step);
  if (by === 0) raise('ValueError', 'slice step cannot be zero');
  const [lowest, highest] = by > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: Value, fallback: number): number => {
    if (bound === null) return fallback;
    const index = sliceBound(bound);
    return Math.min(highest, Math.max(lowest, index < 0 ? index + length : index));
  };
  const [first, last] = by > 0 ? [lowest, highest] : [highest, lowest];
  return { start: clamp(start, first), stop: clamp(stop, last), step: by };
}

function sliceBound(bound: Value): number {
  if (bound instanceof Undefined) bound.fail();
  if (!isIndex(bound)) {
    raise('TypeError', 'slice indices must be integers or None or have an __index__ method');
  }
  return toIndex(bound, typeName);
}

/** How Jinja2 names a value in its messages: `dict object`, `None`. */
function describe(value: Value): string {
  if (value === null) return 'None';
  if (value instanceof Namespace) return 'jinja2.utils.Namespace object';
  return `${typeName(value)} object`;
}
