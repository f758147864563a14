import type pg from 'pg';
import type {
  ExecuteOptions,
  Fence,
  FenceOptions,
  RowSource,
  RowStream,
  Session,
} from '../../src/adapter/adapter.ts';
import type { StatementResult } from '../../src/adapter/cell.ts';
import type { WarehouseError } from '../../src/adapter/failure.ts';
import type {
  Column,
  Dependent,
  Dependents,
  Relation,
  RelationDescription,
  RelationName,
  SchemaName,
} from '../../src/adapter/relation.ts';
import { cells, columnsOf, responseOf } from './answers.ts';
import { repeatCancel } from './cancel.ts';
import { closeSocket } from './client.ts';
import { findDependents, hasOthers } from './dependents.ts';
import {
  cancelled,
  commitUnsettled,
  dependentsChanged,
  failureInFile,
  notCommitted,
  rolledBack,
  statementFailure,
} from './failures.ts';
import { acquireFence } from './fence.ts';
import * as introspect from './introspect.ts';
import { type Answer, ask, type Field, flow, type RawRow, type RowFlow } from './query.ts';
import { transactionIdSql } from './query-with-id.ts';
import { copyRows, copySql } from './seeds.ts';
import { explainMerge } from './server-version.ts';
import { lockTimeoutSql, shortLocksSql } from './settings.ts';
import type { Settled } from './settle.ts';
import { isCommit, TransactionNumber } from './transaction-number.ts';
import { type PostgresType, type TypeBook, unknownType } from './types.ts';

/** What a session borrows from its warehouse. */
export interface SessionHome {
  readonly client: pg.Client;
  /** The server's process behind the client. */
  readonly backend: number;
  readonly database: string;
  /** The server's major version. */
  readonly major: number;
  readonly types: TypeBook;
  /** Has the server end what the process runs; `before` counts the times it was asked to. */
  cancel(backend: number, before: number): Promise<void>;
  /** Looks up what became of a transaction whose connection was lost. */
  settle(transactionId: string): Promise<Settled>;
  /** Calls `lost` where the server no longer works on what the session waits for; gives what ends the watch. */
  watch(lost: () => void): () => void;
  /** Takes the connection back; `reusable` where nothing is known against it. */
  giveBack(session: PostgresSession, reusable: boolean): Promise<void>;
}

export class PostgresSession implements Session {
  readonly label: string;
  readonly #home: SessionHome;
  #inTransaction = false;
  readonly #number = new TransactionNumber();
  /** What the lock timeout was before a swap, to be set again before anything follows in its transaction. */
  #lockTimeout: string | null = null;
  /** What was found to hang on a relation in this attempt. */
  #dependents: { readonly name: RelationName; readonly found: readonly Dependent[] } | null = null;
  /** Nothing was sent yet in the open transaction, but what shortened its locks. */
  #atStart = false;
  #shortened = false;
  #reusable = true;
  #released = false;
  #running: Promise<unknown> | null = null;
  /** Counts statements: a stream that another statement ended must not look complete. */
  #statements = 0;
  /** A stream that may not have been read to its end. */
  #flow: RowFlow | null = null;

