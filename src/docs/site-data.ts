import type { Catalog, CatalogTable } from '../artifacts/catalog.ts';
import { timestamp } from '../artifacts/metadata.ts';
import { allNodes, type Manifest, parentsOf } from '../manifest/manifest.ts';
import type { AnyNode, ColumnInfo, TestNode, UniqueId } from '../manifest/node.ts';
import type { RunResult } from '../run/result.ts';

/** What the page shows, made from the artifacts' sources; plain JSON. Keys are short words: they are read by hand. */
export interface SiteData {
  readonly project: string;
  readonly adapter: string;
  readonly generatedAt: string;
  /** Markdown of the project's `__overview__` block; null where it has none. */
  readonly overview: string | null;
  readonly nodes: readonly SiteNode[];
  /** The latest run; null where none is known. */
  readonly run: { readonly at: string | null; readonly seconds: number | null } | null;
}

export interface SiteNode {
  readonly id: UniqueId;
  readonly name: string;
  readonly type: string;
  readonly package: string;
  readonly path: string;
  readonly relation: string | null;
  readonly materialized: string | null;
  readonly description: string;
  readonly tags: readonly string[];
  readonly group: string | null;
  /** Facts shown as they are: `access: public`, `owner: ...`. */
  readonly facts: readonly (readonly [string, string])[];
  readonly columns: readonly SiteColumn[];
  readonly raw: string | null;
  readonly compiled: string | null;
  readonly parents: readonly UniqueId[];
  readonly result: SiteResult | null;
  /** False where `docs.show` is: found by links only. */
  readonly listed: boolean;
  readonly color: string | null;
  /** For tests: the column that is tested. */
  readonly column: string | null;
  /** For tests: the node that they are written on. */
  readonly on: UniqueId | null;
}

export interface SiteColumn {
  readonly name: string;
  readonly type: string | null;
  readonly description: string;
  readonly tags: readonly string[];
}

export interface SiteResult {
  readonly status: string;
  readonly message: string | null;
  readonly seconds: number;
  readonly rows: number | null;
  readonly failures: number | null;
}

export interface SiteInput {
  readonly manifest: Manifest;
  /** Of the latest run, in any order; empty where none is known. */
  readonly results: readonly RunResult[];
  readonly catalog: Catalog | null;
  /** Milliseconds since 1970 UTC. */
  readonly generatedAt: number;
}

/** Hooks and packages' own tests of macros have no page. */
const hidden = new Set(['operation', 'sql_operation']);

export function siteData(input: SiteInput): SiteData {
  const { manifest, catalog } = input;
  const results = new Map(input.results.map((result) => [result.node.unique_id, result]));
  const overview = [...manifest.docs.values()].find(
    (doc) => doc.name === '__overview__' && doc.package_name === manifest.projectName,
  );
  const nodes: SiteNode[] = [];
  for (const node of allNodes(manifest)) {
    if (hidden.has(node.resource_type)) continue;
    const table = catalog?.nodes.get(node.unique_id) ?? catalog?.sources.get(node.unique_id) ?? null;
    nodes.push(siteNode(node, table, results.get(node.unique_id) ?? null));
  }
  return {
    project: manifest.projectName,
    adapter: manifest.adapterType,
    generatedAt: timestamp(input.generatedAt),
    overview: overview?.block_contents ?? null,
    nodes,
    run: runOf(input.results),
  };
}

