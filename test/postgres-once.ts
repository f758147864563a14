import type { TestProject as Vitest } from 'vitest/node';
import { givenServer, type ServerAddress, startServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: ServerAddress;
  }
}

/** One PostgreSQL server for all tests of a run: the one that `PG*` variables name, else one of our own. */
export default async function setup({ provide }: Vitest): Promise<() => Promise<void>> {
  const given = givenServer();
  if (given !== null) {
    provide('postgres', given);
    return async () => undefined;
  }
  const server = await startServer();
  provide('postgres', server.address);
  return () => server.stop();
}
