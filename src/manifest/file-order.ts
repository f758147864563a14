import type { PackageFiles } from '../project/project.ts';
import type { AnyNode, UniqueId } from './node.ts';
import { operationsPath } from './paths.ts';
import { entryOf } from './record.ts';

/** What a file defines stands in the manifest in the order of the files' positions. */
export interface FileOrder {
  /** The position of a file by package and path; undefined for what is no file of the project or of our packages. */
  position(packageName: string, path: string): number | undefined;
}

type Listed = Readonly<Record<keyof PackageFiles, readonly { readonly path: string }[]>>;

const kinds = [
  'models',
  'snapshots',
  'analyses',
  'singularTests',
  'seeds',
  'functions',
  'macros',
  'genericTests',
  'docs',
  'fixtures',
] as const satisfies readonly (keyof PackageFiles)[];

/**
 * dbt's order: the root project's files, our own packages, installed packages, each by what files hold and then by
 * path; after all of them the properties files.
 */
export function fileOrder(
  packages: readonly { readonly name: string; readonly files: Listed }[],
  internalPackages: readonly { readonly name: string }[],
): FileOrder {
  const order = new Map<string, Map<string, number>>();
  let position = 0;
  const add = (packageName: string, path: string): void => {
    const paths = entryOf(order, packageName, () => new Map<string, number>());
    if (paths.has(path)) return;
    paths.set(path, position);
    position += 1;
  };
  for (const [index, { name, files }] of packages.entries()) {
    for (const kind of kinds) for (const { path } of files[kind]) add(name, path);
    add(name, operationsPath);
    if (index === 0) for (const internal of internalPackages) add(internal.name, '');
  }
  for (const { name, files } of packages) for (const { path } of files.properties) add(name, path);
  return {
    position: (packageName, path) => {
      const paths = order.get(packageName);
      // Files of our own packages have no positions of their own.
      return paths?.get(path) ?? paths?.get('');
    },
  };
}

/** What decides where an entry of the manifest stands. */
export interface Placed {
  readonly package_name: string;
  readonly original_file_path: string;
  readonly file_key_name?: string | null;
}

/** Where what lies in no known file stands. Tests of sources come after everything else, because sources are read last. */
export const afterAll = 2 ** 32;

export function positionOf(order: FileOrder, node: Placed): number {
  const { package_name: name, original_file_path: path, file_key_name: fileKeyName } = node;
  const position = order.position(name, path) ?? afterAll;
  return fileKeyName?.startsWith('sources.') === true ? position + afterAll : position;
}

/** The same entries in the order of their files; those of one file stay as they are. */
export function inFileOrder<Node extends Placed>(
  entries: ReadonlyMap<UniqueId, Node>,
  order: FileOrder,
): ReadonlyMap<UniqueId, Node> {
  let last = -1;
  for (const node of entries.values()) {
    const position = positionOf(order, node);
    if (position < last) return sorted(entries, (each) => positionOf(order, each));
    last = position;
  }
  return entries;
}

const disabledTypes = [
  'function',
  'exposure',
  'metric',
  'semantic_model',
  'saved_query',
  'unit_test',
  'source',
];

/** Disabled nodes by type (what has text first), then in the order of their files; lists stand where their first node does. */
export function disabledInOrder(
  entries: ReadonlyMap<UniqueId, readonly AnyNode[]>,
  order: FileOrder,
): ReadonlyMap<UniqueId, readonly AnyNode[]> {
  return sorted(entries, (list) => disabledPosition(order, list[0]!));
}

export function disabledPosition(order: FileOrder, node: AnyNode): number {
  return disabledRank(node.resource_type) + positionOf(order, node);
}

/** What a disabled node of a type stands behind. */
export const disabledRank = (type: string): number => (disabledTypes.indexOf(type) + 1) * 2 * afterAll;

function sorted<Entry>(
  entries: ReadonlyMap<UniqueId, Entry>,
  position: (entry: Entry) => number,
): ReadonlyMap<UniqueId, Entry> {
  const placed = [...entries].map((pair) => ({ pair, at: position(pair[1]) }));
  return new Map(placed.sort((a, b) => a.at - b.at).map(({ pair }) => pair));
}
