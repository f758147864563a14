import type pg from 'pg';
import type { Adapter, ConnectOptions, Session } from '../../src/adapter/adapter.ts';
import { closeSocket, openClient } from './client.ts';
import { postgresFacts } from './facts.ts';
import { connectionFailure } from './failures.ts';
import { ask } from './query.ts';
import { recipes } from './recipes.ts';
import { PostgresSession } from './session.ts';
import { connectionCheckSql, roleSql, settingsSql } from './settings.ts';
import { TypeBook } from './types.ts';

/** Connects once, so that a wrong profile is told before anything runs; the connection waits for a session. */
export async function connect(options: ConnectOptions): Promise<Adapter> {
  const warehouse = new PostgresWarehouse(options);
  await warehouse.prepare();
  return warehouse;
}

class PostgresWarehouse implements Adapter {
  readonly facts = postgresFacts;
  readonly recipes = recipes;
  readonly #options: ConnectOptions;
  readonly #types = new TypeBook();
  readonly #sessions = new Set<PostgresSession>();
  readonly #clients = new Set<pg.Client>();
  readonly #idle: pg.Client[] = [];
  /** Made when the first statement is cancelled, and kept. */
  #canceller: Promise<pg.Client> | null = null;
  /** False once the server has refused to look for vanished clients. */
  #checksConnection = true;
  #closed = false;

  constructor(options: ConnectOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const client = await this.#connect();
    this.#idle.push(client);
  }

  async openSession(label: string): Promise<Session> {
    if (this.#closed) throw new Error('a session was opened after the warehouse was closed');
    const { credentials, invocationId, readOnly } = this.#options;
    const client = this.#takeIdle() ?? (await this.#connect());
    try {
      const { rows } = await ask(client, settingsSql(credentials, invocationId, label));
      await this.#checkConnection(client);
      const role = roleSql(credentials);
      if (role !== null) await ask(client, role);
      if (readOnly) await ask(client, 'set default_transaction_read_only = on');
      const [backend, database] = rows[0]!;
      const session = new PostgresSession(label, {
        client,
        backend: Number(backend),
        database: String(database),
        types: this.#types,
        cancel: (process) => this.#cancel(client, process),
        giveBack: async (ended, reusable) => {
          this.#sessions.delete(ended);
          await this.#takeBack(client, reusable);
        },
      });
      this.#sessions.add(session);
      return session;
    } catch (error) {
      this.#drop(client);
      throw connectionFailure(error, this.#place);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#sessions].map((session) => session.release()));
    const canceller = await this.#canceller?.catch(() => null);
    const clients = [...this.#clients, ...(canceller ? [canceller] : [])];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.end().catch(() => closeSocket(client))));
  }

  get #place(): string {
    const { fields } = this.#options.credentials;
    return `${fields['host']}:${fields['port']}`;
  }

  async #connect(): Promise<pg.Client> {
    const client = await openClient(this.#options.credentials);
    this.#clients.add(client);
    return client;
  }

  /** A connection that the server has closed meanwhile is passed over. */
  #takeIdle(): pg.Client | null {
    for (let client = this.#idle.pop(); client !== undefined; client = this.#idle.pop()) {
      if (client.connection.stream.writable) return client;
      this.#drop(client);
    }
    return null;
  }

  /** What the session set, locked or made for itself must not be met by the next one. */
  async #takeBack(client: pg.Client, reusable: boolean): Promise<void> {
    if (!reusable || this.#closed) {
      this.#drop(client);
      return;
    }
    try {
      await ask(client, 'discard all');
      this.#idle.push(client);
    } catch {
      this.#drop(client);
    }
  }

  async #checkConnection(client: pg.Client): Promise<void> {
    if (!this.#checksConnection) return;
    try {
      await ask(client, connectionCheckSql);
    } catch (error) {
      if (!client.connection.stream.writable) throw error;
      this.#checksConnection = false;
    }
  }

  /** Where not even a connection for the cancel is to be had, the statement loses its own. */
  async #cancel(client: pg.Client, backend: number): Promise<void> {
    try {
      this.#canceller ??= openClient(this.#options.credentials);
      await ask(await this.#canceller, `select pg_catalog.pg_cancel_backend(${backend})`);
    } catch {
      this.#canceller = null;
      closeSocket(client);
    }
  }

  #drop(client: pg.Client): void {
    this.#clients.delete(client);
    closeSocket(client);
  }
}
