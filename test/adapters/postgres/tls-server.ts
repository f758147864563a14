import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startServer, type TestServer } from '../../postgres-server.ts';
import { scratchFolder } from '../../rig.ts';

const fixtures = resolve(import.meta.dirname, 'tls');

const fixture = (name: string): string => readFileSync(join(fixtures, name), 'utf8');

/** Who is let in, by the name of the database. */
const rules = [
  ['hostssl', 'encrypted', 'scram-sha-256'],
  ['hostnossl', 'clear', 'scram-sha-256'],
  ['hostssl', 'presented', 'scram-sha-256 clientcert=verify-ca'],
  ['hostssl', 'certified', 'cert'],
  ['host', 'postgres', 'scram-sha-256'],
] as const;

/** Makes the databases that the rules speak of. */
export async function createDatabases({ address }: TestServer): Promise<void> {
  const { dbname, ...login } = address;
  const client = new pg.Client({ ...login, database: dbname });
  await client.connect();
  for (const [, database] of rules.slice(0, 4)) await client.query(`create database ${database}`);
  await client.end();
}

/**
 * A server that offers TLS. Its certificate is made out to `localhost` and the address 127.0.0.1; `server-elsewhere` is
 * to another host, `server-address` to a name that reads like the address.
 */
export function startTlsServer(certificate: string): Promise<TestServer> {
  return startServer({
    settings: ['ssl=on', 'ssl_ca_file=root.crt', 'password_encryption=scram-sha-256'],
    files: {
      'server.crt': fixture(`${certificate}.crt`),
      'server.key': fixture(`${certificate}.key`),
      'root.crt': fixture('ca.crt'),
      'pg_hba.conf': `local all all scram-sha-256\n${rules.map(([type, name, method]) => `${type} ${name} all all ${method}`).join('\n')}\n`,
    },
  });
}

/** Path of a certificate of the fixtures. */
export const certificatePath = (name: string): string => join(fixtures, `${name}.crt`);

/** Path of a copy of a key that only its owner may read; gone after the test. */
export function keyPath(name: string, mode = 0o600): string {
  const path = join(scratchFolder(), `${name}.key`);
  writeFileSync(path, fixture(`${name}.key`));
  chmodSync(path, mode);
  return path;
}
