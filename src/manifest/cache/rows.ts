import type { Table, TableContent } from './table-file.ts';

/** Sections of the manifest that the cache holds entry by entry; those up to `unit_tests` stand in its edge maps, in this order. */
export const sections = [
  'nodes',
  'sources',
  'exposures',
  'functions',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'macros',
  'docs',
  'groups',
  'disabled',
] as const;

export type Section = (typeof sections)[number];

export const lastEdgeSection: Section = 'unit_tests';

/** Where rows of a section begin and end, the end exclusive. */
export type Bounds = Readonly<Record<Section, readonly [number, number]>>;

export const none32 = 0xffffffff;
export const none16 = 0xffff;

/** Bits of `flags`. */
export const rowFlags = {
  versioned: 1,
  dated: 2,
  ofSource: 4,
  strayParents: 16,
  timeSpine: 32,
  switchedOff: 64,
} as const;

/** Where one of a row's texts lies. */
export interface TextColumns {
  readonly segment: Uint16Array;
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
}

export interface RowNumbers {
  /** The entry's line of the manifest: its key and its JSON. */
  readonly entry: TextColumns;
  /** Its lines of `parent_map` and `child_map`; length 0 for what stands in neither. */
  readonly parentLine: TextColumns;
  readonly childLine: TextColumns;
  /** 0 plain, 1 python: `JsonKind`. */
  readonly kind: Uint8Array;
  /** Number of the file it is written in, `none32` for our own. */
  readonly file: Uint32Array;
  readonly flags: Uint8Array;
  /** Length of its name within the unique id, behind type and package; `none16` where the id does not hold it. */
  readonly nameLength: Uint16Array;
  /** Number of its fqn without the name, `none32` where the name is not its end. */
  readonly fqnPrefix: Uint32Array;
  /** Number of its group, `none16` for none. */
  readonly group: Uint16Array;
  /** Digest of its relation's name, 0 for none. */
  readonly relation: Uint32Array;
  /** Digest of what others may see of it. */
  readonly face: Uint32Array;
  /** Where its parents begin in `parents`; one entry more than there are rows. */
  readonly parentStart: Uint32Array;
  /** Rows of parents. */
  readonly parents: Uint32Array;
}

/** Every entry of a manifest as a row of columns, in the manifest's order; texts of entries lie in segments. */
export interface Rows extends RowNumbers {
  readonly keys: readonly string[];
  readonly bounds: Bounds;
  readonly fqnPrefixes: readonly string[];
  readonly groups: readonly string[];
  /** Rows by key, for `rowOf`: those of all sections but `disabled`, which is the last. */
  readonly keyIndex: Uint32Array;
}

const texts = ['entry', 'parentLine', 'childLine'] as const;

export function rowsContent(rows: Rows): TableContent {
  const numbers: Record<string, Uint8Array | Uint16Array | Uint32Array> = {};
  for (const name of texts) {
    numbers[`${name}.segment`] = rows[name].segment;
    numbers[`${name}.offset`] = rows[name].offset;
    numbers[`${name}.length`] = rows[name].length;
  }
  const { kind, file, flags, nameLength, fqnPrefix, group, relation, face, parentStart, parents } = rows;
  Object.assign(numbers, { kind, file, flags, nameLength, fqnPrefix, group, relation, face });
  Object.assign(numbers, { parentStart, parents, keyIndex: rows.keyIndex });
  const { keys, fqnPrefixes, groups, bounds } = rows;
  return { data: { bounds }, texts: { keys, fqnPrefixes, groups }, numbers };
}

export function readRows(table: Table): Rows {
  const textColumns = (name: string): TextColumns => ({
    segment: table.halves(`${name}.segment`),
    offset: table.ints(`${name}.offset`),
    length: table.ints(`${name}.length`),
  });
  const { bounds } = table.data as { readonly bounds: Bounds };
  return {
    keys: table.texts('keys'),
    bounds,
    fqnPrefixes: table.texts('fqnPrefixes'),
    groups: table.texts('groups'),
    entry: textColumns('entry'),
    parentLine: textColumns('parentLine'),
    childLine: textColumns('childLine'),
    kind: table.bytes('kind'),
    file: table.ints('file'),
    flags: table.bytes('flags'),
    nameLength: table.halves('nameLength'),
    fqnPrefix: table.ints('fqnPrefix'),
    group: table.halves('group'),
    relation: table.ints('relation'),
    face: table.ints('face'),
    parentStart: table.ints('parentStart'),
    parents: table.ints('parents'),
    keyIndex: table.ints('keyIndex'),
  };
}

export const rowKinds = ['plain', 'python'] as const;

/** The rows of the sections that stand in the edge maps are the first ones. */
export const edgeCount = ({ bounds }: Pick<Rows, 'bounds'>): number => bounds[lastEdgeSection][1];

/** Whether some model says that it is a time spine. */
export const hasTimeSpine = ({ flags }: Pick<Rows, 'flags'>): boolean =>
  flags.some((bits) => (bits & rowFlags.timeSpine) !== 0);
