import type { Cell, StatementResult } from '../adapter/cell.ts';
import { type Catalog, type CatalogColumn, type CatalogTable, noStats } from '../artifacts/catalog.ts';
import { makesRelation } from '../compile/relations.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { GraphNode, UniqueId } from '../manifest/node.ts';

/** Whether a relation of the node's name is listed: what it builds, or the failures that a test keeps. */
export const isCataloged = (node: GraphNode): boolean => makesRelation(node) || node.resource_type === 'test';

/**
 * The catalog from the rows of `get_catalog` (dbt's column names, one row per column, in any order): relations that
 * belong to a node or to sources, of those that are `listed` (null: all), columns by position. Names are compared
 * without case, as dbt compares them.
 */
export function catalogOf(
  manifest: Manifest,
  listings: readonly StatementResult[],
  listed: ReadonlySet<UniqueId> | null = null,
): Catalog {
  const nodes = new Map<string, UniqueId>();
  for (const node of manifest.nodes.values()) {
    const { database, schema, alias } = node;
    const key = keyOf(database, schema, alias);
    if (makesRelation(node) || (isCataloged(node) && !nodes.has(key))) nodes.set(key, node.unique_id);
  }
  const sources = new Map<string, UniqueId[]>();
  for (const { database, schema, identifier, unique_id: id } of manifest.sources.values()) {
    const key = keyOf(database, schema, identifier);
    sources.set(key, [...(sources.get(key) ?? []), id]);
  }
  const out = { nodes: new Map<UniqueId, CatalogTable>(), sources: new Map<UniqueId, CatalogTable>() };
  const isListed = (id: UniqueId): boolean => listed?.has(id) ?? true;
  for (const [key, table] of tablesOf(listings)) {
    const nodeId = nodes.get(key);
    if (nodeId !== undefined && isListed(nodeId)) out.nodes.set(nodeId, { ...table, unique_id: nodeId });
    for (const id of (sources.get(key) ?? []).filter(isListed))
      out.sources.set(id, { ...table, unique_id: id });
  }
  return { ...out, errors: null };
}

const keyOf = (database: string | null, schema: string | null, name: string): string =>
  [database ?? '', schema ?? '', name].join('\u0000').toLowerCase();

function tablesOf(listings: readonly StatementResult[]): ReadonlyMap<string, CatalogTable> {
  const tables = new Map<string, CatalogTable & { readonly columns: Record<string, CatalogColumn> }>();
  for (const { columns, rows } of listings) {
    const positions = new Map(columns.map((column, index) => [column.name.toLowerCase(), index]));
    for (const row of rows) {
      const cell = (name: string): Cell => row[positions.get(name) ?? -1] ?? null;
      const text = (name: string): string | null => {
        const value = cell(name);
        return value === null ? null : String(value);
      };
      const [database, schema, name] = [
        text('table_database'),
        text('table_schema') ?? '',
        text('table_name') ?? '',
      ];
      const key = keyOf(database, schema, name);
      let table = tables.get(key);
      if (table === undefined) {
        table = {
          metadata: {
            type: text('table_type') ?? 'BASE TABLE',
            schema,
            name,
            database,
            comment: text('table_comment'),
            owner: text('table_owner'),
          },
          columns: {},
          stats: noStats,
          unique_id: null,
        };
        tables.set(key, table);
      }
      const column = text('column_name') ?? '';
      table.columns[column] = {
        type: text('column_type') ?? '',
        index: Number(cell('column_index') ?? 0),
        name: column,
        comment: text('column_comment'),
      };
    }
  }
  return tables;
}
