import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { reveal } from '../../src/adapter/credentials.ts';
import type { Credentials } from '../../src/adapter/facts.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { connectionFailure } from './connection-failures.ts';
import { cancelled, sqlState } from './failures.ts';
import { checkServerVersion } from './server-version.ts';
import { type Attempt, clear, isTlsFailure, tlsAttempts } from './tls.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ClientOptions {
  /** Shown by the server from the first moment on. */
  readonly applicationName: string;
  /** Times to try again where the server is away or full; the profile's `retries` where it is not given. */
  readonly retries?: number | undefined;
  /** Gives up waiting for the server. */
  readonly signal?: AbortSignal | undefined;
}

/** Quiet for this long, a connection is asked whether the other side still lives: less than firewalls forget it in. */
const keepAliveMs = 60_000;

/**
 * Connects as the profile says: to each host of a list, each way that `sslmode` allows, and again where the server is
 * away (`retries`). A refusal is final: a wrong password is sent once.
 */
export async function openClient(credentials: Credentials, options: ClientOptions): Promise<pg.Client> {
  const fields = reveal(credentials.fields) as Fields;
  const retries = options.retries ?? Number(fields['retries'] ?? 1);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectToAny(fields, options);
    } catch (error) {
      if (!isAway(error) || attempt > retries) throw error;
    }
    await pause(attempt * attempt * 1000, options.signal);
  }
}

/** Throws the failure `cancelled` where the signal came first. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw cancelled(null, signal?.reason);
  });
}

const isAway = (error: unknown): boolean =>
  error instanceof WarehouseError && error.failure.kind === 'transient';

/** As libpq: the hosts of a list in their order, and an empty one is the local socket. */
async function connectToAny(fields: Fields, options: ClientOptions): Promise<pg.Client> {
  const hosts = String(fields['host']).split(',');
  let failed: unknown = null;
  for (const host of hosts.map((one) => one.trim() || '/var/run/postgresql')) {
    try {
      return await connectTo(fields, host, options);
    } catch (error) {
      failed = error;
      const elsewhere = isAway(error) || (error as WarehouseError).failure.code === 'ENOTFOUND';
      if (!elsewhere) break;
    }
  }
  throw failed;
}

async function connectTo(fields: Fields, host: string, options: ClientOptions): Promise<pg.Client> {
  const { client, version } = await connectAnyWay(fields, host, options);
  try {
    checkServerVersion(version);
    return client;
  } catch (error) {
    closeSocket(client);
    throw error;
  }
}

interface Connected {
  readonly client: pg.Client;
  /** What the server calls itself; null where it does not say. */
  readonly version: string | null;
}

async function connectAnyWay(fields: Fields, host: string, options: ClientOptions): Promise<Connected> {
  const [first, second] = tlsAttempts(fields, host);
  const place = { ...fields, host };
  try {
    return await connectBy(fields, host, first!, options);
  } catch (error) {
    if (second === undefined || !mayGoOtherWay(error)) throw connectionFailure(error, place);
    return await connectBy(fields, host, second, options).catch((last: unknown) => {
      throw connectionFailure(last, place, { over: first === clear ? 'without TLS' : 'with TLS', error });
    });
  }
}

/** TLS does not come about, its files cannot be used, or the server admits this client the other way only. */
const mayGoOtherWay = (error: unknown): boolean =>
  error instanceof WarehouseError
    ? error.failure.kind === 'configuration'
    : sqlState(error) === '28000' || isTlsFailure(error);

async function connectBy(
  fields: Fields,
  host: string,
  attempt: Attempt,
  { applicationName, signal }: ClientOptions,
): Promise<Connected> {
  if (signal?.aborted) throw cancelled(null, signal.reason);
  const idle = Number(fields['keepalives_idle'] ?? 0);
  const client = new pg.Client({
    host,
    port: Number(fields['port']),
    user: String(fields['user']),
    password: String(fields['password']),
    database: String(fields['database']),
    application_name: applicationName,
    // None or less is no limit, as in libpq.
    connectionTimeoutMillis: Math.max(0, Number(fields['connect_timeout'] ?? 10)) * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: idle > 0 ? idle * 1000 : keepAliveMs,
    ssl: attempt(host),
    // The server's text, untouched: values are read by our own rules.
    types: { getTypeParser: () => (text: unknown) => text },
  } as pg.ClientConfig);
  let version: string | null = null;
  client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === 'server_version') version = status.parameterValue;
  });
  // What breaks an idle connection has no statement to fail; the next one that is sent fails.
  client.on('error', () => undefined);
  const giveUp = (): void => closeSocket(client);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect();
    return { client, version };
  } catch (error) {
    closeSocket(client);
    throw signal?.aborted ? cancelled(null, signal.reason) : error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Ends the connection without asking the server, which then rolls back by itself. */
export function closeSocket(client: pg.Client): void {
  client.connection.stream.destroy();
}

/** Ends the connection in good manners; a server that does not hear it is not waited for. */
export async function endClient(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => closeSocket(client), farewellMs);
  await client.end().catch(() => closeSocket(client));
  clearTimeout(timer);
}

const farewellMs = 2000;
