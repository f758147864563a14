import { nameStartOf, packageOfId, typeOfId } from '../../context/ids.ts';
import type { AnyNode, ModelNode } from '../node.ts';
import type { NodeDraft, ParsedNode } from '../node-store.ts';
import type { Outside } from '../outside.ts';
import { entryOf } from '../record.ts';
import { type CachedRows, cachedNode, nameOf } from './cached-node.ts';
import { rowFlags, type Section } from './rows.ts';

const refableTypes: ReadonlySet<string> = new Set(['model', 'seed', 'snapshot']);

/** The rows of files that are not parsed, as the rest of the project. */
export class OutsideRows implements Outside {
  readonly #cached: CachedRows;
  readonly #isParsedRow: (row: number) => boolean;
  readonly isParsed: (shown: string) => boolean;
  readonly #byName = new Map<Section, ReadonlyMap<string, readonly number[]>>();
  #byId: ReadonlyMap<string, number> | null = null;
  #hasDated: boolean | null = null;

  constructor(
    cached: CachedRows,
    isParsedRow: (row: number) => boolean,
    isParsed: (shown: string) => boolean,
  ) {
    this.#cached = cached;
    this.#isParsedRow = isParsedRow;
    this.isParsed = isParsed;
  }

  refables(name: string, packageName: string | null): readonly ParsedNode[] {
    return this.#named('nodes', name, packageName).map((row) => outsideNode(this.#node(row)));
  }

  source(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('sources', name, packageName);
  }

  metric(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('metrics', name, packageName);
  }

  function(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('functions', name, packageName);
  }

  node(id: string): AnyNode | undefined {
    this.#byId ??= this.#rowsById();
    const row = this.#byId.get(id);
    return row === undefined ? undefined : this.#node(row);
  }

  datedModel(id: string): ModelNode | undefined {
    this.#hasDated ??= this.#cached.rows.flags.some((bits) => (bits & rowFlags.dated) !== 0);
    if (!this.#hasDated) return undefined;
    this.#byId ??= this.#rowsById();
    const row = this.#byId.get(id);
    if (row === undefined || !(this.#cached.rows.flags[row]! & rowFlags.dated)) return undefined;
    return this.#node(row) as ModelNode;
  }

  *groupNames(): Generator<string> {
    const { rows } = this.#cached;
    const [from, to] = rows.bounds.groups;
    for (let row = from; row < to; row += 1) {
      if (this.#isParsedRow(row)) continue;
      const nameStart = nameStartOf(rows.keys[row]!);
      yield rows.keys[row]!.slice(nameStart);
    }
  }

  #node(row: number): AnyNode {
    return cachedNode(this.#cached, row);
  }

  #first(section: Section, name: string, packageName: string | null): AnyNode | undefined {
    const [row] = this.#named(section, name, packageName);
    return row === undefined ? undefined : this.#node(row);
  }

  #named(section: Section, name: string, packageName: string | null): readonly number[] {
    let names = this.#byName.get(section);
    if (names === undefined) {
      names = section === 'nodes' ? this.#refableNames() : this.#idNames(section);
      this.#byName.set(section, names);
    }
    const found = names.get(name) ?? [];
    if (packageName === null) return found;
    return found.filter((row) => packageOfId(this.#cached.rows.keys[row]!) === packageName);
  }

  /** By what a ref calls them: `orders`, `orders.v2`, and for the latest version `orders` again. */
  #refableNames(): ReadonlyMap<string, number[]> {
    const { rows } = this.#cached;
    const names = new Map<string, number[]>();
    const add = (name: string, row: number): void => {
      entryOf(names, name, () => []).push(row);
    };
    for (const row of this.#rowsOf('nodes')) {
      if (!refableTypes.has(typeOfId(rows.keys[row]!))) continue;
      if (rows.flags[row]! & rowFlags.versioned) {
        const { name, version, latest_version: latest } = this.#node(row) as ModelNode;
        add(`${name}.v${version}`, row);
        if (version === latest) add(name, row);
      } else add(nameOf(rows, row) ?? this.#node(row).name, row);
    }
    return names;
  }

  /** Of a source it is `source.table`. */
  #idNames(section: Section): ReadonlyMap<string, number[]> {
    const { rows } = this.#cached;
    const names = new Map<string, number[]>();
    for (const row of this.#rowsOf(section)) {
      const key = rows.keys[row]!;
      entryOf(names, key.slice(nameStartOf(key)), () => []).push(row);
    }
    return names;
  }

  #rowsById(): ReadonlyMap<string, number> {
    const ids = new Map<string, number>();
    const { keys, bounds } = this.#cached.rows;
    for (let row = 0; row < bounds.unit_tests[1]; row += 1)
      if (!this.#isParsedRow(row)) ids.set(keys[row]!, row);
    return ids;
  }

  *#rowsOf(section: Section): Generator<number> {
    const [from, to] = this.#cached.rows.bounds[section];
    for (let row = from; row < to; row += 1) if (!this.#isParsedRow(row)) yield row;
  }
}

/** A node of another file, for those who look and do not touch. */
function outsideNode(node: AnyNode): ParsedNode {
  const nothing: never[] = [];
  return {
    node: node as unknown as NodeDraft,
    place: () => ({ file: node.original_file_path, text: '', start: 0, end: 0 }),
    calls: {},
    refs: nothing,
    sources: nothing,
    metrics: nothing,
    functions: nothing,
    macros: nothing,
    settled: true,
  };
}
