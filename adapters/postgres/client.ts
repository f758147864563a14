import pg from 'pg';
import { reveal } from '../../src/adapter/credentials.ts';
import type { Credentials } from '../../src/adapter/facts.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { connectionFailure, sqlState } from './failures.ts';
import { type Attempt, tlsAttempts } from './tls.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Connects as the profile says: each way that `sslmode` allows, and again where the server went away (`retries`). */
export async function openClient(credentials: Credentials): Promise<pg.Client> {
  const fields = reveal(credentials.fields) as Fields;
  const retries = Number(fields['retries'] ?? 1);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectOnce(fields);
    } catch (error) {
      const transient = error instanceof WarehouseError && error.failure.kind === 'transient';
      if (!transient || attempt > retries) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * attempt * 1000));
    }
  }
}

async function connectOnce(fields: Fields): Promise<pg.Client> {
  const place = `${fields['host']}:${fields['port']}`;
  try {
    const [first, second] = tlsAttempts(fields);
    try {
      return await connectBy(fields, first!);
    } catch (error) {
      if (second === undefined || !mayFallBack(error)) throw error;
      return await connectBy(fields, second);
    }
  } catch (error) {
    throw connectionFailure(error, place);
  }
}

/** The server offers no TLS, its certificate or ours does not fit, or it admits this client the other way only. */
function mayFallBack(error: unknown): boolean {
  if (sqlState(error) !== null) return sqlState(error) === '28000';
  const { code = '', message } = error as NodeJS.ErrnoException;
  return /does not support SSL|SSL|TLS/i.test(`${message} ${code}`);
}

async function connectBy(fields: Fields, ssl: Attempt): Promise<pg.Client> {
  const idle = Number(fields['keepalives_idle'] ?? 0);
  const client = new pg.Client({
    host: String(fields['host']),
    port: Number(fields['port']),
    user: String(fields['user']),
    password: String(fields['password']),
    database: String(fields['database']),
    connectionTimeoutMillis: Number(fields['connect_timeout'] ?? 10) * 1000,
    keepAlive: true,
    ...(idle > 0 ? { keepAliveInitialDelayMillis: idle * 1000 } : {}),
    ssl,
    // The server's text, untouched: values are read by our own rules.
    types: { getTypeParser: () => (text: unknown) => text },
  } as pg.ClientConfig);
  // What breaks an idle connection has no statement to fail; the next one that is sent fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    closeSocket(client);
    throw error;
  }
  return client;
}

/** Ends the connection without asking the server, which then rolls back by itself. */
export function closeSocket(client: pg.Client): void {
  client.connection.stream.destroy();
}
