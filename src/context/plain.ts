import { HOST } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import {
  DictView,
  hostTypeOf,
  isDict,
  Markup,
  PyDict,
  PyFloat,
  PySet,
  PyTuple,
  Undefined,
  type Value,
} from '../jinja/values.ts';

/** Plain data (of JSON or YAML) as template values: mappings become dicts that templates may change. */
export function fromPlain(data: unknown): Value {
  if (data === null || data === undefined) return null;
  if (Array.isArray(data)) return data.map(fromPlain);
  if (data instanceof Date) return data.toISOString();
  if (typeof data === 'object') {
    if (data instanceof PyFloat || data instanceof PyDict || HOST in data) return data as Value;
    return PyDict.fromEntries(Object.entries(data).map(([key, value]) => [key, fromPlain(value)] as const));
  }
  return data as Value;
}

/**
 * Template values as plain data: dicts become null-prototype-safe records with text keys, tuples, sets and views
 * arrays, undefined null, host objects their text. Floats keep their class, so that 1.0 is written as 1.0.
 */
export function toPlain(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof PyFloat) return value;
  if (value instanceof Undefined) return null;
  if (value instanceof Markup) return value.text;
  if (value instanceof PySet || value instanceof DictView) return [...iterable(value)].map(toPlain);
  if (Array.isArray(value)) return value.map(toPlain);
  const host = hostTypeOf(value);
  if (host !== undefined) return host.toJson === undefined ? str(value) : toPlain(host.toJson(value));
  if (isDict(value)) {
    const out: Record<string, unknown> = {};
    const entries = value instanceof PyDict ? value.entries() : Object.entries(value);
    for (const [key, item] of entries) define(out, str(key as Value), toPlain(item as Value));
    return out;
  }
  return str(value);
}

function define(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}

function iterable(value: PySet | DictView): Iterable<Value> {
  return value.items();
}

export const isTuple = (value: Value): value is PyTuple => value instanceof PyTuple;
