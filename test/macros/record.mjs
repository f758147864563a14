// Records what dbt's cross-database macros give on DuckDB into cross-database.json: every call becomes two columns of
// one model, its value as text and its type. Needs a dbt with dbt-duckdb: `DBT=/path/to/dbt node test/macros/record.mjs`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const file = join(import.meta.dirname, 'cross-database.json');
const { about, cases } = JSON.parse(readFileSync(file, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'record-'));
mkdirSync(join(folder, 'models'));
const write = (name, text) => writeFileSync(join(folder, name), text);
write('dbt_project.yml', 'name: recorded\nprofile: recorded\n');
write('profiles.yml', 'recorded: {target: dev, outputs: {dev: {type: duckdb, path: recorded.duckdb}}}\n');
const columns = cases.map(
  ({ call }, index) =>
    `{% set x = ${call} %}\n  cast(({{ x }}) as varchar) as value_${index}, typeof(({{ x }})) as type_${index}`,
);
write(
  'models/recorded.sql',
  `{{ config(materialized='table') }}\nselect\n${columns.join(',\n')}\nfrom range(1, 4) as numbers(n)\n`,
);
const run = spawnSync(process.env.DBT ?? 'dbt', ['run'], { cwd: folder, encoding: 'utf8' });
if (run.status !== 0) throw new Error(run.stdout + run.stderr);

const instance = await DuckDBInstance.create(join(folder, 'recorded.duckdb'));
const connection = await instance.connect();
const [row] = (await connection.runAndReadAll('from recorded')).getRowsJson();
const recorded = cases.map(({ call }, index) => ({ call, value: row[2 * index], type: row[2 * index + 1] }));
writeFileSync(file, `${JSON.stringify({ about, cases: recorded }, null, 2)}\n`);
rmSync(folder, { recursive: true, force: true });
