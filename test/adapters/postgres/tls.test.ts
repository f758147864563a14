import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestServer } from '../../postgres-server.ts';
import { scratchFolder } from '../../rig.ts';
import { certificatePath, createDatabases, keyPath, startTlsServer } from './tls-server.ts';
import { failureOf, openWarehouse, rowsOf } from './warehouse.ts';

let server: TestServer;
let elsewhere: TestServer;
let addressed: TestServer;

beforeAll(async () => {
  [server, elsewhere, addressed] = await Promise.all([
    startTlsServer('server'),
    startTlsServer('server-elsewhere'),
    startTlsServer('server-address'),
  ]);
  await createDatabases(server);
});
afterAll(() => Promise.all([server, elsewhere, addressed].map((one) => one.stop())));

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** `TLS` or `clear`, or the first line of what is said instead. */
async function outcomeOf(output: Readonly<Record<string, unknown>>, home?: string): Promise<string> {
  try {
    const session = await (await openWarehouse({ ...output, retries: 0 }, home)).openSession('test');
    const [[encrypted]] = (await rowsOf(
      session,
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    )) as [[boolean]];
    return encrypted ? 'TLS' : 'clear';
  } catch (error) {
    return (error as Error).message;
  }
}

/** By mode, in their order. What is expected was asked of libpq 17. */
async function outcomes(output: Readonly<Record<string, unknown>>): Promise<string[]> {
  const all: string[] = [];
  for (const sslmode of modes) all.push(await outcomeOf({ ...output, sslmode }));
  return all;
}

const pair = (name: string) => ({ sslcert: certificatePath(name), sslkey: keyPath(name) });
const ca = certificatePath('ca');
const otherCa = certificatePath('other-ca');

describe('each mode, as libpq has it', () => {
  const offersNone = 'the server does not support SSL, but SSL was required';
  const unknownAuthority = "the server's certificate is not signed by a known authority";
  const noEntry = (database: string, encryption: string) =>
    `no pg_hba.conf entry for host "127.0.0.1", user "sluice", database "${database}", ${encryption}`;
  const noRoot = (mode: string, path: string) =>
    `'sslmode: ${mode}' checks the server's certificate by that of its authority, and ${path} does not exist`;

  test('a server without TLS', async () => {
    const all = await outcomes({ sslrootcert: ca });
    expect(all).toEqual(['clear', 'clear', 'clear', offersNone, offersNone, offersNone]);
  });

  test('a server whose authority is known', async () => {
    const all = await outcomes({ ...server.address, sslrootcert: ca });
    expect(all).toEqual(['clear', 'clear', 'TLS', 'TLS', 'TLS', 'TLS']);
    const named = { ...server.address, host: 'localhost', sslrootcert: ca, sslmode: 'verify-full' };
    expect(await outcomeOf(named)).toBe('TLS');
  });

  test('a server whose authority is another, which an authority at hand tells whatever the mode', async () => {
    const all = await outcomes({ ...server.address, sslrootcert: otherCa });
    expect(all).toEqual(['clear', 'clear', 'clear', unknownAuthority, unknownAuthority, unknownAuthority]);
  });

  test('a server whose certificate is for another host', async () => {
    const all = await outcomes({ ...elsewhere.address, sslrootcert: ca });
    expect(all.slice(0, 5)).toEqual(['clear', 'clear', 'TLS', 'TLS', 'TLS']);
    expect(all[5]).toMatch(/127\.0\.0\.1/);
    const named = { ...addressed.address, sslrootcert: ca, sslmode: 'verify-full' };
    expect(await outcomeOf(named)).toBe('TLS');
    expect(await outcomeOf({ ...named, host: 'localhost' })).toMatch(/localhost/);
  });

  test('a local socket knows no TLS', async () => {
    const all = await outcomes({ ...server.address, host: '/tmp', sslrootcert: '/nowhere/none.crt' });
    expect(all).toEqual(['clear', 'clear', 'clear', 'clear', 'clear', 'clear']);
  });

  test('no authority at hand', async () => {
    const sslrootcert = join(scratchFolder(), 'none.crt');
    const all = await outcomes({ ...server.address, sslrootcert });
    expect(all).toEqual([
      ...['clear', 'clear', 'TLS', 'TLS'],
      noRoot('verify-ca', sslrootcert),
      noRoot('verify-full', sslrootcert),
    ]);
  });

  test('a database that is open over TLS alone', async () => {
    const all = await outcomes({ ...server.address, dbname: 'encrypted', sslrootcert: ca });
    expect(all).toEqual([noEntry('encrypted', 'no encryption'), 'TLS', 'TLS', 'TLS', 'TLS', 'TLS']);
  });

  test('a database that is open in the clear alone', async () => {
    const all = await outcomes({ ...server.address, dbname: 'clear', sslrootcert: ca });
    const refused = noEntry('clear', 'SSL encryption');
    expect(all).toEqual(['clear', 'clear', 'clear', refused, refused, refused]);
  });

  test('a database that asks for a certificate', async () => {
    const output = { ...server.address, dbname: 'presented', sslrootcert: ca };
    const required = 'connection requires a valid client certificate';
    const inTheClear = noEntry('presented', 'no encryption');
    const without = await outcomes(output);
    expect(without).toEqual([inTheClear, required, inTheClear, required, required, required]);
    const missing = await outcomes({ ...output, sslcert: '/nowhere/none.crt', sslkey: '/nowhere/none.key' });
    expect(missing).toEqual(without);
    expect(await outcomes({ ...output, ...pair('client') })).toEqual([
      inTheClear,
      ...['TLS', 'TLS', 'TLS', 'TLS', 'TLS'],
    ]);
  });

  test('a certificate that the server does not know is refused without a way back to the clear', async () => {
    const all = await outcomes({ ...server.address, sslrootcert: ca, ...pair('client-other') });
    const refused = `the server does not take the certificate ${certificatePath('client-other')}`;
    expect(all).toEqual(['clear', 'clear', refused, refused, refused, refused]);
  });

  test('a database that knows its users by their certificates', async () => {
    const output = { ...server.address, dbname: 'certified', sslrootcert: ca };
    const client = await outcomes({ ...output, ...pair('client') });
    expect(client.slice(1)).toEqual(['TLS', 'TLS', 'TLS', 'TLS', 'TLS']);
    const stranger = await outcomes({ ...output, ...pair('client-stranger') });
    const refused = 'certificate authentication failed for user "sluice"';
    const inTheClear = noEntry('certified', 'no encryption');
    expect(stranger).toEqual([inTheClear, refused, inTheClear, refused, refused, refused]);
  });
});

