import type pg from 'pg';
import type { ExecuteOptions, RowSource, RowStream } from '../../src/adapter/adapter.ts';
import type { StatementResult } from '../../src/adapter/cell.ts';
import type { WarehouseError } from '../../src/adapter/failure.ts';
import { cells, columnsOf, responseOf } from './answers.ts';
import { repeatCancel } from './cancel.ts';
import { closeSocket } from './client.ts';
import { cancelled, gaveWay, statementFailure } from './failures.ts';
import { type Answer, ask, type Field, flow, type RawRow, type RowFlow } from './query.ts';
import { copyRows } from './seeds.ts';
import { explainMerge } from './server-version.ts';
import { TransactionNumber } from './transaction-number.ts';
import { type PostgresType, type TypeBook, unknownType } from './types.ts';

/** What a conversation is held over. */
export interface Line {
  readonly client: pg.Client;
  /** The server's process behind the client. */
  readonly backend: number;
  /** The server's major version. */
  readonly major: number;
  readonly types: TypeBook;
  /** Has the server end what the process runs; `before` counts the times it was asked to. */
  cancel(backend: number, before: number): Promise<void>;
  /** Calls `lost` where the server no longer works on what is waited for; gives what ends the watch. */
  watch(lost: () => void): () => void;
}

/** Statements and their answers over one connection, one after the other, and what they tell of its state. */
export class Conversation {
  readonly #label: string;
  readonly #line: Line;
  /** The open transaction's. */
  readonly number = new TransactionNumber();
  #inTransaction = false;
  #reusable = true;
  /** Set while what runs may be cancelled to give way to others: tells of a cancel whether it was one of these. */
  isGivingWay: (() => Promise<boolean>) | null = null;
  #ended = false;
  #running: Promise<unknown> | null = null;
  /** Counts statements: a stream that another statement ended must not look complete. */
  #statements = 0;
  /** A stream that may not have been read to its end. */
  #flow: RowFlow | null = null;
  /** Is to be sent before anything else. */
  #owed: string | null = null;

  constructor(label: string, line: Line) {
    this.#label = label;
    this.#line = line;
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** A statement runs. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** How many statements were sent. */
  get statements(): number {
    return this.#statements;
  }

  /** The connection is gone. */
  get isCut(): boolean {
    return !this.#line.client.connection.stream.writable;
  }

  /** Nothing is known against using the connection for another conversation. */
  get reusable(): boolean {
    return this.#reusable;
  }

  spoil(): void {
    this.#reusable = false;
  }

  /** A statement to be sent before the next one; of several the first, which undoes what the others would. */
  owe(sql: string): void {
    this.#owed ??= sql;
  }

  forgive(): void {
    this.#owed = null;
  }

  /** Whatever the server answers to a transaction's end, it is over. */
  leaveTransaction(): void {
    this.#inTransaction = false;
  }

  async ask(sql: string, options: ExecuteOptions = {}, prefixLength = 0): Promise<Answer> {
    if (this.#unfinished) await this.#makeReady();
    const { client } = this.#line;
    // Known before the commit is sent, which may be the last that is heard of the transaction.
    const withId = client.getTransactionStatus() === 'T' && this.number.isAskedWith(sql);
    const answer = await this.#send(sql, options, () => ask(client, sql, { withId }), prefixLength);
    // Hooks may send `begin` and the like as SQL text.
    this.#inTransaction = client.getTransactionStatus() !== 'I';
    if (this.#inTransaction) this.number.learn(sql, answer.transactionId);
    else this.number.forget();
    return answer;
  }

  /** An answer as everybody else knows it; asks for the names of types that were not met before. */
  async resultOf(answer: Answer): Promise<StatementResult> {
    const types = await this.#typesOf(answer.fields);
    return {
      columns: columnsOf(answer.fields, types),
      rows: cells(answer.rows, types),
      response: responseOf(answer.tag),
    };
  }

  async stream(sql: string, options: ExecuteOptions): Promise<RowStream> {
    if (this.#unfinished) await this.#makeReady();
    this.number.hide();
    const rows = await this.#send(sql, options, () => flow(this.#line.client, sql));
    // The rows occupy the connection until they have been read: types that are not known stay text.
    const types = rows.fields.map(({ dataTypeID }) => this.#line.types.get(dataTypeID) ?? unknownType);
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

  /** Sends the file's rows after a COPY statement; gives how many there were. */
  async copy(sql: string, source: RowSource, options: ExecuteOptions): Promise<number> {
    if (this.#unfinished) await this.#makeReady();
    this.number.hide();
    return this.#send(sql, options, () => copyRows(this.#line.client, sql, source));
  }

  /** Cancels what is running until it has ended, whatever its end, and what a stream still brings. */
  async fallSilent(): Promise<void> {
    const running = this.#running;
    if (running !== null) {
      const stop = this.#cancel();
      await running.catch(() => undefined);
      await stop();
    }
    if (this.#flow !== null) await this.#endFlow();
  }

  /** Nothing may be sent any more. */
  end(): void {
    this.#ended = true;
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
    return this.#flow !== null || this.#owed !== null;
  }

  async #makeReady(): Promise<void> {
    if (this.#flow !== null) await this.#endFlow();
    const sql = this.#owed;
    if (sql === null) return;
    this.#owed = null;
    await this.#send(sql, {}, () => ask(this.#line.client, sql));
  }

  #cancel(): () => Promise<void> {
    return repeatCancel((before) => this.#line.cancel(this.#line.backend, before));
  }

  async #send<T>(
    sql: string,
    { signal }: ExecuteOptions,
    send: () => Promise<T>,
    prefixLength = 0,
  ): Promise<T> {
    if (this.#ended) throw new Error(`session '${this.#label}' was used after its release`);
    if (signal?.aborted) throw cancelled(sql.slice(prefixLength), signal.reason);
    this.#statements += 1;
    let stop: (() => Promise<void>) | null = null;
    const cancel = (): void => {
      stop = this.#cancel();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const running = send();
    this.#running = running;
    const unwatch = this.#line.watch(() => closeSocket(this.#line.client));
    try {
      return await running;
    } catch (error) {
      const failure = this.#translated(error, sql, prefixLength);
      const gives = failure.failure.kind === 'cancelled' && (await this.isGivingWay?.());
      throw gives ? gaveWay(sql, error) : failure;
    } finally {
      this.#running = null;
      unwatch();
      signal?.removeEventListener('abort', cancel);
      // The next statement must not meet a cancel that was meant for this one.
      await (stop as (() => Promise<void>) | null)?.();
    }
  }

  #translated(error: unknown, sql: string, prefixLength: number): WarehouseError {
    const failure = explainMerge(statementFailure(error, sql, prefixLength), this.#line.major);
    // Without the connection there is no transaction to roll back.
    if (failure.failure.kind === 'transient' && this.isCut) {
      this.#reusable = false;
      this.#inTransaction = false;
      this.number.forget();
    }
    return failure;
  }

  async #typesOf(fields: readonly Field[]): Promise<readonly PostgresType[]> {
    const oids = fields.map((field) => field.dataTypeID);
    const { types } = this.#line;
    await types.learn(oids, async (sql) => (await this.ask(sql)).rows);
    return oids.map((oid) => types.get(oid)!);
  }
}
