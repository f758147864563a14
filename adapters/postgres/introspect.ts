import type { StatementResult } from '../../src/adapter/cell.ts';
import { literal, renderRelation } from '../../src/adapter/names.ts';
import type { Column, Relation, RelationName, RelationType, SchemaName } from '../../src/adapter/relation.ts';
import { postgresFacts } from './facts.ts';
import { ownFailure } from './failures.ts';
import type { Field } from './query.ts';

/** What introspection needs of a session. */
export interface Catalog {
  /** The database that the session is connected to. */
  readonly database: string;
  ask(sql: string): Promise<StatementResult>;
}

/** Kinds of `pg_class` that are relations to us: partitioned tables are tables, foreign tables external. */
const kinds: Readonly<Record<string, RelationType>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized_view',
  f: 'external',
};

/** A text as SQL. */
export const text = (value: string): string => literal(postgresFacts, value);
const kindList = Object.keys(kinds).map(text).join(', ');

/** The relation's number in the catalog, as an expression; null where somebody dropped it meanwhile. */
export function regclassSql(name: RelationName): string {
  return `pg_catalog.to_regclass(${text(renderRelation(postgresFacts, { ...name, database: null }))})`;
}

/** Tables, views, materialized views and foreign tables of a schema. Functions are names of another kind here. */
export async function listRelations(catalog: Catalog, schema: SchemaName): Promise<readonly Relation[]> {
  checkDatabase(catalog, schema.database);
  const { rows } = await catalog.ask(
    `select c.relname::text, c.relkind::text
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = ${text(schema.schema)} and c.relkind in (${kindList})
     order by c.relname`,
  );
  return rows.map(([name, kind]) => ({
    database: schema.database ?? catalog.database,
    schema: schema.schema,
    identifier: String(name),
    type: kinds[String(kind)]!,
  }));
}

/** Every schema of the database, the server's own included, temporary ones not. */
export async function listSchemas(catalog: Catalog, database: string | null): Promise<readonly string[]> {
  checkDatabase(catalog, database);
  const { rows } = await catalog.ask(
    `select nspname::text from pg_catalog.pg_namespace
     where nspname !~ '^pg_(toast_)?temp_' order by nspname`,
  );
  return rows.map(([name]) => String(name));
}

/** One relation. Without a schema the name is looked up as a query would find it. */
export async function findRelation(catalog: Catalog, name: RelationName): Promise<Relation | null> {
  checkDatabase(catalog, name.database);
  const { rows } = await catalog.ask(
    `select n.nspname::text, c.relkind::text ${relationFrom} where ${matches(name)}`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    database: name.database ?? catalog.database,
    schema: String(row[0]),
    identifier: name.identifier,
    type: kinds[String(row[1])]!,
  };
}

/** Null where the relation is not there; it may have no columns at all. */
export async function columnsOf(catalog: Catalog, name: RelationName): Promise<readonly Column[] | null> {
  checkDatabase(catalog, name.database);
  const { rows } = await catalog.ask(
    `select a.attname::text, ${typeColumns('a.atttypid', 'a.atttypmod')} ${relationFrom}
     left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where ${matches(name)} order by a.attnum`,
  );
  return rows.length === 0 ? null : rows.filter(([column]) => column !== null).map(columnOf);
}

const relationFrom = `from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;

function matches({ schema, identifier }: RelationName): string {
  const place = schema === null ? 'pg_catalog.pg_table_is_visible(c.oid)' : `n.nspname = ${text(schema)}`;
  return `${place} and c.relname = ${text(identifier)} and c.relkind in (${kindList})`;
}

/** A temporary view, made of a query to compare it with that of a relation. */
export const queryView = 'pg_temp.sluice_query';

/** True where the view or materialized view has the query of `queryView`, as the server prints both. */
export async function hasQuery(catalog: Catalog, name: RelationName): Promise<boolean> {
  checkDatabase(catalog, name.database);
  const relation = text(renderRelation(postgresFacts, { ...name, database: null }));
  const { rows } = await catalog.ask(
    `select pg_catalog.pg_get_viewdef(${relation}::pg_catalog.regclass)
       = pg_catalog.pg_get_viewdef(${text(queryView)}::pg_catalog.regclass)`,
  );
  return rows[0]![0] === true;
}

/** The columns of an answer, as `columnsOf` would give them had it been made a table. */
export async function answeredColumns(
  catalog: Catalog,
  fields: readonly Field[],
): Promise<readonly Column[]> {
  if (fields.length === 0) return [];
  const list = fields
    .map(
      ({ name, dataTypeID, dataTypeModifier }, index) =>
        `(${index}, ${text(name)}, ${dataTypeID}::oid, ${dataTypeModifier})`,
    )
    .join(', ');
  const { rows } = await catalog.ask(
    `select f.name, ${typeColumns('f.type', 'f.modifier')}
     from (values ${list}) as f (number, name, type, modifier) order by f.number`,
  );
  return rows.map(columnOf);
}

/** The type's text, and the sizes as information_schema gives them. */
const typeColumns = (type: string, modifier: string): string =>
  `pg_catalog.format_type(${type}, ${modifier}),
   information_schema._pg_char_max_length(${type}, ${modifier}),
   information_schema._pg_numeric_precision(${type}, ${modifier}),
   information_schema._pg_numeric_scale(${type}, ${modifier})`;

function columnOf([name, type, length, precision, scale]: readonly unknown[]): Column {
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    name: String(name),
    type: String(type),
    characterLength: number(length),
    numericPrecision: number(precision),
    numericScale: number(scale),
  };
}

/** A connection sees its own database only; dbt compares the names without case. */
function checkDatabase(catalog: Catalog, database: string | null): void {
  if (database === null || database.toLowerCase() === catalog.database.toLowerCase()) return;
  throw ownFailure(
    'configuration',
    `cross-database references are not possible in PostgreSQL: '${database}' is not '${catalog.database}'`,
    "a connection sees one database: leave 'database' out, or name it as 'dbname' of a target of its own",
  );
}
