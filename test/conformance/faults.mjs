import { createRequire } from 'node:module';
import { DuckDBConnection } from '@duckdb/node-api';
import pg from 'pg';

/**
 * Breaks the statement of a number, counted from the first that the program sends: at the drivers, so that the program
 * knows nothing of it. Loaded into a program by `node --import` it takes its orders from FAULT_AT and FAULT_KIND.
 *
 * - `fails`: the warehouse refuses the statement
 * - `cut`: the connection is gone before the statement is sent
 * - `lost`: the statement is done, and the connection is gone before its answer comes
 * - `killed`: the process is killed before the statement is sent
 * - `killed-after`: the process is killed when the statement is on its way
 */
export const faults = {
  /** Statements that were counted, and those of them that were broken. */
  seen: 0,
  fired: 0,
  at: Number(process.env['FAULT_AT'] ?? 0),
  kind: process.env['FAULT_KIND'] ?? 'fails',
};

/** Counts statements from one on, and breaks the one of that number; 0 for none. */
export function inject(kind, at) {
  Object.assign(faults, { seen: 0, fired: 0, at, kind });
}

/** @returns {string | null} What is to happen to the statement that is sent now. */
function due() {
  faults.seen += 1;
  if (faults.seen !== faults.at) return null;
  faults.fired += 1;
  return faults.kind;
}

const die = () => process.kill(process.pid, 'SIGKILL');

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (config, ...rest) {
  // The program's connections are named after its invocation.
  const name = String(this.connectionParameters.application_name ?? '');
  const kind = faults.at > 0 && /\b[0-9a-f]{12} /.test(name) ? due() : null;
  if (kind === 'killed') die();
  if (kind === 'cut') this.connection.stream.destroy();
  // A COPY has no text to replace that would end it in the same way.
  if (kind === 'fails' && typeof config?.text === 'string' && !('_write' in config)) {
    config.text = "do $$ begin raise exception 'a fault was put in'; end $$";
  } else if (kind === 'fails') {
    this.connection.stream.destroy();
  }
  if (kind === 'lost') {
    this.connection.prependOnceListener('commandComplete', () => {
      this.connection.removeAllListeners('readyForQuery');
      this.connection.stream.destroy();
    });
  }
  const result = query.call(this, config, ...rest);
  if (kind === 'killed-after') die();
  return result;
};

/**
 * What a call that is made now does instead, or what it does and what happens then.
 *
 * @param {() => Promise<unknown>} call
 * @param {() => Promise<unknown>} refuse
 */
function broken(call, refuse) {
  const kind = faults.at > 0 ? due() : null;
  if (kind === 'killed') die();
  if (kind === 'fails') return refuse();
  const result = call();
  if (kind === 'killed-after') setImmediate(die);
  return result;
}

const refused = "select error('a fault was put in')";
const { run } = DuckDBConnection.prototype;
for (const name of ['run', 'stream', 'prepare', 'createAppender']) {
  const original = DuckDBConnection.prototype[name];
  DuckDBConnection.prototype[name] = function (...args) {
    return broken(
      () => original.apply(this, args),
      () => run.call(this, refused),
    );
  };
}

// The built program carries the classes with it, and shares only the engine.
const require = createRequire(import.meta.url);
const place = require.resolve('@duckdb/node-bindings');
const engine = require(place);
const shared = Object.create(engine);
for (const name of ['query', 'prepare', 'appender_create_ext']) {
  Object.defineProperty(shared, name, {
    value: (connection, ...args) =>
      broken(
        () => engine[name](connection, ...args),
        () => engine.query(connection, refused),
      ),
  });
}
if (process.env['FAULT_AT'] !== undefined) require.cache[place].exports = shared;
