import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Manifest } from '../manifest.ts';
import { type CachedRows, cachedNode, decodeEntry } from './cached-node.ts';
import { rowOf } from './key-index.ts';
import type { Section } from './rows.ts';

export interface CachedParts {
  readonly projectName: string;
  readonly adapterType: string;
  readonly selectors: ReadonlyMap<string, unknown>;
  readonly warnings: readonly Diagnostic[];
}

/** A manifest whose entries are read from the cache when they are asked for. */
export function cachedManifest(cached: CachedRows, parts: CachedParts): Manifest {
  const section = <Entry>(name: Section, read: (row: number) => Entry): ReadonlyMap<string, Entry> =>
    new CachedMap(cached, name, read);
  const nodes = (name: Section): ReadonlyMap<string, never> =>
    section(name, (row) => cachedNode(cached, row) as never);
  const whole = (name: Section): ReadonlyMap<string, never> =>
    section(name, (row) => decodeEntry(cached, row) as never);
  return {
    ...parts,
    nodes: nodes('nodes'),
    sources: nodes('sources'),
    exposures: nodes('exposures'),
    metrics: nodes('metrics'),
    semanticModels: nodes('semantic_models'),
    savedQueries: nodes('saved_queries'),
    unitTests: nodes('unit_tests'),
    functions: nodes('functions'),
    macros: whole('macros'),
    docs: whole('docs'),
    groups: whole('groups'),
    disabled: whole('disabled'),
  };
}

/** One section as a map; an entry is made once. */
class CachedMap<Entry> implements ReadonlyMap<string, Entry> {
  readonly #cached: CachedRows;
  readonly #from: number;
  readonly #to: number;
  readonly #read: (row: number) => Entry;
  readonly #made: (Entry | undefined)[] = [];
  #disabled: ReadonlyMap<string, number> | null = null;

  constructor(cached: CachedRows, section: Section, read: (row: number) => Entry) {
    this.#cached = cached;
    [this.#from, this.#to] = cached.rows.bounds[section];
    this.#read = read;
  }

  get size(): number {
    return this.#to - this.#from;
  }

  get [Symbol.toStringTag](): string {
    return 'CachedMap';
  }

  has(key: string): boolean {
    return this.#rowOf(key) !== undefined;
  }

  get(key: string): Entry | undefined {
    const row = this.#rowOf(key);
    return row === undefined ? undefined : this.#entry(row);
  }

  forEach(
    visit: (value: Entry, key: string, map: ReadonlyMap<string, Entry>) => void,
    thisArgument?: unknown,
  ): void {
    for (const [key, entry] of this) visit.call(thisArgument, entry, key, this);
  }

  *keys(): MapIterator<string> {
    for (let row = this.#from; row < this.#to; row += 1) yield this.#cached.rows.keys[row]!;
  }

  *values(): MapIterator<Entry> {
    for (let row = this.#from; row < this.#to; row += 1) yield this.#entry(row);
  }

  *entries(): MapIterator<[string, Entry]> {
    for (let row = this.#from; row < this.#to; row += 1) {
      yield [this.#cached.rows.keys[row]!, this.#entry(row)];
    }
  }

  [Symbol.iterator](): MapIterator<[string, Entry]> {
    return this.entries();
  }

  #rowOf(key: string): number | undefined {
    const { rows } = this.#cached;
    if (this.#from < rows.bounds.disabled[0]) {
      const row = rowOf(rows, key);
      return row !== undefined && row >= this.#from && row < this.#to ? row : undefined;
    }
    if (this.#disabled === null) {
      const disabled = new Map<string, number>();
      for (let row = this.#from; row < this.#to; row += 1) disabled.set(rows.keys[row]!, row);
      this.#disabled = disabled;
    }
    return this.#disabled.get(key);
  }

  #entry(row: number): Entry {
    const at = row - this.#from;
    let entry = this.#made[at];
    if (entry === undefined) {
      entry = this.#read(row);
      this.#made[at] = entry;
    }
    return entry;
  }
}
