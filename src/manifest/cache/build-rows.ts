import type { FreshRow } from './fresh-row.ts';
import { edgeLine, lineStart } from './fresh-row.ts';
import { Interned } from './interned.ts';
import { keyIndexOf, rowOf } from './key-index.ts';
import {
  type Bounds,
  edgeCount,
  none16,
  none32,
  type Rows,
  rowFlags,
  rowKinds,
  type Section,
  sections,
  type TextColumns,
} from './rows.ts';
import type { SegmentWriter, TextPlace } from './segments.ts';

/** Rows that stay as they are: those of `rows` that `keeps` says, in their order. */
export interface FormerRows {
  readonly rows: Rows;
  keeps(row: number): boolean;
  /** Where a row stands among the entries of its section. */
  position(row: number): number;
  /** The present number of a former file. */
  file(file: number): number;
  /** Whether all files have the numbers that they had. */
  readonly sameFiles: boolean;
}

/** What was parsed: a row, or the former row that says the same. */
export type ParsedRow = FreshRow & { readonly former?: number };

export interface BuildOptions {
  /** Grouped by section, each in order of their positions. */
  readonly fresh: Iterable<ParsedRow>;
  readonly former: FormerRows | null;
  /** Number of a fresh row's file; undefined for our own. */
  fileOf(row: FreshRow): number | undefined;
  /** Number of the segment that is being written. */
  readonly segment: number;
  readonly writer: SegmentWriter;
}

interface GrowingTexts {
  readonly segment: number[];
  readonly offset: number[];
  readonly length: number[];
}

/** Writes the texts of fresh rows, and puts them among those that stay. */
export function buildRows(options: BuildOptions): Rows {
  return new RowsBuilder(options).build();
}

const texts = (): GrowingTexts => ({ segment: [], offset: [], length: [] });