describe('files', () => {
  const output = () => ({ ...server.address, retries: 0 });
  const failed = (changes: Readonly<Record<string, unknown>>) =>
    failureOf(openWarehouse({ ...output(), sslmode: 'require', ...changes }));

  test('those of ~/.postgresql are taken where none are named', async () => {
    const home = scratchFolder();
    mkdirSync(join(home, '.postgresql'));
    const put = (name: string, from: string) =>
      writeFileSync(join(home, '.postgresql', name), readFileSync(from), { mode: 0o600 });
    const certified = { ...server.address, dbname: 'certified', sslmode: 'verify-full' };
    expect(await outcomeOf(certified, home)).toContain(join(home, '.postgresql/root.crt'));
    put('root.crt', ca);
    expect(await outcomeOf(certified, home)).toBe('connection requires a valid client certificate');
    put('postgresql.crt', certificatePath('client'));
    put('postgresql.key', keyPath('client'));
    expect(await outcomeOf(certified, home)).toBe('TLS');
    put('root.crt', otherCa);
    const checked = await failureOf(openWarehouse({ ...output(), sslmode: 'require' }, home));
    expect(checked.hint).toContain("'sslrootcert'");
  });

  test('the authorities of the system are those of public servers', async () => {
    expect(await failed({ sslmode: undefined, sslrootcert: 'system' })).toMatchObject({
      kind: 'configuration',
      hint: expect.stringContaining("'sslrootcert'"),
    });
  });

  test.each<[string, () => Readonly<Record<string, unknown>>, RegExp]>([
    [
      'an authority that is none',
      () => ({ sslrootcert: join(import.meta.dirname, 'tls.test.ts') }),
      /tls\.test\.ts holds no certificate in PEM form.*'sslrootcert'/s,
    ],
    [
      'an authority that cannot be read',
      () => ({ sslrootcert: scratchFolder() }),
      /cannot be read: EISDIR.*'sslrootcert'/s,
    ],
    [
      'a certificate without a key',
      () => ({ sslcert: certificatePath('client'), sslkey: '/nowhere/none.key' }),
      /there is no private key for the certificate .*client\.crt.*'sslkey'/s,
    ],
    [
      'a key that is none',
      () => ({ sslcert: certificatePath('client'), sslkey: certificateCopy('client') }),
      /holds no private key in PEM form.*'sslkey'/s,
    ],
    [
      'a key of another certificate',
      () => ({ sslcert: certificatePath('client'), sslkey: keyPath('client-other') }),
      /is not that of the certificate .*client\.crt.*'sslcert' and 'sslkey'/s,
    ],
    [
      'a key that others may read',
      () => ({ sslcert: certificatePath('client'), sslkey: keyPath('client', 0o644) }),
      /may be read by others than its owner.*'sslkey': chmod 0600/s,
    ],
  ])('%s is told with its key', async (_, changes, words) => {
    const failure = await failed(changes());
    expect(failure.kind).toBe('configuration');
    expect(`${failure.message}\n${failure.hint}`).toMatch(words);
    // What only would be nice to have is done without, as libpq does.
    expect(await outcomeOf({ ...output(), sslmode: 'prefer', ...changes() })).toBe('clear');
  });
});

/** Readable by its owner alone. */
function certificateCopy(name: string): string {
  const path = join(scratchFolder(), `${name}.crt`);
  writeFileSync(path, readFileSync(certificatePath(name)), { mode: 0o600 });
  return path;
}
