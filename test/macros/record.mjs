// Records what dbt's cross-database macros give on DuckDB and on PostgreSQL into cross-database.json and
// cross-database-postgres.json: every call becomes two columns of one model, its value as text and its type. Also what
// dbt writes into the catalog of postgres/catalog. Needs a dbt with both adapters:
// `DBT=/path/to/dbt node test/macros/record.mjs`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { loadSource } from '../../scripts/load-source.mjs';

await record('cross-database.json', {
  output: { type: 'duckdb', path: 'recorded.duckdb' },
  rows: 'range(1, 4) as numbers(n)',
  typeOf: (value) => `typeof(${value})`,
  ask: askDuckDb,
});
const { startServer } = await loadSource(join(import.meta.dirname, '../postgres-server.ts'));
const server = await startServer();
try {
  await record('cross-database-postgres.json', {
    output: { type: 'postgres', ...server.address, schema: 'recorded' },
    rows: 'generate_series(1, 3) as numbers(n)',
    typeOf: (value) => `pg_typeof(${value})::text`,
    ask: askPostgres,
  });
  recordCatalog();
} finally {
  await server.stop();
}

async function record(name, { output, rows, typeOf, ask }) {
  const file = join(import.meta.dirname, name);
  const { about, cases } = JSON.parse(readFileSync(file, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  mkdirSync(join(folder, 'models'));
  const write = (path, text) => writeFileSync(join(folder, path), text);
  write('dbt_project.yml', 'name: recorded\nprofile: recorded\n');
  write('profiles.yml', JSON.stringify({ recorded: { target: 'dev', outputs: { dev: output } } }));
  const columns = cases.map(
    ({ call }, index) =>
      `{% set x = ${call} %}\n  cast(({{ x }}) as varchar) as value_${index}, ${typeOf('({{ x }})')} as type_${index}`,
  );
  write(
    'models/recorded.sql',
    `{{ config(materialized='table') }}\nselect\n${columns.join(',\n')}\nfrom ${rows}\n`,
  );
  dbt(folder, 'run');
  const row = await ask(folder);
  const recorded = cases.map(({ call }, index) => ({
    call,
    value: row[2 * index],
    type: row[2 * index + 1],
  }));
  writeFileSync(file, `${JSON.stringify({ about, cases: recorded }, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
}

/** Relations by their place in the project: which account and schema they were made in is the test's own. */
function recordCatalog() {
  const own = join(import.meta.dirname, 'postgres/catalog');
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  cpSync(own, folder, { recursive: true });
  const output = { type: 'postgres', ...server.address, schema: 'recorded' };
  writeFileSync(
    join(folder, 'profiles.yml'),
    JSON.stringify({ shop: { target: 'dev', outputs: { dev: output } } }),
  );
  dbt(folder, 'build');
  dbt(folder, 'docs', 'generate');
  const { nodes, sources } = JSON.parse(readFileSync(join(folder, 'target/catalog.json'), 'utf8'));
  for (const { metadata } of Object.values({ ...nodes, ...sources })) {
    metadata.schema = metadata.schema.replace('recorded', 'SCHEMA');
    metadata.database = 'DATABASE';
    metadata.owner = 'OWNER';
  }
  writeFileSync(join(own, 'catalog.json'), `${JSON.stringify({ nodes, sources }, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
}

function dbt(folder, ...args) {
  const run = spawnSync(process.env.DBT ?? 'dbt', args, { cwd: folder, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
}

async function askDuckDb(folder) {
  const instance = await DuckDBInstance.create(join(folder, 'recorded.duckdb'));
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll('from recorded')).getRowsJson();
  return row;
}

async function askPostgres() {
  const { dbname, ...account } = server.address;
  const client = new pg.Client({ ...account, database: dbname });
  await client.connect();
  const { rows } = await client.query({ text: 'select * from recorded.recorded', rowMode: 'array' });
  await client.end();
  return rows[0];
}
