import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Adapter, ConnectOptions, Session } from '../../src/adapter/adapter.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { literal, quoteIdentifier } from '../../src/adapter/names.ts';
import { schemeOf } from './credentials.ts';
import { duckdbFacts } from './facts.ts';
import { connectionFailure, engineError, exceptionName } from './failures.ts';
import { Fences } from './fence.ts';
import { recipes } from './recipes.ts';
import { DuckDBSession } from './session.ts';
import { extensionStatements, readSetup, type Setup } from './setup.ts';

/** Fences of files that are open in this process, with the number of warehouses that share them. */
const openFiles = new Map<string, { readonly fences: Fences; users: number }>();

/** Opens a database and prepares it: extensions, secrets, attached databases. */
export async function connect({ credentials, readOnly, restricted }: ConnectOptions): Promise<Adapter> {
  const setup = readSetup(credentials);
  const opened = await openInstance(setup, credentials.database ?? 'memory', readOnly);
  const warehouse = new DuckDBWarehouse(opened, setup, restricted === true);
  try {
    await warehouse.prepare();
  } catch (error) {
    await warehouse.close();
    throw error;
  }
  return warehouse;
}

interface Opened {
  readonly instance: DuckDBInstance;
  /** The file's real path; null for databases that nobody else can have open. */
  readonly file: string | null;
  /** What the open database needs before anything else, once. */
  readonly databaseStatements: readonly string[];
  /** What every connection needs before the profile's settings. */
  readonly sessionStatements: readonly string[];
}

/** Errors as JSON carry exact positions; as text they carry a drawing. */
const jsonErrors = 'set errors_as_json = true';

/** In this order: the last one makes the others final. */
const sealing: readonly string[] = [
  'set allow_community_extensions = false',
  'set autoinstall_known_extensions = false',
  'set autoload_known_extensions = false',
  'set enable_external_access = false',
  'set lock_configuration = true',
];

/** Whether another warehouse of this process has sealed the same database. */
async function isLocked(connection: DuckDBConnection): Promise<boolean> {
  const result = await translated(() =>
    connection.runAndReadAll("select current_setting('lock_configuration')"),
  );
  return result.getRowsJson()[0]?.[0] === true;
}

const unshared = { file: null, databaseStatements: [], sessionStatements: [] } as const;

class DuckDBWarehouse implements Adapter {
  readonly facts = duckdbFacts;
  readonly recipes = recipes;
  readonly #opened: Opened;
  readonly #setup: Setup;
  readonly #sealed: boolean;
  readonly #fences: Fences;
  readonly #sessions = new Set<DuckDBSession>();
  readonly #connections = new Set<DuckDBConnection>();
  readonly #idle: DuckDBConnection[] = [];
  #keywords: Promise<ReadonlySet<string>> | null = null;
  #closed = false;

  /** `sealed`: statements reach nothing outside of the database, and cannot change that. */
  constructor(opened: Opened, setup: Setup, sealed: boolean) {
    this.#opened = opened;
    this.#setup = setup;
    this.#sealed = sealed;
    this.#fences = shareFences(opened.file);
  }

