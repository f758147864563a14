import { nameStartOf, packageOfId, typeOfId } from '../../context/ids.ts';
import type { AnyNode, ModelNode } from '../node.ts';
import type { NodeDraft, ParsedNode } from '../node-store.ts';
import type { Outside } from '../outside.ts';
import { entryOf } from '../record.ts';
import { type CachedRows, cachedNode } from './cached-node.ts';
import { rowOf } from './key-index.ts';
import { edgeCount, none16, type Rows, rowFlags, type Section } from './rows.ts';

const refableTypes: readonly string[] = ['model', 'seed', 'snapshot'];

/** What is parsed anew. */
export interface ParsedRows extends Pick<Outside, 'isParsed' | 'passesOver'> {
  /** Whether a former row comes of it. */
  isParsedRow(row: number): boolean;
}

/** The rows of what is not parsed, as the rest of the project. */
export class OutsideRows implements Outside {
  readonly #cached: CachedRows;
  readonly #isParsedRow: (row: number) => boolean;
  readonly isParsed: Outside['isParsed'];
  readonly passesOver: Outside['passesOver'];
  readonly #packages: readonly string[];
  #otherNames: ReadonlyMap<string, readonly number[]> | null = null;
  #hasDated: boolean | null = null;

  constructor(cached: CachedRows, packages: readonly string[], parsed: ParsedRows) {
    this.#cached = cached;
    this.#packages = packages;
    this.#isParsedRow = parsed.isParsedRow;
    this.isParsed = parsed.isParsed;
    this.passesOver = parsed.passesOver;
  }

  refables(name: string, packageName: string | null): readonly ParsedNode[] {
    return this.#refableRows(name, packageName).map((row) => outsideNode(this.#node(row)));
  }

  source(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('sources', 'source', name, packageName);
  }

  metric(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('metrics', 'metric', name, packageName);
  }

  function(name: string, packageName: string | null): AnyNode | undefined {
    return this.#first('functions', 'function', name, packageName);
  }

  node(id: string): AnyNode | undefined {
    const row = this.#edgeRow(id);
    return row === undefined ? undefined : this.#node(row);
  }

  datedModel(id: string): ModelNode | undefined {
    this.#hasDated ??= this.#cached.rows.flags.some((bits) => (bits & rowFlags.dated) !== 0);
    if (!this.#hasDated) return undefined;
    const row = this.#edgeRow(id);
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

  /** Of what stands in the graph. */
  #edgeRow(id: string): number | undefined {
    const row = this.#rowOf(id);
    return row !== undefined && row < edgeCount(this.#cached.rows) ? row : undefined;
  }

  #node(row: number): AnyNode {
    return cachedNode(this.#cached, row);
  }

  /** The first row of a name in a section, by which it stands behind type and package of its id. */
  #first(section: Section, type: string, name: string, packageName: string | null): AnyNode | undefined {
    const [row] = this.#idRows(section, [type], name, packageName);
    return row === undefined ? undefined : this.#node(row);
  }

  #idRows(
    section: Section,
    types: readonly string[],
    name: string,
    packageName: string | null,
  ): readonly number[] {
    const { rows } = this.#cached;
    const [from, to] = rows.bounds[section];
    const found: number[] = [];
    for (const one of packageName === null ? this.#packages : [packageName]) {
      for (const type of types) {
        const row = this.#rowOf(`${type}.${one}.${name}`);
        if (row !== undefined && row >= from && row < to) found.push(row);
      }
    }
    return found.sort((a, b) => a - b);
  }

  #refableRows(name: string, packageName: string | null): readonly number[] {
    const { rows } = this.#cached;
    this.#otherNames ??= this.#namesBesideIds();
    const isByName = (row: number): boolean => !hasOtherName(rows, row);
    const found = this.#idRows('nodes', refableTypes, name, packageName).filter(isByName);
    const others = this.#otherNames.get(name) ?? [];
    const wanted = others.filter(
      (row) => packageName === null || packageOfId(rows.keys[row]!) === packageName,
    );
    return wanted.length === 0 ? found : [...found, ...wanted].sort((a, b) => a - b);
  }

  /** What a ref calls those whose ids do not say it: `orders.v2`, and `orders` for the latest version. */
  #namesBesideIds(): ReadonlyMap<string, readonly number[]> {
    const { rows } = this.#cached;
    const names = new Map<string, number[]>();
    const add = (name: string, row: number): void => {
      entryOf(names, name, () => []).push(row);
    };
    const [from, to] = rows.bounds.nodes;
    for (let row = from; row < to; row += 1) {
      if (!hasOtherName(rows, row) || rows.keys[row]!.startsWith('test.')) continue;
      if (!refableTypes.includes(typeOfId(rows.keys[row]!)) || this.#isParsedRow(row)) continue;
      const { name, version, latest_version: latest } = this.#node(row) as ModelNode;
      if (rows.flags[row]! & rowFlags.versioned) {
        add(`${name}.v${version}`, row);
        if (version === latest) add(name, row);
      } else add(name, row);
    }
    return names;
  }

  /** Undefined where it is parsed too. */
  #rowOf(id: string): number | undefined {
    const row = rowOf(this.#cached.rows, id);
    return row === undefined || this.#isParsedRow(row) ? undefined : row;
  }
}

const hasOtherName = ({ flags, nameLength }: Rows, row: number): boolean =>
  (flags[row]! & rowFlags.versioned) !== 0 || nameLength[row] === none16;

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