function siteNode(node: AnyNode, table: CatalogTable | null, result: RunResult | null): SiteNode {
  const compiled = result?.compiledCode ?? textAt(node, 'compiled_code');
  const columns = (at(node, 'columns') ?? {}) as Readonly<Record<string, ColumnInfo>>;
  const docs = at(node, 'docs') as { show?: boolean; node_color?: string | null } | undefined;
  return {
    id: node.unique_id,
    name:
      node.resource_type === 'source'
        ? `${node.source_name}.${node.name}`
        : (textAt(node, 'label') ?? node.name),
    type: node.resource_type,
    package: node.package_name,
    path: node.original_file_path,
    relation: textAt(node, 'relation_name'),
    materialized: typeof node.config['materialized'] === 'string' ? node.config['materialized'] : null,
    description: textAt(node, 'description') ?? '',
    tags: (at(node, 'tags') ?? []) as readonly string[],
    group: textAt(node, 'group'),
    facts: factsOf(node, table),
    columns: columnsOf(columns, table),
    raw: textAt(node, 'raw_code') || null,
    compiled: compiled === '' ? null : compiled,
    parents: parentsOf(node),
    result: result === null ? null : siteResult(result),
    listed: docs?.show !== false,
    color: colourName(docs?.node_color ?? null),
    column: node.resource_type === 'test' ? ((node as TestNode).column_name ?? null) : null,
    on: node.resource_type === 'test' ? ((node as TestNode).attached_node ?? null) : null,
  };
}

/** The described columns, then those that only the warehouse knows; types are the warehouse's where it was asked. */
function columnsOf(
  described: Readonly<Record<string, ColumnInfo>>,
  table: CatalogTable | null,
): readonly SiteColumn[] {
  const known = Object.values(table?.columns ?? {}).sort((a, b) => a.index - b.index);
  const byName = new Map(known.map((column) => [column.name.toLowerCase(), column]));
  const own = Object.values(described).map((column) => ({
    name: column.name,
    type: byName.get(column.name.toLowerCase())?.type ?? column.data_type,
    description: column.description,
    tags: column.tags,
  }));
  const told = new Set(own.map((column) => column.name.toLowerCase()));
  const rest = known
    .filter((column) => !told.has(column.name.toLowerCase()))
    .map(({ name, type, comment }) => ({ name, type, description: comment ?? '', tags: [] }));
  return [...own, ...rest];
}

function factsOf(node: AnyNode, table: CatalogTable | null): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [];
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string' && value !== '') facts.push([name, value]);
    else if (typeof value === 'number') facts.push([name, String(value)]);
  };
  add('access', at(node, 'access'));
  add('version', at(node, 'version'));
  add('deprecated from', at(node, 'deprecation_date'));
  add('loader', at(node, 'loader'));
  add('kind', at(node, 'type'));
  add('maturity', at(node, 'maturity'));
  add('url', at(node, 'url'));
  const owner = (at(node, 'owner') ?? {}) as Readonly<Record<string, unknown>>;
  add('owner', [owner['name'], owner['email']].filter((text) => typeof text === 'string').join(', '));
  add('in the warehouse', table?.metadata.type);
  add('owned by', table?.metadata.owner);
  for (const stat of Object.values(table?.stats ?? {})) {
    if (stat.include && stat.value !== null) facts.push([stat.label.toLowerCase(), String(stat.value)]);
  }
  return facts;
}

function siteResult(result: RunResult): SiteResult {
  return {
    status: result.status,
    message: result.message,
    seconds: result.executionTimeMs / 1000,
    rows: result.rowsAffected,
    failures: result.failures,
  };
}

function runOf(results: readonly RunResult[]): SiteData['run'] {
  if (results.length === 0) return null;
  const timings = results.flatMap((result) => result.timings);
  const first = Math.min(...timings.map((timing) => timing.startedAt));
  const last = Math.max(...timings.map((timing) => timing.completedAt));
  return timings.length === 0
    ? { at: null, seconds: null }
    : { at: timestamp(first), seconds: (last - first) / 1000 };
}

/** CSS colour names and hexadecimal colours only: the text ends in a style. */
const colourName = (text: string | null): string | null =>
  text !== null && /^(#[0-9a-f]{3,8}|[a-z]{3,24})$/i.test(text) ? text : null;

const at = (node: AnyNode, key: string): unknown =>
  (node as unknown as Readonly<Record<string, unknown>>)[key];

function textAt(node: AnyNode, key: string): string | null {
  const value = at(node, key);
  return typeof value === 'string' ? value : null;
}
