import { PyDict, type Value } from '../jinja/values.ts';

/** A mapping of YAML or configuration as plain data. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** True for mappings with text keys; lists and class instances are none. */
export function isRecord(value: unknown): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Of data that nobody vouches for: the mapping, or an empty one where it is something else. */
export const recordOf = (value: unknown): PlainRecord => (isRecord(value) ? value : {});

/** Of data that nobody vouches for: the text, null where there is none or an empty one. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** True for every mapping, those that YAML needs a PyDict for (keys that are no text) included. */
export function isMapping(value: unknown): value is PlainRecord | PyDict {
  return value instanceof PyDict || isRecord(value);
}

export function mappingEntries(mapping: PlainRecord | PyDict): readonly (readonly [unknown, unknown])[] {
  return mapping instanceof PyDict ? mapping.entries() : Object.entries(mapping);
}

/** The value under a key of its own; undefined where there is none. */
export function own(record: PlainRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A list stays, anything else becomes a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The data with every scalar replaced by what `change` makes of it; keys stay. Unchanged parts are shared. */
export function mapScalars(
  data: unknown,
  change: (scalar: unknown, path: readonly (string | number)[]) => unknown,
  path: readonly (string | number)[] = [],
): unknown {
  if (Array.isArray(data)) return data.map((item, index) => mapScalars(item, change, [...path, index]));
  if (data instanceof PyDict) {
    return PyDict.fromEntries(
      data.entries().map(([key, value]) => [key, mapScalars(value, change, [...path, String(key)]) as Value]),
    );
  }
  if (!isRecord(data)) return change(data, path);
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) out[key] = mapScalars(value, change, [...path, key]);
  return out;
}

/** What a node, config or column is while it is being built: its own members may be set. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** The entry under a key, made where there is none. */
export function entryOf<Key, Value>(map: MapLike<Key, Value>, key: Key, make: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}

interface MapLike<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}