  /** Runs once, on the first connection, which then waits for a session. */
  async prepare(): Promise<void> {
    const connection = await this.#connect();
    if (this.#sealed && (await isLocked(connection))) {
      this.#idle.push(connection);
      return;
    }
    for (const { name, repository } of this.#setup.extensions) {
      await loadExtension(connection, extensionStatements(name, repository));
    }
    for (const sql of [...this.#opened.databaseStatements, ...this.#setup.databaseStatements]) {
      await translated(() => connection.run(sql));
    }
    if (this.#sealed) await this.#seal(connection);
    await this.#applySettings(connection);
    this.#idle.push(connection);
  }

  /** Settings hold for all connections then: a locked database lets none of them be made later. */
  async #seal(connection: DuckDBConnection): Promise<void> {
    const settings = [jsonErrors, ...this.#setup.sessionStatements].map((sql) =>
      sql.replace(/^set /, 'set global '),
    );
    for (const sql of [...settings, ...sealing]) await translated(() => connection.run(sql));
  }

  async openSession(label: string): Promise<Session> {
    if (this.#closed) throw new Error('a session was opened after the warehouse was closed');
    let connection = this.#idle.pop();
    if (connection === undefined) {
      connection = await this.#connect();
      await this.#applySettings(connection);
    }
    const held = connection;
    const session = new DuckDBSession(label, {
      connection: held,
      fences: this.#fences,
      retries: this.#setup.retries,
      sealed: this.#sealed,
      keywords: () => this.#readKeywords(),
      giveBack: (ended, reusable) => {
        this.#sessions.delete(ended);
        if (reusable && !this.#closed) this.#idle.push(held);
        else this.#disconnect(held);
      },
    });
    this.#sessions.add(session);
    return session;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#sessions].map((session) => session.release()));
    for (const connection of [...this.#connections]) this.#disconnect(connection);
    this.#opened.instance.closeSync();
    unshareFences(this.#opened.file);
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await translated(() => this.#opened.instance.connect());
    this.#connections.add(connection);
    if (!this.#sealed) await translated(() => connection.run(jsonErrors));
    return connection;
  }

  async #applySettings(connection: DuckDBConnection): Promise<void> {
    const settings = this.#sealed ? [] : this.#setup.sessionStatements;
    for (const sql of [...this.#opened.sessionStatements, ...settings]) {
      await translated(() => connection.run(sql));
    }
  }

  #readKeywords(): Promise<ReadonlySet<string>> {
    this.#keywords ??= this.#connect().then(async (connection) => {
      const result = await connection.run('select keyword_name from duckdb_keywords()');
      const rows = await result.getRows();
      this.#disconnect(connection);
      return new Set(rows.map(([name]) => String(name)));
    });
    return this.#keywords;
  }

  #disconnect(connection: DuckDBConnection): void {
    this.#connections.delete(connection);
    connection.closeSync();
  }
}

/**
 * Opens the file through the driver's cache: opened twice in one process without it, a file has two writers that do
 * not know of each other. A file that is missing is not made for reading: an empty database stands in for it.
 */
async function openInstance(setup: Setup, database: string, readOnly: boolean): Promise<Opened> {
  const { path } = setup;
  const isFile = path !== ':memory:' && schemeOf(path) === null;
  if (isFile && readOnly && !existsSync(path)) {
    const instance = await translated(() => DuckDBInstance.create(':memory:', setup.config));
    const name = quoteIdentifier(duckdbFacts, database);
    return {
      ...unshared,
      instance,
      databaseStatements: [`attach ${literal(duckdbFacts, ':memory:')} as ${name}`],
      sessionStatements: [`use ${name}`],
    };
  }
  if (!isFile) {
    const open = () =>
      path === ':memory:'
        ? DuckDBInstance.create(path, setup.config)
        : DuckDBInstance.fromCache(path, setup.config);
    return { ...unshared, instance: await attempt(open, setup) };
  }
  const file = realPath(path);
  const config = readOnly ? { ...setup.config, access_mode: 'READ_ONLY' } : setup.config;
  const instance = await attempt(() => DuckDBInstance.fromCache(file, config), setup);
  return { ...unshared, instance, file };
}

async function attempt(open: () => Promise<DuckDBInstance>, { retries }: Setup): Promise<DuckDBInstance> {
  for (let number = 1; ; number += 1) {
    try {
      return await translated(open);
    } catch (error) {
      const cause = error instanceof WarehouseError ? error.cause : error;
      const listed = retries.exceptions.includes(exceptionName(engineError(cause).type));
      if (!listed || number >= retries.connectAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2 ** (number - 1) * 1000));
    }
  }
}

/** Tries each statement; a failure counts only where no later one makes up for it. */
async function loadExtension(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
  const [first, ...rest] = statements;
  try {
    await connection.run(first!);
  } catch (error) {
    if (rest.length < 2) throw connectionFailure(error);
    for (const sql of rest) await translated(() => connection.run(sql));
    return;
  }
  if (rest.length === 1) await translated(() => connection.run(rest[0]!));
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw connectionFailure(error);
  }
}

/** One name for one file, however it is reached; the file itself need not exist yet. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

function shareFences(file: string | null): Fences {
  if (file === null) return new Fences();
  const shared = openFiles.get(file) ?? { fences: new Fences(), users: 0 };
  shared.users += 1;
  openFiles.set(file, shared);
  return shared.fences;
}

function unshareFences(file: string | null): void {
  const shared = file === null ? undefined : openFiles.get(file);
  if (shared === undefined) return;
  shared.users -= 1;
  if (shared.users === 0) openFiles.delete(file!);
}
