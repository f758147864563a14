import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { type Files, type TestProject, testProject } from './rig.ts';

export interface PostgresProject extends TestProject {
  /** The schema that its target builds into; gone after the test, with those whose names begin with it. */
  readonly schema: string;
}

/** The server's own account, as an output of a profile. */
export const serverOutput = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  type: 'postgres',
  ...inject('postgres'),
  schema: 'public',
  threads: 4,
  ...changes,
});

/** True where the test server is at least of that major version: `test.skipIf(!since(15))`. */
export const since = (major: number): boolean => inject('postgresVersion') >= major;

/** A project whose profile points at the test server, in a schema that nobody else uses. */
export function postgresProject(
  files: Files = {},
  changes: Readonly<Record<string, unknown>> = {},
): PostgresProject {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const outputs = { dev: serverOutput({ schema, ...changes }) };
  const project = testProject({
    'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs } }),
    ...files,
  });
  onTestFinished(() => dropSchemas(schema));
  return { ...project, schema };
}

/** Runs a statement on the test server as its owner; rows as arrays of the driver's values. */
export async function ask(
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly (readonly unknown[])[]> {
  const { host, port, user, password, dbname } = inject('postgres');
  const client = new pg.Client({ host, port, user, password, database: dbname });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, values: [...values], rowMode: 'array' });
    return rows;
  } finally {
    await client.end();
  }
}

async function dropSchemas(prefix: string): Promise<void> {
  const rows = await ask('select nspname from pg_namespace where starts_with(nspname, $1)', [prefix]);
  for (const [name] of rows) await ask(`drop schema "${String(name).replaceAll('"', '""')}" cascade`);
}
