import type { ConnectOptions } from '../../src/adapter/adapter.ts';
import { closeSocket, endClient, openClient } from './client.ts';
import { ask, type RawRow } from './query.ts';
import { applicationName } from './settings.ts';

/** How long an answer is waited for where the profile sets no limit for connecting. */
const patienceMs = 10_000;

/**
 * One question over a connection of its own, for when the session's own cannot be asked. Rejects with what the driver
 * says; a server that does not answer in time is told by a closed connection.
 */
export async function askAside(
  options: ConnectOptions,
  label: string,
  sql: string,
): Promise<readonly RawRow[]> {
  const { credentials, invocationId } = options;
  const client = await openClient(credentials, {
    applicationName: applicationName(credentials, invocationId, label),
    retries: 0,
  });
  const limit = Number(credentials.fields['connect_timeout'] ?? 0) * 1000;
  const timer = setTimeout(() => closeSocket(client), limit > 0 ? limit : patienceMs);
  try {
    const { rows } = await ask(client, sql);
    await endClient(client);
    return rows;
  } finally {
    clearTimeout(timer);
    closeSocket(client);
  }
}
