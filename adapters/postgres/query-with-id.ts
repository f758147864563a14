import type pg from 'pg';
import driver from 'pg';

/** The parts of the driver's connection by which one message follows another before any is answered. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { readonly text: string }): void;
  bind(message: object): void;
  describe(message: { readonly type: 'P' }): void;
  execute(message: object): void;
  sync(): void;
}

interface Handlers {
  submit(connection: unknown): null;
  readonly text: string;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
  handleEmptyQuery(connection: unknown): void;
}

const base = driver.Query as unknown as new (
  config: pg.QueryArrayConfig,
) => Omit<pg.Query, 'submit'> & Handlers;

/** Null until the transaction writes. Every supported version has the function by this name. */
export const transactionIdSql = 'select pg_catalog.txid_current_if_assigned()';

/**
 * A statement, and behind it the question for the transaction's id: both go out together, so the id is known without
 * another turn, and before anything that comes after the statement. Where the statement fails the server skips the
 * question.
 */
export class QueryWithId extends base {
  #answered = false;
  /** Set when the statement has been answered. */
  transactionId: string | null = null;

  override submit(connection: unknown): null {
    const wire = connection as Wire;
    wire.stream.cork();
    for (const text of [this.text, transactionIdSql]) {
      wire.parse({ text });
      wire.bind({});
      // Only of the statement's own rows the columns are told.
      if (text === this.text) wire.describe({ type: 'P' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    return null;
  }

  override handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    if (this.#answered) this.transactionId = message.fields[0] ?? null;
    else super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: unknown): void {
    if (!this.#answered) super.handleCommandComplete(message, connection);
    this.#answered = true;
  }

  override handleEmptyQuery(): void {
    this.#answered = true;
  }
}
