import { type DuckDBConnection, type DuckDBResult, ResultReturnType, StatementType } from '@duckdb/node-api';
import type {
  ExecuteOptions,
  Fence,
  FenceOptions,
  RowSource,
  RowStream,
  Session,
} from '../../src/adapter/adapter.ts';
import type { Cell, ResultColumn, StatementResult } from '../../src/adapter/cell.ts';
import { relationKey } from '../../src/adapter/facts.ts';
import type { Column, Dependents, Relation, RelationName, SchemaName } from '../../src/adapter/relation.ts';
import { duckdbFacts } from './facts.ts';
import { cancelled, engineError, exceptionName, statementFailure } from './failures.ts';
import type { Fences } from './fence.ts';
import * as introspect from './introspect.ts';
import { loadRows } from './seeds.ts';
import type { Retries } from './setup.ts';
import { columnKind, dependsOnTimeZone, namesFields, rowsOfChunk, typeText } from './values.ts';

/** What a session borrows from its warehouse. */
export interface SessionHome {
  readonly connection: DuckDBConnection;
  readonly fences: Fences;
  readonly retries: Retries;
  /** The engine may read no files. */
  readonly sealed: boolean;
  /** DuckDB's keywords, lower case: it quotes them where it spells a type. Asked for on another connection. */
  keywords(): Promise<ReadonlySet<string>>;
  /** Takes the connection back; `reusable` where the session changed nothing that outlives its transactions. */
  giveBack(session: DuckDBSession, reusable: boolean): void;
}

export class DuckDBSession implements Session {
  readonly label: string;
  readonly #home: SessionHome;
  #inTransaction = false;
  #reusable = true;
  #released = false;
  #running: Promise<unknown> | null = null;
  /** Counts statements: a stream that another statement ended must not look complete. */
  #statements = 0;
  #timeZone: string | null = null;

