import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ConnectOptions } from '../../src/adapter/adapter.ts';
import { closeSocket, openClient } from './client.ts';
import { ask } from './query.ts';
import { applicationName } from './settings.ts';

/** Somebody looks after the locks that a process of the server waits for. */
export interface LockWatch {
  /** Whether the process was made to give way. */
  readonly gaveWay: boolean;
  /** Settles once the process is left alone. */
  end(): Promise<void>;
}

/**
 * Looks, over a connection of its own, whether somebody whom the process waits for waits for it in turn, and then
 * cancels what the process runs: sooner than the server would find the deadlock, and perhaps end the other. Null where
 * no connection is to be had.
 */
export async function watchLocks(options: ConnectOptions, backend: number): Promise<LockWatch | null> {
  const { credentials, invocationId } = options;
  const name = applicationName(credentials, invocationId, 'locks');
  try {
    const client = await openClient(credentials, { applicationName: name, retries: 0 });
    const { rows } = await ask(client, pauseSql);
    return new Watch(client, backend, Number(rows[0]![0]));
  } catch {
    return null;
  }
}

/** An answer that is on its way when the watch ends is waited for so long: with it may come a cancel. */
const answerMs = 5000;

class Watch implements LockWatch {
  readonly #client: pg.Client;
  readonly #watching: Promise<void>;
  readonly #stop = new AbortController();
  gaveWay = false;

  constructor(client: pg.Client, backend: number, pauseMs: number) {
    this.#client = client;
    // Without its connection it has nothing to look with, and the server's own limits remain.
    this.#watching = this.#watch(lookSql(backend), pauseMs).catch(() => undefined);
  }

  async #watch(sql: string, pauseMs: number): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && !this.gaveWay) {
      await sleep(pauseMs, undefined, { signal });
      const { rows } = await ask(this.#client, sql);
      this.gaveWay = rows[0]![0] === 't';
    }
  }

  async end(): Promise<void> {
    this.#stop.abort();
    const timer = setTimeout(() => closeSocket(this.#client), answerMs);
    await this.#watching;
    clearTimeout(timer);
    closeSocket(this.#client);
  }
}

/** Four looks in the time that the server lets a deadlock be. */
const pauseSql = `select least(250,
  extract(epoch from pg_catalog.current_setting('deadlock_timeout')::interval) * 250)::int`;

const lookSql = (backend: number): string => `with recursive ahead as (
  select pid from pg_catalog.unnest(pg_catalog.pg_blocking_pids(${backend})) as pid
  union
  select next from ahead, pg_catalog.unnest(pg_catalog.pg_blocking_pids(ahead.pid)) as next
)
select case when exists (select 1 from ahead where pid = ${backend})
  then pg_catalog.pg_cancel_backend(${backend}) else false end`;
