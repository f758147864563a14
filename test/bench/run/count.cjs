// Preloaded into a run (`node --require`): writes down every statement that reaches a driver of a warehouse, as JSON lines
// in the file that SLUICE_BENCH_STATEMENTS names. Only counting runs have it, never those that are measured.
const { writeFileSync } = require('node:fs');

const seen = [];
process.on('exit', () => {
  writeFileSync(process.env.SLUICE_BENCH_STATEMENTS, seen.map((one) => `${JSON.stringify(one)}\n`).join(''));
});

const noted = (original, textOf, kind = 'run') =>
  function counted(...args) {
    seen.push({ kind, sql: textOf(args) });
    return original.apply(this, args);
  };

// The functions of a native module cannot be replaced in place.
const bindings = require.resolve('@duckdb/node-bindings');
const duckdb = require(bindings);
const copy = Object.fromEntries(Object.getOwnPropertyNames(duckdb).map((name) => [name, duckdb[name]]));
require.cache[bindings].exports = {
  ...copy,
  query: noted(duckdb.query, ([, sql]) => sql),
  prepare: noted(duckdb.prepare, ([, sql]) => sql, 'prepare'),
};

const Connection = require('pg/lib/connection');
Connection.prototype.query = noted(Connection.prototype.query, ([sql]) => sql);
Connection.prototype.parse = noted(Connection.prototype.parse, ([{ text }]) => text);
