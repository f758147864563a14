import type pg from 'pg';
import type { ConnectOptions } from '../../src/adapter/adapter.ts';
import { invocationMark, literal } from '../../src/adapter/names.ts';
import { cancelLimit, requestCancel } from './cancel.ts';
import { closeSocket, endClient, openClient } from './client.ts';
import { postgresFacts } from './facts.ts';
import { ask } from './query.ts';
import { applicationName } from './settings.ts';

/** Ends statements of one invocation from outside of their sessions. */
export class Canceller {
  readonly #options: ConnectOptions;
  /** Made when the first statement is cancelled, and kept. */
  #client: Promise<pg.Client> | null = null;
  /** What the client was asked last: it answers in order, and is asked one thing at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectOptions) {
    this.#options = options;
  }

  /**
   * By the process, over a connection of its own, and only where the process is one of this invocation: behind one
   * address there may be several servers. Where that is not to be had, by the protocol's request. A statement that
   * hears neither (`before` counts the times) loses its connection. Never rejects.
   */
  async cancel(busy: pg.Client, backend: number, before: number): Promise<void> {
    if (before >= cancelLimit) return closeSocket(busy);
    try {
      this.#client ??= this.#connect();
      const client = this.#client;
      const asked = this.#last.then(async () => ask(await client, this.#sql(backend)));
      this.#last = asked.catch(() => undefined);
      const { rows } = await asked;
      if (rows[0]?.[0] === 't') return;
    } catch {
      this.#client = null;
    }
    await requestCancel(busy).catch(() => closeSocket(busy));
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    if (client) await endClient(client);
  }

  #connect(): Promise<pg.Client> {
    const { credentials, invocationId } = this.#options;
    const name = applicationName(credentials, invocationId, 'cancel');
    return openClient(credentials, { applicationName: name, retries: 0 });
  }

  #sql(backend: number): string {
    const mark = literal(postgresFacts, invocationMark(this.#options.invocationId));
    return `select pg_catalog.pg_cancel_backend(pid) from pg_catalog.pg_stat_activity
      where pid = ${backend} and pg_catalog.strpos(application_name, ${mark}) > 0`;
  }
}