  constructor(label: string, home: SessionHome) {
    this.label = label;
    this.#home = home;
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<StatementResult> {
    return this.#execute(sql, options, 0);
  }

  async stream(sql: string, options: ExecuteOptions = {}): Promise<RowStream> {
    const zone = await this.#zone();
    const result = await this.#attempt(sql, options, 0, () => this.#home.connection.stream(sql));
    this.#note(result, sql);
    const columns = await this.#columns(result);
    let statement = this.#statements;
    const next = async (): Promise<readonly (readonly Cell[])[] | null> => {
      if (this.#statements !== statement)
        throw new Error('a stream was read after another statement was sent');
      const fetched = this.#send(sql, options, 0, () => result.fetchChunk());
      statement = this.#statements;
      const chunk = await fetched;
      return chunk === null || chunk.rowCount === 0 ? null : rowsOfChunk(chunk, zone);
    };
    return {
      columns,
      async *chunks() {
        for (let rows = await next(); rows !== null; rows = await next()) yield rows;
      },
    };
  }

  async begin(): Promise<void> {
    await this.#execute('begin transaction', {}, 0);
  }

  async commit(): Promise<void> {
    try {
      await this.#execute('commit', {}, 0);
    } finally {
      // DuckDB has closed the transaction even where the commit failed.
      this.#inTransaction = false;
    }
  }

  /** Does nothing where no transaction is open, so that it cannot hide the error of a failed commit. */
  async rollback(): Promise<void> {
    if (!this.#inTransaction) return;
    try {
      await this.#execute('rollback', {}, 0);
    } finally {
      this.#inTransaction = false;
    }
  }

  /** The engine has no savepoints, and a conflict ends the whole transaction. */
  async attempt(work: () => Promise<void>): Promise<void> {
    await work();
  }

  /** Nobody waits for a lock here. */
  async lockHolders(): Promise<string | null> {
    return null;
  }

  async listRelations(schema: SchemaName): Promise<readonly Relation[]> {
    return introspect.listRelations(this.#catalog, schema);
  }

  async listSchemas(database: string | null): Promise<readonly string[]> {
    return introspect.listSchemas(this.#catalog, database);
  }

  async findRelation(name: RelationName): Promise<Relation | null> {
    return introspect.findRelation(this.#catalog, name);
  }

  async columnsOf(name: RelationName): Promise<readonly Column[] | null> {
    return introspect.columnsOf(this.#catalog, name);
  }

  /** Views follow names here. */
  async dependents(): Promise<Dependents> {
    return { found: [], drops: [] };
  }

  async hasFunction(name: RelationName): Promise<boolean> {
    return introspect.hasMacro(this.#catalog, name);
  }

  /** `create or replace` replaces a macro by any other. */
  async functionInTheWay(): Promise<null> {
    return null;
  }

  /** There are no materialized views. */
  async hasQuery(): Promise<boolean> {
    return false;
  }

  async describeQuery(sql: string): Promise<readonly Column[]> {
    const prefix = 'describe ';
    return introspect.describedColumns(await this.#execute(prefix + sql, {}, prefix.length));
  }

  async loadRows(target: RelationName, source: RowSource, options: ExecuteOptions = {}): Promise<number> {
    const loader = {
      connection: this.#home.connection,
      send: (sql: string) => this.execute(sql, options),
      check: () => {
        if (options.signal?.aborted) throw cancelled(null, options.signal.reason);
      },
    };
    try {
      return await loadRows(loader, target, this.#home.sealed ? { ...source, plain: false } : source);
    } finally {
      this.#reusable = false;
    }
  }

  async fence(target: RelationName, options: FenceOptions = {}): Promise<Fence> {
    return this.#home.fences.acquire(relationKey(duckdbFacts, target), options);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    try {
      await this.#settle();
      if (this.#inTransaction) await this.#home.connection.run('rollback');
    } catch {
      this.#reusable = false;
    }
    this.#inTransaction = false;
    this.#home.giveBack(this, this.#reusable);
  }

  /** Interrupts what is running until it has ended, whatever its end. */
  async #settle(): Promise<void> {
    if (this.#running === null) return;
    const stop = repeatInterrupt(this.#home.connection);
    await this.#running.catch(() => undefined);
    stop();
  }

  get #catalog(): introspect.Catalog {
    return {
      ask: (sql) => this.#execute(sql, {}, 0),
      prepare: async (sql) => {
        const prepared = await this.#send(sql, {}, 0, () => this.#home.connection.prepare(sql));
        prepared.destroySync();
      },
    };
  }

  async #execute(sql: string, options: ExecuteOptions, prefixLength: number): Promise<StatementResult> {
    const result = await this.#attempt(sql, options, prefixLength, () => this.#home.connection.run(sql));
    this.#note(result, sql);
    // Fetching costs a turn of the thread pool, which statements that only do something need not wait for.
    if (result.returnType === ResultReturnType.NOTHING)
      return { columns: [], rows: [], response: { _message: 'OK' } };
    const columns = await this.#columns(result);
    if (result.returnType === ResultReturnType.CHANGED_ROWS) {
      const count = result.rowsChanged;
      return { columns, rows: [[count]], response: { _message: 'OK', rows_affected: count } };
    }
    // The rows are here already: fetching them one chunk after the other would take a turn of the thread pool each.
    const chunks = Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index));
    const needsZone = chunks.length > 0 && result.columnTypes().some(dependsOnTimeZone);
    const zone = needsZone ? await this.#zone() : 'UTC';
    return {
      columns,
      rows: chunks.flatMap((chunk) => rowsOfChunk(chunk, zone)),
      response: { _message: 'OK' },
    };
  }

  /** Sends once, or as often as the profile's `retries` say where no transaction would be broken by the failure. */
  async #attempt<T>(
    sql: string,
    options: ExecuteOptions,
    prefixLength: number,
    send: () => Promise<T>,
  ): Promise<T> {
    const { queryAttempts, exceptions } = this.#home.retries;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(sql, options, prefixLength, send);
      } catch (error) {
        const cause = error instanceof Error ? error.cause : null;
        const listed = cause instanceof Error && exceptions.includes(exceptionName(engineError(cause).type));
        if (this.#inTransaction || !listed || attempt >= queryAttempts) throw error;
        await pause(2 ** (attempt - 1) * 1000, options.signal);
      }
    }
  }

  async #send<T>(
    sql: string,
    { signal }: ExecuteOptions,
    prefixLength: number,
    send: () => Promise<T>,
  ): Promise<T> {
    if (this.#released) throw new Error(`session '${this.label}' was used after its release`);
    if (signal?.aborted) throw cancelled(sql.slice(prefixLength), signal.reason);
    this.#statements += 1;
    let stop: (() => void) | null = null;
    const interrupt = (): void => {
      stop = repeatInterrupt(this.#home.connection);
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    const running = send();
    this.#running = running;
    try {
      return await running;
    } catch (error) {
      throw statementFailure(error, sql, prefixLength);
    } finally {
      this.#running = null;
      signal?.removeEventListener('abort', interrupt);
      (stop as (() => void) | null)?.();
    }
  }

  /** Follows transactions and settings that came as SQL text: hooks may send `begin`, `set` and the like. */
  #note(result: DuckDBResult, sql: string): void {
    const type = result.statementType;
    const bare = sql.replace(leadingComments, '');
    if (type === StatementType.TRANSACTION) {
      this.#inTransaction = /^\s*(begin|start)\b/i.test(bare);
    } else if (!lastingNothing.has(type) || (type === StatementType.CREATE && temporaryWord.test(bare))) {
      this.#reusable = false;
      this.#timeZone = null;
    }
  }

  async #columns(result: DuckDBResult): Promise<readonly ResultColumn[]> {
    const types = result.columnTypes();
    const keywords = types.some(namesFields) ? await this.#home.keywords() : noKeywords;
    const names = result.columnNames();
    return types.map((type, index) => ({
      name: names[index]!,
      kind: columnKind(type),
      type: typeText(type, keywords),
    }));
  }

  async #zone(): Promise<string> {
    if (this.#timeZone === null) {
      const result = await this.#send(timeZoneSql, {}, 0, () => this.#home.connection.run(timeZoneSql));
      this.#timeZone = String((await result.getRows())[0]?.[0] ?? 'UTC');
    }
    return this.#timeZone;
  }
}

const noKeywords: ReadonlySet<string> = new Set();
const timeZoneSql = "select current_setting('TimeZone')";
const leadingComments = /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/;
const temporaryWord = /\btemp(orary)?\b/i;

/** Kinds of statements that leave nothing behind on the connection itself. */
const lastingNothing: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.CREATE,
  StatementType.DROP,
  StatementType.ALTER,
  StatementType.COPY,
  StatementType.EXPLAIN,
]);

/** An interrupt that comes before the engine has taken the statement up is lost, so it is sent until stopped. */
function repeatInterrupt(connection: DuckDBConnection): () => void {
  connection.interrupt();
  const timer = setInterval(() => connection.interrupt(), 20);
  return () => clearInterval(timer);
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(cancelled(null, signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