  constructor(label: string, home: SessionHome) {
    this.label = label;
    this.#home = home;
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** A statement runs. */
  get busy(): boolean {
    return this.#running !== null;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<StatementResult> {
    const answer = isCommit(sql) ? await this.#commit(sql, options) : await this.#ask(sql, options);
    const types = await this.#typesOf(answer.fields);
    return {
      columns: columnsOf(answer.fields, types),
      rows: cells(answer.rows, types),
      response: responseOf(answer.tag),
    };
  }

  async stream(sql: string, options: ExecuteOptions = {}): Promise<RowStream> {
    if (this.#unfinished) await this.#makeReady();
    this.#number.hide();
    const rows = await this.#send(sql, options, () => flow(this.#home.client, sql));
    // The rows occupy the connection until they have been read: types that are not known stay text.
    const types = rows.fields.map(({ dataTypeID }) => this.#home.types.get(dataTypeID) ?? unknownType);
    let statement = this.#statements;
    const next = async (): Promise<readonly RawRow[] | null> => {
      if (this.#statements !== statement)
        throw new Error('a stream was read after another statement was sent');
      const taken = this.#send(sql, options, () => rows.next());
      statement = this.#statements;
      return taken;
    };
    this.#flow = rows;
    return {
      columns: columnsOf(rows.fields, types),
      async *chunks() {
        for (let chunk = await next(); chunk !== null; chunk = await next()) yield cells(chunk, types);
      },
    };
  }

  async begin(): Promise<void> {
    await this.#ask('begin', {});
    this.#atStart = true;
    this.#shortened = false;
  }

  async commit(): Promise<void> {
    this.#lockTimeout = null;
    try {
      const { tag } = await this.#commit('commit', {});
      // The server answers the commit of a failed transaction so, and calls it no error.
      if (tag === 'ROLLBACK') throw rolledBack();
    } finally {
      this.#inTransaction = false;
    }
  }

  /** Where the answer is lost, it is looked up what became of the transaction. */
  async #commit(sql: string, options: ExecuteOptions): Promise<Answer> {
    let number = this.#number.known;
    if (this.#inTransaction && number === null && this.#number.isHidden) {
      number = (await this.#ask(transactionIdSql, options)).rows[0]![0]!;
    }
    try {
      return await this.#ask(sql, options);
    } catch (error) {
      if (!this.#isCut && (error as WarehouseError).failure.kind !== 'transient') throw error;
      // What wrote nothing has nothing to lose.
      const settled = number === null ? 'aborted' : await this.#home.settle(number);
      if (settled === 'aborted') throw notCommitted(sql, error);
      if (settled === 'unknown') throw commitUnsettled(sql, error);
      return { fields: [], rows: [], tag: 'COMMIT', transactionId: null };
    }
  }

  get #isCut(): boolean {
    return !this.#home.client.connection.stream.writable;
  }

  /** Does nothing where no transaction is open, so that it cannot hide the error of a failed commit. */
  async rollback(): Promise<void> {
    if (!this.#inTransaction) return;
    this.#lockTimeout = null;
    try {
      await this.#ask('rollback', {});
    } catch (error) {
      this.#reusable = false;
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** A savepoint undoes what failed; where nothing was sent before, a new transaction does, which costs less. */
  async attempt(
    work: () => Promise<void>,
    options: { readonly shortLocks: boolean } = { shortLocks: false },
  ): Promise<void> {
    const first = this.#atStart;
    const shortened = this.#shortened;
    this.#dependents = null;
    if (!first) await this.#ask('savepoint sluice_attempt', {});
    try {
      const before = options.shortLocks ? await this.#shortenLocks() : null;
      await work();
      // Within the same transaction the way back leads past this work from now on.
      this.#atStart = false;
      if (!first) await this.#ask('release savepoint sluice_attempt', {});
      this.#lockTimeout ??= before;
    } catch (error) {
      await this.#undo(first, shortened).catch(() => undefined);
      throw (await this.#gainedDependents()) ? dependentsChanged(error) : error;
    }
  }

  /**
   * Nothing keeps others from making a view over a relation between the look at its dependents and its drop, which the
   * server then refuses. The next attempt finds the view.
   */
  async #gainedDependents(): Promise<boolean> {
    const seen = this.#dependents;
    this.#dependents = null;
    if (seen === null) return false;
    return hasOthers(this.#catalog, seen.name, seen.found).catch(() => false);
  }

  /** So that nobody queues for long behind a swap that waits itself. */
  async #shortenLocks(): Promise<string> {
    const atStart = this.#atStart;
    const { rows } = await this.#ask(shortLocksSql, {});
    this.#atStart = atStart;
    this.#shortened = atStart;
    return rows[0]![0]!;
  }

  async #undo(first: boolean, shortened: boolean): Promise<void> {
    if (first) {
      await this.#ask('rollback', {});
      await this.begin();
      if (shortened) await this.#shortenLocks();
    } else {
      await this.#ask('rollback to savepoint sluice_attempt', {});
      await this.#ask('release savepoint sluice_attempt', {});
    }
  }

  async listRelations(schema: SchemaName): Promise<readonly Relation[]> {
    return introspect.listRelations(this.#catalog, schema);
  }

  async listSchemas(database: string | null): Promise<readonly string[]> {
    return introspect.listSchemas(this.#catalog, database);
  }

  async describe(name: RelationName): Promise<RelationDescription | null> {
    return introspect.describe(this.#catalog, name);
  }

  async dependents(name: RelationName): Promise<Dependents> {
    const dependents = await findDependents(this.#catalog, name);
    this.#dependents = { name, found: dependents.found };
    return dependents;
  }

  /** A view is made of the query, for the server to print both in one way, and taken back with its transaction. */
  async hasQuery(name: RelationName, sql: string): Promise<boolean> {
    const open = this.#inTransaction;
    const prefix = `create temporary view ${introspect.queryView} as (`;
    await this.#ask(open ? 'savepoint sluice_query' : 'begin', {});
    try {
      await this.#ask(`${prefix}${sql}\n)`, {}, prefix.length);
      return await introspect.hasQuery(this.#catalog, name);
    } finally {
      await this.#ask(open ? 'rollback to savepoint sluice_query' : 'rollback', {}).catch(() => undefined);
    }
  }

  async describeQuery(sql: string): Promise<readonly Column[]> {
    const prefix = 'select * from (';
    // The line break ends a comment that the query may end with.
    const { fields } = await this.#ask(`${prefix}${sql}\n) as sluice_query limit 0`, {}, prefix.length);
    return introspect.columnsOf(this.#catalog, fields);
  }

  async loadRows(target: RelationName, source: RowSource, options: ExecuteOptions = {}): Promise<number> {
    if (this.#unfinished) await this.#makeReady();
    const sql = copySql(target, source);
    this.#number.hide();
    const loaded = this.#send(sql, options, () => copyRows(this.#home.client, sql, source));
    return source.plain
      ? loaded.catch((thrown) => {
          throw failureInFile(thrown);
        })
      : loaded;
  }

  async fence(target: RelationName, options: FenceOptions = {}): Promise<Fence> {
    return acquireFence(
      {
        backend: this.#home.backend,
        send: (sql, given) => this.execute(sql, given),
        spoiled: () => {
          this.#reusable = false;
        },
      },
      target,
      options,
    );
  }

  async release(): Promise<void> {
    if (this.#released) return;
    try {
      await this.#settle();
      await this.rollback();
    } catch {
      this.#reusable = false;
    }
    this.#released = true;
    await this.#home.giveBack(this, this.#reusable);
  }

  /** Cancels what is running until it has ended, whatever its end. */
  async #settle(): Promise<void> {
    const running = this.#running;
    if (running !== null) {
      const stop = this.#cancel();
      await running.catch(() => undefined);
      await stop();
    }
    if (this.#flow !== null) await this.#endFlow();
  }

  /** The connection answers in order: what a stream still brings is cancelled and read away before anything else. */
  async #endFlow(): Promise<void> {
    const rows = this.#flow;
    this.#flow = null;
    if (rows === null || rows.over) return;
    const stop = this.#cancel();
    await rows.discard();
    await stop();
  }

  /** Something is to be done before the next statement; asked first, so that this is on its way at once otherwise. */
  get #unfinished(): boolean {
    return this.#flow !== null || this.#lockTimeout !== null;
  }

  async #makeReady(): Promise<void> {
    if (this.#flow !== null) await this.#endFlow();
    if (this.#lockTimeout === null) return;
    const sql = lockTimeoutSql(this.#lockTimeout);
    this.#lockTimeout = null;
    await this.#send(sql, {}, () => ask(this.#home.client, sql));
  }

  #cancel(): () => Promise<void> {
    return repeatCancel((before) => this.#home.cancel(this.#home.backend, before));
  }

  get #catalog(): introspect.Catalog {
    return { database: this.#home.database, ask: (sql) => this.execute(sql) };
  }

  async #ask(sql: string, options: ExecuteOptions, prefixLength = 0): Promise<Answer> {
    if (this.#unfinished) await this.#makeReady();
    const { client } = this.#home;
    // Known before the commit is sent, which may be the last that is heard of the transaction.
    const withId = client.getTransactionStatus() === 'T' && this.#number.isAskedWith(sql);
    const answer = await this.#send(sql, options, () => ask(client, sql, { withId }), prefixLength);
    // Hooks may send `begin` and the like as SQL text.
    this.#inTransaction = client.getTransactionStatus() !== 'I';
    if (this.#inTransaction) this.#number.learn(sql, answer.transactionId);
    else this.#number.forget();
    return answer;
  }

  async #send<T>(
    sql: string,
    { signal }: ExecuteOptions,
    send: () => Promise<T>,
    prefixLength = 0,
  ): Promise<T> {
    if (this.#released) throw new Error(`session '${this.label}' was used after its release`);
    if (signal?.aborted) throw cancelled(sql.slice(prefixLength), signal.reason);
    this.#statements += 1;
    this.#atStart = false;
    let stop: (() => Promise<void>) | null = null;
    const cancel = (): void => {
      stop = this.#cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const running = send();
    this.#running = running;
    const unwatch = this.#home.watch(() => closeSocket(this.#home.client));
    try {
      return await running;
    } catch (error) {
      throw this.#translated(error, sql, prefixLength);
    } finally {
      this.#running = null;
      unwatch();
      signal?.removeEventListener('abort', cancel);
      // The next statement must not meet a cancel that was meant for this one.
      await (stop as (() => Promise<void>) | null)?.();
    }
  }

  #translated(error: unknown, sql: string, prefixLength: number): WarehouseError {
    const failure = explainMerge(statementFailure(error, sql, prefixLength), this.#home.major);
    // Without the connection there is no transaction to roll back.
    if (failure.failure.kind === 'transient' && this.#isCut) {
      this.#reusable = false;
      this.#inTransaction = false;
      this.#number.forget();
    }
    return failure;
  }

  async #typesOf(fields: readonly Field[]): Promise<readonly PostgresType[]> {
    const oids = fields.map((field) => field.dataTypeID);
    const { types } = this.#home;
    await types.learn(oids, async (sql) => (await this.#ask(sql, {})).rows);
    return oids.map((oid) => types.get(oid)!);
  }
}