class RowsBuilder {
  readonly #options: BuildOptions;
  readonly #keys: string[] = [];
  readonly #entry = texts();
  readonly #parentLine = texts();
  readonly #numbers = {
    kind: [] as number[],
    file: [] as number[],
    flags: [] as number[],
    nameLength: [] as number[],
    fqnPrefix: [] as number[],
    group: [] as number[],
    relation: [] as number[],
    face: [] as number[],
  };
  readonly #fqnPrefixes: Interned;
  readonly #groups: Interned;
  /** Of each row, the former row it is, or -1. */
  readonly #formerOf: number[] = [];
  /** Of fresh rows, their parents by id. Not the rows themselves, whose texts are the whole manifest. */
  readonly #parentIds: (FreshRow['parents'] | undefined)[] = [];

  constructor(options: BuildOptions) {
    this.#options = options;
    this.#fqnPrefixes = new Interned(options.former?.rows.fqnPrefixes ?? []);
    this.#groups = new Interned(options.former?.rows.groups ?? []);
  }

  build(): Rows {
    const bounds = this.#placeRows();
    const present = presentRows(this.#options.former?.rows.keys.length ?? 0, this.#formerOf);
    const { parentStart, parents } = this.#linkParents(present);
    const changed = this.#changedParents(edgeCount({ bounds }), present, parentStart, parents);
    const childLine = this.#writeChildren(changed, parentStart, parents);
    const { kind, file, flags, nameLength, fqnPrefix, group, relation, face } = this.#numbers;
    return {
      keys: this.#keys,
      keyIndex: keyIndexOf(this.#keys, bounds.disabled[0]),
      bounds,
      fqnPrefixes: this.#fqnPrefixes.values,
      groups: this.#groups.values,
      entry: typedTexts(this.#entry),
      parentLine: typedTexts(this.#parentLine),
      childLine,
      kind: Uint8Array.from(kind),
      file: Uint32Array.from(file),
      flags: Uint8Array.from(flags),
      nameLength: Uint16Array.from(nameLength),
      fqnPrefix: Uint32Array.from(fqnPrefix),
      group: Uint16Array.from(group),
      relation: Uint32Array.from(relation),
      face: Uint32Array.from(face),
      parentStart,
      parents,
    };
  }

  #placeRows(): Bounds {
    const { former, fresh } = this.#options;
    const bounds: Partial<Record<Section, readonly [number, number]>> = {};
    const waiting = fresh[Symbol.iterator]();
    let next = waiting.next();
    for (const section of sections) {
      const start = this.#keys.length;
      const isNext = (): boolean => next.done !== true && next.value.section === section;
      const pushNext = (): void => {
        const row = next.value as ParsedRow;
        if (row.former === undefined) this.#push(row);
        else this.#copy(former!, row.former);
        next = waiting.next();
      };
      if (former !== null) {
        const [from, to] = former.rows.bounds[section];
        for (let row = from; row < to; row += 1) {
          if (!former.keeps(row)) continue;
          while (isNext() && (next.value as ParsedRow).position < former.position(row)) pushNext();
          this.#copy(former, row);
        }
      }
      while (isNext()) pushNext();
      bounds[section] = [start, this.#keys.length];
    }
    return bounds as Bounds;
  }

  #push(row: FreshRow): void {
    const { writer, fileOf } = this.#options;
    const numbers = this.#numbers;
    this.#formerOf.push(-1);
    this.#parentIds.push(row.parents);
    this.#keys.push(row.key);
    this.#place(this.#entry, writer.add(lineStart(row.key), row.text, separator));
    numbers.kind.push(rowKinds.indexOf(row.kind));
    numbers.file.push(fileOf(row) ?? none32);
    numbers.flags.push(row.flags);
    numbers.nameLength.push(row.nameLength);
    numbers.fqnPrefix.push(row.fqnPrefix === null ? none32 : this.#fqnPrefixes.number(row.fqnPrefix));
    numbers.group.push(row.group === null ? none16 : this.#groups.number(row.group));
    numbers.relation.push(row.relation);
    numbers.face.push(row.face);
  }

  #copy(former: FormerRows, row: number): void {
    const { rows } = former;
    const numbers = this.#numbers;
    this.#formerOf.push(row);
    this.#parentIds.push(undefined);
    this.#keys.push(rows.keys[row]!);
    copyText(this.#entry, rows.entry, row);
    numbers.kind.push(rows.kind[row]!);
    numbers.file.push(rows.file[row] === none32 ? none32 : former.file(rows.file[row]!));
    numbers.flags.push(rows.flags[row]!);
    numbers.nameLength.push(rows.nameLength[row]!);
    numbers.fqnPrefix.push(rows.fqnPrefix[row]!);
    numbers.group.push(rows.group[row]!);
    numbers.relation.push(rows.relation[row]!);
    numbers.face.push(rows.face[row]!);
  }

  /** After the rows, so that the lines of `parent_map` lie together as they do in the manifest. */
  #linkParents(present: Uint32Array): { readonly parentStart: Uint32Array; readonly parents: Uint32Array } {
    const { former, writer } = this.#options;
    const count = this.#keys.length;
    const rowOf = this.#rowFinder(present);
    const parentStart = new Uint32Array(count + 1);
    const parents: number[] = [];
    for (let row = 0; row < count; row += 1) {
      parentStart[row] = parents.length;
      const known = this.#formerOf[row]!;
      if (known >= 0) {
        const { rows } = former!;
        copyText(this.#parentLine, rows.parentLine, known);
        for (let at = rows.parentStart[known]!; at < rows.parentStart[known + 1]!; at += 1) {
          const parent = present[rows.parents[at]!]!;
          // A parent that was parsed anew has a new row under its old key.
          const found = parent === none32 ? rowOf(rows.keys[rows.parents[at]!]!) : parent;
          if (found !== undefined) parents.push(found);
          else this.#numbers.flags[row]! |= rowFlags.strayParents;
        }
        continue;
      }
      const ids = this.#parentIds[row] ?? null;
      const line = ids === null ? nowhere : writer.add(edgeLine(this.#keys[row]!, ids), separator);
      this.#place(this.#parentLine, line);
      for (const id of ids ?? []) {
        const found = rowOf(id);
        if (found !== undefined) parents.push(found);
        else this.#numbers.flags[row]! |= rowFlags.strayParents;
      }
    }
    parentStart[count] = parents.length;
    return { parentStart, parents: Uint32Array.from(parents) };
  }

  /** Rows by id: fresh ones, else what has become of a former one. */
  #rowFinder(present: Uint32Array): (id: string) => number | undefined {
    const rows = new Map<string, number>();
    // Disabled nodes come last, and may have the id of one that is not.
    for (let row = 0; row < this.#keys.length; row += 1) {
      const key = this.#keys[row]!;
      if (this.#formerOf[row]! < 0 && !rows.has(key)) rows.set(key, row);
    }
    const { former } = this.#options;
    return (id) => {
      const fresh = rows.get(id);
      if (fresh !== undefined || former === null) return fresh;
      const known = rowOf(former.rows, id);
      const row = known === undefined ? none32 : present[known]!;
      return row === none32 ? undefined : row;
    };
  }

  #writeChildren(changed: Uint8Array, parentStart: Uint32Array, parents: Uint32Array): TextColumns {
    const { former, writer, segment } = this.#options;
    const count = this.#keys.length;
    const childLine: TextColumns = {
      segment: new Uint16Array(count),
      offset: new Uint32Array(count),
      length: new Uint32Array(count),
    };
    const edges = changed.length;
    const children = new Map<number, string[]>();
    for (let row = 0; row < edges; row += 1) {
      for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) {
        const parent = parents[at]!;
        if (!changed[parent]) continue;
        const list = children.get(parent);
        if (list === undefined) children.set(parent, [this.#keys[row]!]);
        else list.push(this.#keys[row]!);
      }
    }
    for (let row = 0; row < edges; row += 1) {
      const known = this.#formerOf[row]!;
      if (changed[row]) {
        const ids = children.get(row) ?? [];
        const place = writer.add(edgeLine(this.#keys[row]!, ids), separator);
        childLine.segment[row] = segment;
        childLine.offset[row] = place.offset;
        childLine.length[row] = place.length - separatorLength;
      } else if (known >= 0) {
        childLine.segment[row] = former!.rows.childLine.segment[known]!;
        childLine.offset[row] = former!.rows.childLine.offset[known]!;
        childLine.length[row] = former!.rows.childLine.length[known]!;
      }
    }
    return childLine;
  }

  /** Rows whose children may be others than before: new ones, and parents of what is new or gone. */
  #changedParents(
    edges: number,
    present: Uint32Array,
    parentStart: Uint32Array,
    parents: Uint32Array,
  ): Uint8Array {
    const changed = new Uint8Array(edges);
    const { former } = this.#options;
    for (let row = 0; row < edges; row += 1) {
      if (this.#formerOf[row]! >= 0) continue;
      changed[row] = 1;
      for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) changed[parents[at]!] = 1;
    }
    if (former === null) return changed;
    const { rows } = former;
    for (let row = 0; row < edgeCount(rows); row += 1) {
      if (present[row] !== none32) continue;
      for (let at = rows.parentStart[row]!; at < rows.parentStart[row + 1]!; at += 1) {
        const parent = present[rows.parents[at]!]!;
        if (parent !== none32) changed[parent] = 1;
      }
    }
    return changed;
  }

  #place(into: GrowingTexts, { offset, length }: TextPlace): void {
    into.segment.push(this.#options.segment);
    into.offset.push(offset);
    into.length.push(Math.max(0, length - separatorLength));
  }
}

/** Between two lines of the manifest; written behind each text, so that neighbours can be copied at once. */
export const separator = ',\n';
const separatorLength = separator.length;
const nowhere: TextPlace = { offset: 0, length: 0 };

function copyText(into: GrowingTexts, from: TextColumns, row: number): void {
  into.segment.push(from.segment[row]!);
  into.offset.push(from.offset[row]!);
  into.length.push(from.length[row]!);
}

const typedTexts = ({ segment, offset, length }: GrowingTexts): TextColumns => ({
  segment: Uint16Array.from(segment),
  offset: Uint32Array.from(offset),
  length: Uint32Array.from(length),
});

/** Of each former row its present one, `none32` where it is gone. */
function presentRows(count: number, formerOf: readonly number[]): Uint32Array {
  const present = new Uint32Array(count).fill(none32);
  for (const [row, former] of formerOf.entries()) if (former >= 0) present[former] = row;
  return present;
}
