import type pg from 'pg';
import type { Adapter, ConnectOptions, Session } from '../../src/adapter/adapter.ts';
import { retryable, WarehouseError } from '../../src/adapter/failure.ts';
import { Canceller } from './canceller.ts';
import { type ClientOptions, closeSocket, endClient, openClient } from './client.ts';
import { connectionFailure } from './connection-failures.ts';
import { postgresFacts } from './facts.ts';
import { sqlState } from './failures.ts';
import { watchLocks } from './lock-watch.ts';
import { type Answer, ask } from './query.ts';
import { recipes } from './recipes.ts';
import { PostgresSession } from './session.ts';
import { applicationName, connectionCheckSql, settingsSql } from './settings.ts';
import { settle } from './settle.ts';
import { TypeBook } from './types.ts';
import { watchStatement } from './watch.ts';

/**
 * Connects once and sets what the profile asks for, so that a wrong profile is told before anything runs; the
 * connection waits for a session.
 */
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
  /** Wakes whoever waits for a connection that another session has. */
  readonly #waiting = new Set<() => void>();
  readonly #canceller: Canceller;
  /** Whether the server looks for vanished clients, found out by the first connection. */
  #checksConnection = false;
  #prepared = false;
  #closed = false;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#canceller = new Canceller(options);
  }

  async prepare(): Promise<void> {
    const client = await this.#connect('connect');
    try {
      await ask(client, this.#settingsSql('connect'));
    } catch (error) {
      this.#drop(client);
      throw connectionFailure(error, this.#options.credentials.fields);
    }
    if (this.#options.restricted === true) await this.#refuseReach(client);
    this.#checksConnection = await ask(client, connectionCheckSql).then(
      () => true,
      () => false,
    );
    this.#idle.push(client);
    this.#prepared = true;
  }

  /** What statements may do to the server's files and programs is a right of the role that logs in. */
  async #refuseReach(client: pg.Client): Promise<void> {
    const { rows } = await ask(client, reachSql);
    if (rows.length === 0) return;
    this.#drop(client);
    throw reachRefused(rows.map(([right]) => String(right)));
  }

  async openSession(label: string): Promise<Session> {
    if (this.#closed) throw new Error('a session was opened after the warehouse was closed');
    const { client, answer } = await this.#readyClient(label);
    const [backend, database, major] = answer.rows[0]!;
    const session = new PostgresSession(label, {
      client,
      backend: Number(backend),
      database: String(database),
      major: Number(major),
      types: this.#types,
      cancel: (process, before) => this.#canceller.cancel(client, process, before),
      settle: (transactionId) => settle(this.#options, transactionId),
      watch: (lost) => watchStatement(this.#options, Number(backend), lost),
      watchLocks: () => watchLocks(this.#options, Number(backend)),
      giveBack: async (ended, reusable) => {
        this.#sessions.delete(ended);
        await this.#takeBack(client, reusable);
        for (const wake of this.#waiting) wake();
      },
    });
    this.#sessions.add(session);
    return session;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#sessions].map((session) => session.release()));
    const clients = [...this.#clients];
    this.#clients.clear();
    await Promise.all([this.#canceller.close(), ...clients.map(endClient)]);
  }

  /** A connection that is set up for the item. What the server has ended while it was idle is passed over. */
  async #readyClient(label: string): Promise<{ readonly client: pg.Client; readonly answer: Answer }> {
    for (;;) {
      const { client, fresh } = await this.#obtain(label);
      try {
        return { client, answer: await ask(client, this.#settingsSql(label)) };
      } catch (error) {
        this.#drop(client);
        const failed = connectionFailure(error, this.#options.credentials.fields);
        if (fresh || failed.failure.kind !== 'transient') throw failed;
      }
    }
  }

  /**
   * An idle connection, or a new one; from a full server, one that another session gives back. Where none of ours is
   * at work nobody will, and waiting ends.
   */
  async #obtain(label: string): Promise<{ readonly client: pg.Client; readonly fresh: boolean }> {
    for (let idleRounds = 0; ; ) {
      const idle = this.#takeIdle();
      if (idle !== null) return { client: idle, fresh: false };
      // Where others are at work it is they who will have one to spare, and not the server.
      const isAlone = this.#sessions.size === 0;
      try {
        return { client: await this.#connect(label, isAlone ? {} : { retries: 0 }), fresh: true };
      } catch (error) {
        if (sqlState(error) !== '53300') {
          if (isAlone || !(error instanceof WarehouseError) || !retryable(error.failure)) throw error;
          return { client: await this.#connect(label), fresh: true };
        }
        if (idleRounds >= patience) throw error;
        if (this.#closed || this.#options.signal?.aborted) throw error;
      }
      if (this.#idle.length === 0) await this.#somebodyIsDone();
      idleRounds = [...this.#sessions].some((session) => session.busy) ? 0 : idleRounds + 1;
    }
  }

  #somebodyIsDone(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, roundMs);
      this.#waiting.add(wake);
    });
  }

  async #connect(label: string, options: Pick<ClientOptions, 'retries'> = {}): Promise<pg.Client> {
    const { credentials, signal } = this.#options;
    const client = await openClient(credentials, {
      ...options,
      applicationName: this.#applicationName(label),
      // A run that was interrupted still cleans up.
      signal: signal?.aborted && this.#prepared ? undefined : signal,
    });
    this.#clients.add(client);
    return client;
  }

  #applicationName(label: string): string {
    return applicationName(this.#options.credentials, this.#options.invocationId, label);
  }

  #settingsSql(label: string): string {
    const { credentials, readOnly } = this.#options;
    const checksConnection = this.#checksConnection;
    return settingsSql({
      credentials,
      readOnly,
      checksConnection,
      applicationName: this.#applicationName(label),
    });
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

  #drop(client: pg.Client): void {
    this.#clients.delete(client);
    closeSocket(client);
  }
}

/** A role with these rights is not for projects that are not trusted. */
const reachRefused = (rights: readonly string[]): WarehouseError =>
  new WarehouseError(
    {
      kind: 'permission',
      message: `--restricted: the role of the profile reaches the server's files and programs (${rights.join(', ')})`,
      code: null,
      detail: null,
      hint: 'name a role that is no superuser, and no member of pg_execute_server_program, pg_read_server_files and pg_write_server_files',
      position: null,
    },
    null,
    null,
  );

const reachSql = `select name from (
  select 'superuser' as name from pg_roles where rolname = session_user and rolsuper
  union all
  select rolname from pg_roles
  where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    and pg_has_role(session_user, oid, 'member')
    and not (select rolsuper from pg_roles where rolname = session_user)
) as rights`;

/** How long a round of waiting for a connection lasts, and how many without any work of ours are borne. */
const roundMs = 1000;
const patience = 30;
