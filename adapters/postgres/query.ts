import type pg from 'pg';
import driver from 'pg';
import { QueryWithId } from './query-with-id.ts';

/** A column of an answer, as the server describes it. */
export interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

export type RawRow = readonly (string | null)[];

/** What one statement gave back, values as the server's text. */
export interface Answer {
  readonly fields: readonly Field[];
  readonly rows: readonly RawRow[];
  /** The server's command tag: `INSERT 0 5`, `CREATE TABLE`; empty for an empty statement. */
  readonly tag: string;
  /** The id of the open transaction, where it was asked for and the transaction has one. */
  readonly transactionId: string | null;
}

/** Rows on their way; whoever stops early must still `discard` the rest. */
export interface RowFlow {
  /** Known once the first row or the end has come. */
  readonly fields: readonly Field[];
  /** True once the server has nothing more to say. */
  readonly over: boolean;
  /** The next rows; null at the end. Throws the driver's error. */
  next(): Promise<readonly RawRow[] | null>;
  /** Reads and forgets what is left; never throws. */
  discard(): Promise<void>;
}

/** Rows that a chunk of a flow holds, and that may wait before the socket is paused. */
const chunkRows = 2048;
const waitingRows = 4 * chunkRows;

/**
 * Sends one statement by the extended protocol, which refuses several in one text. Rejects with the driver's error.
 * With `withId` the transaction's id comes along, in the same message and the same answer.
 */
export function ask(client: pg.Client, sql: string, { withId = false } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const rows: RawRow[] = [];
    const query = withId ? new QueryWithId(queryConfig(sql)) : new driver.Query(queryConfig(sql));
    submit(client, query, {
      row: (row) => rows.push(row),
      end: (fields, tag) => {
        const transactionId = query instanceof QueryWithId ? query.transactionId : null;
        resolve({ fields, rows, tag, transactionId });
      },
      error: reject,
    });
  });
}

/** As `ask`, but pauses the connection while rows wait to be taken. */
export async function flow(client: pg.Client, sql: string): Promise<RowFlow> {
  const { stream } = client.connection;
  let waiting: RawRow[] = [];
  let fields: readonly Field[] = [];
  let state: 'running' | 'ended' | 'failed' | 'discarded' = 'running';
  let failure: unknown = null;
  let wake: () => void = () => undefined;
  const isOver = (): boolean => state === 'ended' || state === 'failed';
  const news = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  submit(client, new driver.Query(queryConfig(sql)), {
    row: (row, described) => {
      fields = described;
      if (state === 'discarded') return;
      waiting.push(row);
      if (waiting.length >= waitingRows) stream.pause();
      if (waiting.length === 1 || waiting.length >= chunkRows) wake();
    },
    end: (described) => {
      fields = described;
      state = 'ended';
      wake();
    },
    error: (error) => {
      failure = error;
      state = 'failed';
      wake();
    },
  });
  if (waiting.length === 0 && !isOver()) await news();
  if (failure !== null) throw failure;
  return {
    fields,
    get over() {
      return isOver();
    },
    next: async () => {
      while (waiting.length < chunkRows && !isOver()) {
        const change = news();
        stream.resume();
        await change;
      }
      if (failure !== null) throw failure;
      const rows = waiting.slice(0, chunkRows);
      waiting = waiting.slice(chunkRows);
      return rows.length === 0 ? null : rows;
    },
    discard: async () => {
      waiting = [];
      while (!isOver()) {
        state = 'discarded';
        const change = news();
        stream.resume();
        await change;
      }
    },
  };
}

interface Listener {
  row(row: RawRow, fields: readonly Field[]): void;
  end(fields: readonly Field[], tag: string): void;
  error(error: unknown): void;
}

const queryConfig = (sql: string) =>
  ({ text: sql, rowMode: 'array', queryMode: 'extended' }) as pg.QueryArrayConfig;

function submit(client: pg.Client, query: pg.Query | QueryWithId, listener: Listener): void {
  let tag = '';
  const complete = (message: { readonly text: string }): void => {
    tag = message.text;
  };
  client.connection.once('commandComplete', complete);
  const settled = (): void => {
    client.connection.off('commandComplete', complete);
  };
  const fieldsOf = (result: unknown): readonly Field[] =>
    (result as { readonly fields: readonly Field[] }).fields;
  query.on('row', (row: unknown, result: unknown) => listener.row(row as RawRow, fieldsOf(result)));
  query.on('end', (result: unknown) => {
    settled();
    listener.end(fieldsOf(result), tag);
  });
  query.on('error', (error: unknown) => {
    settled();
    listener.error(error);
  });
  client.query(query as pg.Query);
}
