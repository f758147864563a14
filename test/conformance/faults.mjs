import { writeSync } from 'node:fs';
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
 *
 * With FAULT_EACH the number counts the statements of every connection, from when there is more than one: each stops at
 * its own of that number, and when no statement follows any more the process is killed, saying how many were stopped.
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

const stopsEach = process.env['FAULT_EACH'] !== undefined;
const counts = new Map();
const stopped = [];
/** So long nothing must have been sent; a run that is only slow is killed a little earlier then, which is as good. */
const quietMs = 400;
let sentAt = performance.now();

/** @returns {boolean} Whether the connection goes no further than this call. */
function stops(connection, call) {
  if (!stopsEach) return false;
  sentAt = performance.now();
  if (!counts.has(connection)) counts.set(connection, 0);
  if (counts.size === 1) return false;
  const count = counts.get(connection) + 1;
  counts.set(connection, count);
  if (count !== faults.at) return false;
  if (stopped.length === 0) setInterval(killWhenQuiet, 50);
  stopped.push(call);
  return true;
}

function killWhenQuiet() {
  if (performance.now() - sentAt < quietMs) return;
  writeSync(2, `stopped ${stopped.length}\n`);
  if (faults.kind === 'killed') return die();
  // Nobody waits for these answers, and a refusal must not end the process in another way.
  for (const call of stopped) Promise.resolve(call()).catch(() => {});
  setImmediate(die);
}

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (config, ...rest) {
  // The program's connections are named after its invocation.
  const name = String(this.connectionParameters.application_name ?? '');
  const isOurs = /\b[0-9a-f]{12} /.test(name);
  if (isOurs && stops(this, () => query.call(this, config, ...rest))) return config;
  const kind = faults.at > 0 && !stopsEach && isOurs ? due() : null;
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
  const kind = faults.at > 0 && !stopsEach ? due() : null;
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
    value: (connection, ...args) => {
      const call = () => engine[name](connection, ...args);
      if (stops(connection, call)) return new Promise(() => {});
      return broken(call, () => engine.query(connection, refused));
    },
  });
}
if (process.env['FAULT_AT'] !== undefined) require.cache[place].exports = shared;
