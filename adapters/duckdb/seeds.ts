import { type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import type { RowSource } from '../../src/adapter/adapter.ts';
import type { StatementResult } from '../../src/adapter/cell.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { literal, quoteIdentifier, renderRelation } from '../../src/adapter/names.ts';
import type { RelationName } from '../../src/adapter/relation.ts';
import { duckdbFacts } from './facts.ts';

/** What loading needs of a session; both take part in its transaction. */
export interface Loader {
  readonly connection: DuckDBConnection;
  send(sql: string): Promise<StatementResult>;
  /** Throws once the load is cancelled. */
  check(): void;
}

/** Rows of one data chunk: DuckDB's vector size. */
const chunkRows = 2048;

/**
 * Loads a file into a table. DuckDB's COPY reads plain files some five times faster than rows
 * can be handed over; it takes wild cards in a path for a pattern, so such a path is not given to it.
 */
export async function loadRows(loader: Loader, target: RelationName, source: RowSource): Promise<number> {
  if (source.plain && !/[*?[\]]/.test(source.path)) return copyFile(loader, target, source);
  return appendRows(loader, target, source);
}

async function copyFile(loader: Loader, target: RelationName, source: RowSource): Promise<number> {
  // As dbt-duckdb sends it: the quote is left to DuckDB, which finds it in the rows.
  const options = `format csv, header true, delimiter ${literal(duckdbFacts, source.delimiter)}`;
  const { response } = await loader.send(
    `copy ${renderRelation(duckdbFacts, target)} from ${literal(duckdbFacts, source.path)} (${options})`,
  );
  return Number(response['rows_affected'] ?? 0);
}

/**
 * Puts the rows as text into a temporary table, from which one INSERT casts them: so errors name the value, and the
 * target is touched once. The temporary table lives in the same transaction and goes with it.
 */
async function appendRows(loader: Loader, target: RelationName, source: RowSource): Promise<number> {
  const buffer = quoteIdentifier(duckdbFacts, `__sluice_rows_of_${target.identifier}`);
  const columns = source.columns.map((column) => quoteIdentifier(duckdbFacts, column.name)).join(', ');
  const positions = source.columns.map((_, index) => `c${index}`);
  await loader.send(
    `create or replace temporary table ${buffer} (${positions.map((name) => `${name} varchar`).join(', ')})`,
  );
  await appendText(loader, target, source);
  const insert = `insert into ${renderRelation(duckdbFacts, target)} (${columns}) select ${positions.join(', ')} from ${buffer}`;
  const { response } = await loader.send(insert).catch(async (error: unknown) => {
    throw await placed(error, source);
  });
  await loader.send(`drop table ${buffer}`);
  return Number(response['rows_affected'] ?? 0);
}

/** A value that could not be cast, with its row and column of the file in place of our table's. */
async function placed(error: unknown, source: RowSource): Promise<unknown> {
  if (!(error instanceof WarehouseError)) return error;
  const { failure, sql, cause } = error;
  const place = /^(.* string '(.*)' to .*) when casting from source column c(\d+)$/s.exec(failure.message);
  if (place === null) return error;
  const [, message, value, index] = place;
  const { name, type } = source.columns[Number(index)]!;
  let number = 0;
  for await (const row of source.rows()) {
    number += 1;
    if (row[Number(index)] === value) break;
  }
  const detail = `in row ${number}, column '${name}' of type ${type}`;
  return new WarehouseError(
    { ...failure, message: message!, detail, position: null, fileRow: number },
    sql,
    cause,
  );
}

async function appendText(loader: Loader, target: RelationName, source: RowSource): Promise<void> {
  const appender = await loader.connection.createAppender(
    `__sluice_rows_of_${target.identifier}`,
    'main',
    'temp',
  );
  const types = source.columns.map(() => VARCHAR);
  let rows: (readonly (string | null)[])[] = [];
  const flush = (): void => {
    loader.check();
    if (rows.length === 0) return;
    const chunk = DuckDBDataChunk.create(types, rows.length);
    chunk.setRows(rows);
    appender.appendDataChunk(chunk);
    rows = [];
  };
  try {
    for await (const row of source.rows()) {
      rows.push(row);
      if (rows.length === chunkRows) flush();
    }
    flush();
  } finally {
    appender.closeSync();
  }
}
