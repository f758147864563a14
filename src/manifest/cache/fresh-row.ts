import { crc32 } from 'node:zlib';
import { type AdapterFacts, relationKey } from '../../adapter/facts.ts';
import { nameStartOf } from '../../context/ids.ts';
import { disabledPosition, type FileOrder, positionOf } from '../file-order.ts';
import { type JsonKind, jsonOf } from '../json-text.ts';
import type { Manifest } from '../manifest.ts';
import { parentsOf } from '../manifest.ts';
import type { AnyNode, UniqueId } from '../node.ts';
import { isRefable } from '../node-store.ts';
import { byCodePoint } from '../test-names.ts';
import { none16, rowFlags, type Section } from './rows.ts';

/** An entry that was parsed just now, with everything that its row says. */
export interface FreshRow {
  readonly section: Section;
  readonly key: string;
  /** Where it stands among the entries of its section. */
  readonly position: number;
  /** Package and path of its file. */
  readonly packageName: string;
  readonly path: string;
  /** The entry as JSON. */
  readonly text: string;
  /** Its parents, as it names them; null for what stands in no edge map. */
  readonly parents: readonly UniqueId[] | null;
  readonly kind: JsonKind;
  readonly flags: number;
  readonly nameLength: number;
  /** Null where the name is not the end of the fqn. */
  readonly fqnPrefix: string | null;
  readonly group: string | null;
  readonly relation: number;
  readonly face: number;
}

/** An entry as its line of the manifest says it. */
export const lineOf = ({ key, text }: Pick<FreshRow, 'key' | 'text'>): string => lineStart(key) + text;

/** What stands before an entry in its line. */
export const lineStart = (key: string): string => `${JSON.stringify(key)}:`;

export interface RowContext {
  readonly order: FileOrder;
  readonly facts: AdapterFacts;
}

type Parsed = Omit<Manifest, 'selectors' | 'warnings'>;

/** The rows of what was parsed and is `wanted` by package and path, section by section in the manifest's order. */
export function* freshRows(
  content: Parsed,
  context: RowContext,
  wanted: (packageName: string, path: string) => boolean = () => true,
): Generator<FreshRow> {
  const isWanted = (node: { readonly package_name: string; readonly original_file_path: string }): boolean =>
    wanted(node.package_name, node.original_file_path);

  const graph: readonly (readonly [Section, ReadonlyMap<UniqueId, AnyNode>])[] = [
    ['nodes', content.nodes],
    ['sources', content.sources],
    ['exposures', content.exposures],
    ['functions', content.functions],
    ['metrics', content.metrics],
    ['semantic_models', content.semanticModels],
    ['saved_queries', content.savedQueries],
    ['unit_tests', content.unitTests],
  ];
  for (const [section, nodes] of graph) {
    for (const node of nodes.values()) if (isWanted(node)) yield graphRow(section, node, context);
  }
  const plain = [
    ['macros', content.macros],
    ['docs', content.docs],
    ['groups', content.groups],
  ] as const;
  for (const [section, nodes] of plain) {
    for (const node of nodes.values()) {
      if (isWanted(node)) yield plainRow(section, node.unique_id, node, context);
    }
  }
  for (const [id, list] of content.disabled) if (isWanted(list[0]!)) yield disabledRow(id, list, context);
}

const noEdges = { parents: null, nameLength: none16, fqnPrefix: null, relation: 0 } as const;

function graphRow(section: Section, node: AnyNode, { order, facts }: RowContext): FreshRow {
  const { unique_id: id, name, fqn } = node;
  const { text, kind } = jsonOf(node);
  const nameStart = nameStartOf(id);
  const isSource = node.resource_type === 'source';
  const nameInId = isSource
    ? id.slice(nameStart) === `${node.source_name}.${name}`
    : id.startsWith(name, nameStart);
  return {
    section,
    key: id,
    position: positionOf(order, node),
    packageName: node.package_name,
    path: node.original_file_path,
    text,
    parents: parentsOf(node),
    kind,
    flags: flagsOf(node),
    nameLength: nameInId ? name.length : none16,
    fqnPrefix: fqnPrefix(fqn, isSource ? [node.source_name, name] : [name]),
    group: 'group' in node ? (node.group ?? null) : null,
    relation: relationDigest(node, facts),
    face: faceOf(node),
  };
}

/** The fqn without its end, as one text; null where it ends otherwise. */
function fqnPrefix(fqn: readonly string[], end: readonly string[]): string | null {
  const start = fqn.length - end.length;
  return end.every((part, index) => fqn[start + index] === part) ? fqn.slice(0, start).join('\n') : null;
}

/** A line of `parent_map` or `child_map`. */
export function edgeLine(id: UniqueId, ids: readonly UniqueId[]): string {
  if (ids.length === 0) return `${lineStart(id)}[]`;
  return lineStart(id) + JSON.stringify(ids.length < 2 ? ids : [...ids].sort(byCodePoint));
}

function flagsOf(node: AnyNode): number {
  let flags = 0;
  // A test whose parent is missing stays in the manifest all the same.
  if (!node.config.enabled) flags |= rowFlags.switchedOff;
  if (node.resource_type === 'model') {
    if (node.version !== null) flags |= rowFlags.versioned;
    if (node.deprecation_date !== null) flags |= rowFlags.dated;
    if (node.time_spine !== null) flags |= rowFlags.timeSpine;
  }
  if (node.resource_type === 'test' && node.file_key_name?.startsWith('sources.') === true) {
    flags |= rowFlags.ofSource;
  }
  return flags;
}

function relationDigest(node: AnyNode, facts: AdapterFacts): number {
  const relational =
    ('database' in node && isRefable(node)) ||
    (node.resource_type === 'test' && node.config['store_failures'] === true);
  if (!relational) return 0;
  const { database, schema, alias } = node as Extract<AnyNode, { readonly alias: string }>;
  return crc32(relationKey(facts, { database, schema, identifier: alias })) || 1;
}

/** What another node's meaning may hang on, beside its being there; nothing looks at a test. */
function faceOf(node: AnyNode): number {
  if (node.resource_type === 'test') return 0;
  const { resource_type: type, name, fqn } = node;
  const seen = node as unknown as Readonly<Record<string, unknown>>;
  const config = node.config as Readonly<Record<string, unknown>>;
  return crc32(
    JSON.stringify([
      ...[type, name, fqn],
      ...[seen['version'], seen['latest_version'], seen['access'], seen['group'], seen['deprecation_date']],
      ...[config['event_time'], seen['source_name']],
    ]),
  );
}

function plainRow(
  section: Section,
  id: string,
  node: { readonly package_name: string; readonly original_file_path: string },
  { order }: RowContext,
): FreshRow {
  const { text, kind } = jsonOf(node);
  return {
    ...noEdges,
    section,
    key: id,
    position: positionOf(order, node),
    packageName: node.package_name,
    path: node.original_file_path,
    text,
    kind,
    flags: 0,
    group: null,
    face: crc32(id),
  };
}

function disabledRow(id: UniqueId, list: readonly AnyNode[], { order }: RowContext): FreshRow {
  const [first] = list;
  const { text, kind } = jsonOf(list);
  return {
    ...noEdges,
    section: 'disabled',
    key: id,
    position: disabledPosition(order, first!),
    packageName: first!.package_name,
    path: first!.original_file_path,
    text,
    kind,
    flags: 0,
    group: null,
    face: crc32(JSON.stringify(list.map(({ resource_type: type, fqn }) => [type, fqn]))),
  };
}
