import { HASH, type HashKey, hashKey, textKey } from './hash-key.ts';
import { jsonLoss } from './json-loss.ts';
import { raise } from './py-error.ts';
import { type PyTuple, tuple } from './sequences.ts';
import type { Value } from './values.ts';

/** A Python dict: keys by Python's equality, in insertion order; the first spelling of a key is kept. */
export class PyDict {
  #values = new Map<HashKey, Value>();
  /** Keys that differ from what the Map holds for them: True, 2.0, tuples, host objects. */
  #spellings: Map<HashKey, Value> | null = null;

  static fromEntries(entries: Iterable<readonly [Value, Value]>): PyDict {
    const out = new PyDict();
    for (const [key, value] of entries) out.set(key, value);
    return out;
  }

  /** A dict with the own enumerable properties of a record. */
  static fromRecord(record: Readonly<Record<string, Value>>): PyDict {
    return PyDict.fromEntries(Object.entries(record));
  }

  get size(): number {
    return this.#values.size;
  }

  has(key: Value): boolean {
    return this.#values.has(hashKey(key));
  }

  /** undefined where the key is missing. */
  get(key: Value): Value | undefined {
    return this.#values.get(hashKey(key));
  }

  set(key: Value, value: Value): this {
    const hash = hashKey(key);
    if (hash !== key && !this.#values.has(hash)) {
      this.#spellings ??= new Map();
      this.#spellings.set(hash, key);
    }
    this.#values.set(hash, value);
    return this;
  }

  delete(key: Value): boolean {
    const hash = hashKey(key);
    this.#spellings?.delete(hash);
    return this.#values.delete(hash);
  }

  clear(): void {
    this.#values.clear();
    this.#spellings = null;
  }

  keys(): Value[] {
    const hashes = [...this.#values.keys()];
    const spellings = this.#spellings;
    if (spellings === null) return hashes as Value[];
    return hashes.map((hash) => (spellings.has(hash) ? spellings.get(hash)! : (hash as Value)));
  }

  values(): Value[] {
    return [...this.#values.values()];
  }

  entries(): [Value, Value][] {
    const keys = this.keys();
    let index = 0;
    const out: [Value, Value][] = [];
    for (const value of this.#values.values()) {
      out.push([keys[index]!, value]);
      index += 1;
    }
    return out;
  }

  copy(): PyDict {
    const out = new PyDict();
    out.#values = new Map(this.#values);
    out.#spellings = this.#spellings === null ? null : new Map(this.#spellings);
    return out;
  }

  /** For `JSON.stringify`, which has text keys only. */
  toJSON(): Readonly<Record<string, unknown>> {
    jsonLoss.met = true;
    return Object.fromEntries(this.entries().map(([key, value]) => [String(key), value]));
  }

  [HASH](): HashKey {
    return raise('TypeError', "unhashable type: 'dict'");
  }
}

/** A Python set; in insertion order, so that what we print is the same in every run. */
export class PySet {
  readonly #items = new PyDict();

  constructor(items: Iterable<Value> = []) {
    for (const item of items) this.add(item);
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: Value): boolean {
    return this.#items.has(item);
  }

  add(item: Value): void {
    if (!this.#items.has(item)) this.#items.set(item, true);
  }

  delete(item: Value): boolean {
    return this.#items.delete(item);
  }

  clear(): void {
    this.#items.clear();
  }

  items(): Value[] {
    return this.#items.keys();
  }

  [HASH](): HashKey {
    return raise('TypeError', "unhashable type: 'set'");
  }
}

/** Data of the tool shown to templates as a dict: own enumerable properties of an object without a class. */
export interface PlainDict {
  readonly [key: string]: Value | undefined;
}

export type Dict = PyDict | PlainDict;

/** What `d.keys()`, `d.values()` and `d.items()` return: follows later changes of the dict. */
export class DictView {
  readonly source: Dict;
  readonly kind: 'keys' | 'values' | 'items';

  constructor(source: Dict, kind: 'keys' | 'values' | 'items') {
    this.source = source;
    this.kind = kind;
  }

  get length(): number {
    return dictSize(this.source);
  }

  items(): Value[] {
    if (this.kind === 'keys') return dictKeys(this.source);
    return this.kind === 'values' ? dictValues(this.source) : dictItems(this.source);
  }

  [HASH](): HashKey {
    return raise('TypeError', `unhashable type: 'dict_${this.kind}'`);
  }
}

/** A plain object without a class; arrays, class instances and host objects are not. */
export function isPlainDict(value: unknown): value is PlainDict {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isDict(value: unknown): value is Dict {
  return value instanceof PyDict || isPlainDict(value);
}

/** The value under a key, or undefined; plain objects have text keys only. */
export function dictGet(dict: Dict, key: Value): Value | undefined {
  if (dict instanceof PyDict) return dict.get(key);
  const name = plainKey(key);
  return name !== null && Object.hasOwn(dict, name) ? dict[name] : undefined;
}

export function dictHas(dict: Dict, key: Value): boolean {
  return dict instanceof PyDict ? dict.has(key) : dictGet(dict, key) !== undefined;
}

/** Writes an entry; a TypeError where the data belongs to the tool and is frozen. */
export function dictSet(dict: Dict, key: Value, value: Value): void {
  if (dict instanceof PyDict) {
    dict.set(key, value);
    return;
  }
  const name = plainKey(key) ?? raise('TypeError', 'keys of this dict must be text');
  refuseFrozen(dict, 'dict');
  Object.defineProperty(dict, name, { value, enumerable: true, configurable: true, writable: true });
}

export function dictDelete(dict: Dict, key: Value): void {
  if (dict instanceof PyDict) {
    dict.delete(key);
    return;
  }
  refuseFrozen(dict, 'dict');
  const name = plainKey(key);
  if (name !== null) Reflect.deleteProperty(dict, name);
}

export function dictSize(dict: Dict): number {
  return dict instanceof PyDict ? dict.size : dictKeys(dict).length;
}

export function dictKeys(dict: Dict): Value[] {
  if (dict instanceof PyDict) return dict.keys();
  return Object.keys(dict).filter((key) => dict[key] !== undefined);
}

export function dictValues(dict: Dict): Value[] {
  if (dict instanceof PyDict) return dict.values();
  return Object.values(dict).filter((value) => value !== undefined);
}

export function dictEntries(dict: Dict): [Value, Value][] {
  if (dict instanceof PyDict) return dict.entries();
  return Object.entries(dict).filter((entry): entry is [string, Value] => entry[1] !== undefined);
}

/** The entries as Python tuples. */
export function dictItems(dict: Dict): PyTuple[] {
  return dictEntries(dict).map(([key, value]) => tuple(key, value));
}

/** Data that belongs to the tool is frozen: a template that tries to change it learns so. */
export function refuseFrozen(value: object, typeName: string): void {
  if (Object.isFrozen(value)) raise('TypeError', `this '${typeName}' object is read-only`);
}

function plainKey(key: Value): string | null {
  if (typeof key === 'string') return key;
  const hash = hashKey(key);
  return typeof hash === 'string' && textKey(hash) === hash ? hash : null;
}
