import pg from 'pg';
import type { TestProject as Vitest } from 'vitest/node';
import { givenServer, type ServerAddress, startServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: ServerAddress;
    /** The server's major version. */
    readonly postgresVersion: number;
  }
}

/** One PostgreSQL server for all tests of a run: the one that `PG*` variables name, else one of our own. */
export default async function setup({ provide }: Vitest): Promise<() => Promise<void>> {
  const given = givenServer();
  const server = given === null ? await startServer() : null;
  const address = given ?? server!.address;
  provide('postgres', address);
  provide('postgresVersion', await versionOf(address));
  // Drivers read these too, and a test that leaves a key out means it.
  for (const name of Object.keys(process.env)) if (/^PG[A-Z]+$/.test(name)) delete process.env[name];
  return async () => server?.stop();
}

async function versionOf({ host, port, user, password, dbname }: ServerAddress): Promise<number> {
  const client = new pg.Client({ host, port, user, password, database: dbname });
  await client.connect();
  const { rows } = await client.query<{ number: number }>(
    "select current_setting('server_version_num')::int / 10000 as number",
  );
  await client.end();
  return rows[0]!.number;
}
