import { PyDict, PyFloat, type Value } from '../../jinja/values.ts';

/**
 * A YAML mapping. A plain object wherever that is faithful; a PyDict where a key is not text (`1: a`), or where a
 * plain object would lose the order of keys that look like numbers (`"2": a` before `"1": b`).
 */
export type Mapping = Record<string, unknown> | PyDict;

export function isMapping(value: unknown): value is Mapping {
  return value instanceof PyDict || isPlainMapping(value);
}

function isPlainMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function mappingHas(mapping: Mapping, key: unknown): boolean {
  if (mapping instanceof PyDict) return mapping.has(key as Value);
  // Values are never undefined, so most keys are told absent without the slower look.
  return typeof key === 'string' && mapping[key] !== undefined && Object.hasOwn(mapping, key);
}

/** Adds or replaces an entry; returns the mapping to go on with, which may be another one. */
export function mappingPut(mapping: Mapping, key: unknown, value: unknown): Mapping {
  if (mapping instanceof PyDict) return mapping.set(key as Value, value as Value);
  if (typeof key !== 'string') return toDict(mapping).set(key as Value, value as Value);
  const first = key.charCodeAt(0);
  if (first >= 48 && first <= 57 && losesOrder(mapping, key)) return toDict(mapping).set(key, value as Value);
  if (key === '__proto__') {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    mapping[key] = value;
  }
  return mapping;
}

export function mappingEntries(mapping: Mapping): [unknown, unknown][] {
  return mapping instanceof PyDict ? mapping.entries() : Object.entries(mapping);
}

/** A mapping as a plain object with its keys as text, for files whose keys are names. */
export function recordOf(mapping: Mapping): Record<string, unknown> {
  return Object.fromEntries(mappingEntries(mapping).map(([key, value]) => [keyText(key), value]));
}

/** A key as Python prints it. */
export function keyText(key: unknown): string {
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  return key instanceof PyFloat ? key.value.toFixed(1) : String(key);
}

/**
 * A configuration tree as plain objects, down to the keys that begin with `+`: packages and folders are looked up by
 * name, and their order says nothing. Values of settings keep what `readYaml` made of them.
 */
export function plainFolders(tree: Mapping): Record<string, unknown> {
  return Object.fromEntries(
    mappingEntries(tree).map(([key, value]) => {
      const name = keyText(key);
      return [name, isMapping(value) && !name.startsWith('+') ? plainFolders(value) : value];
    }),
  );
}

/**
 * A mapping with its `<<` merged in, in PyYAML's order: merged keys stand first, own keys win. `merges` are in the
 * order written; of a list the first mapping wins.
 */
export function mergeInto(own: Mapping, merges: readonly (readonly Mapping[])[]): Mapping {
  let out: Mapping = {};
  for (const list of merges) for (const merged of list.toReversed()) out = putAll(out, merged);
  return putAll(out, own);
}

/**
 * Keys that own entries and `merges` give more than once. dbt warns of them as of keys that are written twice, but not
 * where `<<` is the first key of the mapping.
 */
export function overriddenKeys(own: Mapping, merges: readonly (readonly Mapping[])[]): readonly unknown[] {
  const seen = new Set<unknown>(mappingEntries(own).map(([key]) => key));
  const twice = new Set<unknown>();
  for (const merged of merges.flat()) {
    for (const [key] of mappingEntries(merged)) {
      if (seen.has(key)) twice.add(key);
      seen.add(key);
    }
  }
  return [...twice];
}

function putAll(target: Mapping, source: Mapping): Mapping {
  let out = target;
  for (const [key, value] of mappingEntries(source)) out = mappingPut(out, key, value);
  return out;
}

const toDict = (mapping: Record<string, unknown>): PyDict =>
  PyDict.fromEntries(Object.entries(mapping) as [string, Value][]);

/** Objects list array indexes first and ascending, whatever the order of writing. */
function losesOrder(mapping: Record<string, unknown>, key: string): boolean {
  if (!isIndex(key) || Object.hasOwn(mapping, key)) return false;
  const last = Object.keys(mapping).at(-1);
  return last !== undefined && !(isIndex(last) && Number(last) < Number(key));
}

const isIndex = (key: string): boolean => /^(?:0|[1-9][0-9]*)$/.test(key) && Number(key) < 2 ** 32 - 1;
