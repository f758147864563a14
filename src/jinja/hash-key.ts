import { HOST, type HostObject, type HostType } from './host.ts';
import { PyError, raise } from './py-error.ts';
import type { Value } from './values.ts';

/** What a Map is keyed by, so that values equal in Python (1, 1.0, True) share a key and '1' does not. */
export type HashKey = string | number | bigint | boolean | symbol | object | null;

/** Method under which a value class gives its key; without it, objects are keys by identity. */
export const HASH: unique symbol = Symbol('sluice.hash');

/** The key of a value in a Python dictionary or set; a TypeError for what Python cannot hash. */
export function hashKey(value: Value): HashKey {
  switch (typeof value) {
    case 'string':
      return textKey(value);
    case 'boolean':
      return value ? 1 : 0;
    case 'number':
    case 'bigint':
      return numberKey(value);
    default:
      return value === null ? null : objectKey(value);
  }
}

/** Whether a value may be looked up; Jinja2 finds nothing under what Python cannot hash. */
export function isHashable(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return true;
  try {
    hashKey(value);
    return true;
  } catch (thrown) {
    if (thrown instanceof PyError) return false;
    throw thrown;
  }
}

/** Derived keys (of tuples and host objects) are texts that start with NUL, so real text that does is moved aside. */
export function textKey(text: string): string {
  return text.charCodeAt(0) === 0 ? `\0s${text}` : text;
}

/** An integral float and the integer of the same value share a key, also beyond 2^53. */
export function numberKey(value: number | bigint): number | bigint {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return BigInt(value);
  return value;
}

/** The key of a tuple: its items' keys, each with its length, so that no two different tuples meet. */
export function tupleKey(items: readonly Value[]): string {
  let out = '\0t';
  for (const item of items) {
    const part = partKey(hashKey(item));
    out += `${part.length}:${part}`;
  }
  return out;
}

function partKey(key: HashKey): string {
  if (typeof key === 'object' && key !== null) return `object:${identityOf(key)}`;
  if (typeof key === 'symbol') return `symbol:${String(key.description)}`;
  return typeof key === 'bigint' || typeof key === 'number' ? `number:${key}` : `${typeof key}:${key}`;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(object, lastIdentity);
  return lastIdentity;
}

interface Hashable {
  [HASH]?(): HashKey;
}

function objectKey(value: Value & object): HashKey {
  const own = (value as Hashable)[HASH];
  if (own !== undefined) return own.call(value);
  if (Array.isArray(value)) raise('TypeError', "unhashable type: 'list'");
  const host = (value as Partial<HostObject>)[HOST] as HostType<unknown> | undefined;
  if (host === undefined) raise('TypeError', "unhashable type: 'dict'");
  if (host.hashKey === undefined) raise('TypeError', `unhashable type: '${host.typeName}'`);
  const key = host.hashKey(value);
  return typeof key === 'string' ? `\0h${host.typeName}:${key}` : numberKey(key);
}
