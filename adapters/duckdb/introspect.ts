import type { Cell, StatementResult } from '../../src/adapter/cell.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { literal, renderRelation } from '../../src/adapter/names.ts';
import type { Column, Relation, RelationName, SchemaName } from '../../src/adapter/relation.ts';
import { duckdbFacts } from './facts.ts';

/** What introspection needs of a session. */
export interface Catalog {
  ask(sql: string): Promise<StatementResult>;
  /** Binds a statement without running it. */
  prepare(sql: string): Promise<void>;
}

/** Tables and views of a schema, temporary ones excluded; names as they were created. */
export async function listRelations(catalog: Catalog, schema: SchemaName): Promise<readonly Relation[]> {
  const { rows } = await catalog.ask(relationsSql(schema));
  return rows.map(([database, name, identifier, type]) => relationOf(database, name, identifier, type));
}

/** Schemas of a database, the session's own where null; empty where the database is not attached. */
export async function listSchemas(catalog: Catalog, database: string | null): Promise<readonly string[]> {
  const { rows } = await catalog.ask(
    `select schema_name from duckdb_schemas() where ${matches('database_name', database, 'current_database()')}`,
  );
  return rows.map(([name]) => String(name));
}

/**
 * One relation, asked for without a scan of the catalog, which costs milliseconds per thousand tables: statements are
 * bound for it that are never run. Binding a COMMENT looks the name up and nothing else; only tables can be truncated,
 * and a view that no longer binds cannot be told apart so.
 */
export async function findRelation(catalog: Catalog, name: RelationName): Promise<Relation | null> {
  const sql = renderWhole(name);
  if (!(await isThere(catalog, sql))) return null;
  try {
    await catalog.prepare(`truncate ${sql}`);
    return { ...name, type: 'table' };
  } catch (error) {
    if (messageOf(error).includes('base table')) return { ...name, type: 'view' };
    return findInCatalog(catalog, name);
  }
}

/** A view that no longer binds has the columns that it was created with. */
export async function columnsOf(catalog: Catalog, name: RelationName): Promise<readonly Column[] | null> {
  const sql = renderWhole(name);
  try {
    return describedColumns(await catalog.ask(`describe ${sql}`));
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.failure.kind !== 'syntax') throw error;
    return (await isThere(catalog, sql)) ? columnsInCatalog(catalog, name) : null;
  }
}

/** Whether there is a macro of that name; DuckDB has no other functions that are made by SQL. */
export async function hasMacro(catalog: Catalog, name: RelationName): Promise<boolean> {
  const { rows } = await catalog.ask(
    `select count(*) > 0 from duckdb_functions() where function_type = 'macro' and ${matchesRelation(name, 'function_name')}`,
  );
  return rows[0]![0] === true;
}

async function isThere(catalog: Catalog, sql: string): Promise<boolean> {
  try {
    await catalog.prepare(`comment on table ${sql} is null`);
    return true;
  } catch (error) {
    if (/does not exist/.test(messageOf(error))) return false;
    throw error;
  }
}

const renderWhole = (name: RelationName): string =>
  renderRelation(duckdbFacts, name, { database: true, schema: true, identifier: true });

const messageOf = (error: unknown): string => (error instanceof WarehouseError ? error.failure.message : '');

/** Reads the result of a DESCRIBE. dbt-duckdb leaves sizes to the type's text, and so do we. */
export function describedColumns(described: StatementResult): readonly Column[] {
  return described.rows.map(([name, type]) => columnOf(name, type));
}

async function columnsInCatalog(catalog: Catalog, name: RelationName): Promise<readonly Column[]> {
  const { rows } = await catalog.ask(
    `select column_name, data_type from duckdb_columns() where ${matchesRelation(name, 'table_name')} order by column_index`,
  );
  return rows.map(([column, type]) => columnOf(column, type));
}

async function findInCatalog(catalog: Catalog, name: RelationName): Promise<Relation | null> {
  const schema = { database: name.database, schema: name.schema ?? '' };
  const { rows } = await catalog.ask(relationsSql(name.schema === null ? null : schema, name));
  const [row] = rows;
  return row === undefined ? null : relationOf(row[0]!, row[1]!, row[2]!, row[3]!);
}

function relationsSql(schema: SchemaName | null, name?: RelationName): string {
  const where = (column: string): string =>
    name === undefined
      ? `${matches('database_name', schema!.database, 'current_database()')} and ${matches('schema_name', schema!.schema)} and not temporary`
      : matchesRelation(name, column);
  return `select database_name, schema_name, table_name, 'table' from duckdb_tables() where ${where('table_name')}
    union all
    select database_name, schema_name, view_name, 'view' from duckdb_views() where not internal and ${where('view_name')}`;
}

function matchesRelation(name: RelationName, column: string): string {
  const temporary = name.database === null && name.schema === null ? " or database_name = 'temp'" : '';
  const database = matches('database_name', name.database, 'current_database()');
  return `(${database}${temporary}) and ${matches('schema_name', name.schema, 'current_schema()')} and ${matches(column, name.identifier)}`;
}

/** DuckDB compares names without case. */
function matches(column: string, value: string | null, otherwise = 'null'): string {
  return `lower(${column}) = ${value === null ? `lower(${otherwise})` : `lower(${literal(duckdbFacts, value)})`}`;
}

function relationOf(
  database: Cell | undefined,
  schema: Cell | undefined,
  name: Cell | undefined,
  type: Cell | undefined,
): Relation {
  return {
    database: String(database),
    schema: String(schema),
    identifier: String(name),
    type: type === 'view' ? 'view' : 'table',
  };
}

function columnOf(name: Cell | undefined, type: Cell | undefined): Column {
  return {
    name: String(name),
    type: String(type),
    characterLength: null,
    numericPrecision: null,
    numericScale: null,
  };
}
