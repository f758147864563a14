import { packageOfId, typeOfId } from '../../context/ids.ts';
import { fromJsonText } from '../json-text.ts';
import type { AnyNode, UniqueId } from '../node.ts';
import { fqnOf, nameOf, sourceNameOf } from './row-names.ts';
import { none16, none32, type Rows, rowFlags, rowKinds } from './rows.ts';
import type { SegmentReader } from './segments.ts';

/** The rows of a cached manifest with the texts behind them, and the paths of its files within their packages. */
export interface CachedRows {
  readonly rows: Rows;
  readonly texts: SegmentReader;
  readonly pathOf: (file: number) => string;
}

/** The JSON of a row's entry. */
export function entryText({ rows, texts }: CachedRows, row: number): string {
  const { segment, offset, length } = rows.entry;
  const line = texts.text(segment[row]!, offset[row]!, length[row]!);
  return line.slice(JSON.stringify(rows.keys[row]!).length + 1);
}

export function decodeEntry(cached: CachedRows, row: number): unknown {
  return fromJsonText(entryText(cached, row), rowKinds[cached.rows.kind[row]!]!);
}

/**
 * A node that is read from the cache when something is asked of it that its row does not say; in everything else a
 * node like any other. Selection looks at tens of thousands of nodes, and at most of them this far only.
 */
export function cachedNode(cached: CachedRows, row: number): AnyNode {
  return new Proxy(new RowState(cached, row), rowHandler) as unknown as AnyNode;
}

type Fields = Record<string | symbol, unknown>;

/** An object of which some members are known, and all others read when one is asked for. */
class PartHandler implements ProxyHandler<Fields> {
  readonly #known: Fields;
  readonly #decode: () => object;
  #decoded = false;

  constructor(known: Fields, decode: () => object) {
    this.#known = known;
    this.#decode = decode;
  }

  get(target: Fields, key: string | symbol): unknown {
    return !this.#decoded && key in this.#known ? this.#known[key] : this.#fill(target)[key];
  }

  has(target: Fields, key: string | symbol): boolean {
    return key in this.#known || key in this.#fill(target);
  }

  ownKeys(target: Fields): (string | symbol)[] {
    return Reflect.ownKeys(this.#fill(target));
  }

  getOwnPropertyDescriptor(target: Fields, key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#fill(target), key);
  }

  #fill(target: Fields): Fields {
    if (!this.#decoded) Object.assign(target, this.#decode());
    this.#decoded = true;
    return target;
  }
}

/** What a node that is read from the cache is made of: the target of its proxy, which shows nothing of it. */
class RowState {
  readonly #cached: CachedRows;
  readonly #row: number;
  #decoded: Fields | null = null;
  #configPart: object | null = null;

  constructor(cached: CachedRows, row: number) {
    this.#cached = cached;
    this.#row = row;
  }

  get(key: string | symbol): unknown {
    if (this.#decoded !== null) return this.#decoded[key];
    const known = this.#known(key);
    return known === undefined ? this.fields()[key] : known;
  }

  has(key: string | symbol): boolean {
    if (this.#decoded === null && this.#known(key) !== undefined) return true;
    return key in this.fields();
  }

  fields(): Fields {
    this.#decoded ??= decodeEntry(this.#cached, this.#row) as Fields;
    return this.#decoded;
  }

  /** What the row itself says; undefined for everything else. */
  #known(key: string | symbol): unknown {
    const { rows, pathOf } = this.#cached;
    const row = this.#row;
    const id = rows.keys[row]!;
    switch (key) {
      case 'unique_id':
        return id;
      case 'resource_type':
        return typeOfId(id);
      case 'package_name':
        return packageOfId(id);
      case 'name':
        return nameOf(rows, row);
      case 'fqn':
        return fqnOf(rows, row);
      case 'original_file_path':
        return rows.file[row] === none32 ? undefined : pathOf(rows.file[row]!);
      case 'group':
        // What is no node may have no group at all, which only its JSON tells.
        if (rows.group[row] === none16) return row < rows.bounds.nodes[1] ? null : undefined;
        return rows.groups[rows.group[row]!];
      case 'time_spine':
        return rows.flags[row]! & rowFlags.timeSpine || !id.startsWith('model.') ? undefined : null;
      case 'version':
      case 'latest_version':
        return id.startsWith('model.') && !(rows.flags[row]! & rowFlags.versioned) ? null : undefined;
      case 'source_name':
        return id.startsWith('source.') ? sourceNameOf(rows, row) : undefined;
      case 'config':
        return this.#config();
      case 'depends_on':
        return this.#dependsOn();
      default:
        return undefined;
    }
  }

  /** Whether it is switched on is asked of every node; of few anything else. */
  #config(): unknown {
    const enabled = (this.#cached.rows.flags[this.#row]! & rowFlags.switchedOff) === 0;
    const decode = (): object => (decodeEntry(this.#cached, this.#row) as { readonly config: object }).config;
    this.#configPart ??= new Proxy({}, new PartHandler({ enabled }, decode));
    return this.#configPart;
  }

  /** The parents alone, which are all that a graph is made of; the macros are read when they are asked for. */
  #dependsOn(): unknown {
    const { rows } = this.#cached;
    const id = rows.keys[this.#row]!;
    if (rows.flags[this.#row]! & rowFlags.strayParents || /^(?:seed|source)\./.test(id)) return undefined;
    const decode = (): { readonly macros: readonly UniqueId[] } =>
      (
        decodeEntry(this.#cached, this.#row) as {
          readonly depends_on: { readonly macros: readonly UniqueId[] };
        }
      ).depends_on;
    return {
      get macros(): readonly UniqueId[] {
        return decode().macros;
      },
      nodes: parentIds(rows, this.#row),
    };
  }
}

/** One for all nodes: there are tens of thousands of them. */
const rowHandler: ProxyHandler<RowState> = {
  get: (state, key) => state.get(key),
  has: (state, key) => state.has(key),
  ownKeys: (state) => Reflect.ownKeys(state.fields()),
  getOwnPropertyDescriptor: (state, key) => Reflect.getOwnPropertyDescriptor(state.fields(), key),
  defineProperty: (state, key, descriptor) => Reflect.defineProperty(state.fields(), key, descriptor),
};

function parentIds({ keys, parentStart, parents }: Rows, row: number): UniqueId[] {
  const ids: UniqueId[] = [];
  for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) ids.push(keys[parents[at]!]!);
  return ids;
}
