import { rowOf } from '../manifest/cache/key-index.ts';
import { rowsNamed } from '../manifest/cache/row-names.ts';
import { edgeCount, type Rows, rowFlags } from '../manifest/cache/rows.ts';
import type { UniqueId } from '../manifest/node.ts';
import { isPattern } from './glob.ts';
import type { Graph } from './graph.ts';
import type { Criterion } from './selector.ts';

/**
 * The graph of a remembered manifest, made of its rows without reading a node. The rows must have no ring. Maps and
 * lists are made when something first asks for them.
 */
export function rowsGraph(rows: Rows): Graph {
  return new RowsGraph(rows);
}

class RowsGraph implements Graph {
  readonly ids: readonly UniqueId[];
  readonly edgeCount: number;
  readonly #rows: Rows;
  #children: { readonly start: Uint32Array; readonly rows: Uint32Array } | null = null;
  #order: readonly UniqueId[] | null = null;

  constructor(rows: Rows) {
    const count = edgeCount(rows);
    this.#rows = rows;
    this.ids = rows.keys.slice(0, count);
    this.edgeCount = rows.parentStart[count]!;
  }

  get order(): readonly UniqueId[] {
    this.#order ??= [...this.#inOrder()].map((row) => this.ids[row]!);
    return this.#order;
  }

  get switchedOff(): ReadonlySet<UniqueId> {
    const { flags } = this.#rows;
    const out = new Set<UniqueId>();
    for (let row = 0; row < this.ids.length; row += 1) {
      if ((flags[row]! & rowFlags.switchedOff) !== 0) out.add(this.ids[row]!);
    }
    return out;
  }

  has(id: UniqueId): boolean {
    return this.#row(id) !== undefined;
  }

  parents = (id: UniqueId): readonly UniqueId[] => {
    const row = this.#row(id);
    if (row === undefined) return [];
    const { parentStart, parents } = this.#rows;
    return this.#idsOf(parents, parentStart[row]!, parentStart[row + 1]!);
  };

  children = (id: UniqueId): readonly UniqueId[] => {
    const row = this.#row(id);
    if (row === undefined) return [];
    this.#children ??= this.#turned();
    const { start, rows } = this.#children;
    return this.#idsOf(rows, start[row]!, start[row + 1]!);
  };

  candidates({ method, value }: Criterion): readonly UniqueId[] | null {
    if (method !== 'fqn' || isPattern(String(value))) return null;
    return rowsNamed(this.#rows, String(value)).map((row) => this.ids[row]!);
  }

  #idsOf(rows: Uint32Array, from: number, to: number): readonly UniqueId[] {
    const out: UniqueId[] = [];
    for (let at = from; at < to; at += 1) out.push(this.ids[rows[at]!]!);
    return out;
  }

  #row(id: UniqueId): number | undefined {
    const row = rowOf(this.#rows, id);
    return row !== undefined && row < this.ids.length ? row : undefined;
  }

  /** The edges the other way round; children in the manifest's order. */
  #turned(): { readonly start: Uint32Array; readonly rows: Uint32Array } {
    const { parentStart, parents } = this.#rows;
    const count = this.ids.length;
    const start = new Uint32Array(count + 1);
    for (let at = 0; at < this.edgeCount; at += 1) start[parents[at]! + 1]! += 1;
    for (let row = 0; row < count; row += 1) start[row + 1]! += start[row]!;
    const next = start.slice();
    const rows = new Uint32Array(this.edgeCount);
    for (let row = 0; row < count; row += 1) {
      for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) {
        const parent = parents[at]!;
        rows[next[parent]!] = row;
        next[parent]! += 1;
      }
    }
    return { start, rows };
  }

  /** As `buildGraph` orders: depth first from each row, parents before it. */
  *#inOrder(): Generator<number> {
    const { parentStart, parents } = this.#rows;
    const count = this.ids.length;
    const next = parentStart.slice(0, count);
    const met = new Uint8Array(count);
    const path: number[] = [];
    for (let row = 0; row < count; row += 1) {
      if (met[row] === 1) continue;
      met[row] = 1;
      path.push(row);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        if (next[top]! >= parentStart[top + 1]!) {
          path.pop();
          yield top;
          continue;
        }
        const parent = parents[next[top]!]!;
        next[top]! += 1;
        if (met[parent] === 1) continue;
        met[parent] = 1;
        path.push(parent);
      }
    }
  }
}
