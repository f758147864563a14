// A whole `build` of the example project: node bench/build.bench.mjs [--project FOLDER] [--dbt PATH]. With --dbt the
// same folder is built by dbt too, in turn, each time from nothing.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compete, measure, seconds } from './processes.mjs';

const { values } = parseArgs({
  options: { project: { type: 'string' }, dbt: { type: 'string' }, rounds: { type: 'string', default: '5' } },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const source = values.project ?? join(root, 'project-template');
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
cpSync(source, folder, { recursive: true });

/** As right after a checkout: no database, no artifacts. */
function fresh() {
  for (const name of readdirSync(folder)) {
    if (/\.duckdb(\.wal)?$/.test(name) || ['target', 'logs'].includes(name))
      rmSync(join(folder, name), { recursive: true });
  }
}

const contenders = {
  sluice: () => {
    fresh();
    return measure(process.execPath, [join(root, 'bin', 'sluice.js'), 'build'], { cwd: folder });
  },
};
if (values.dbt !== undefined) {
  contenders.dbt = () => {
    fresh();
    return measure(values.dbt, ['build'], { cwd: folder, env: { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' } });
  };
}
const result = compete(contenders, Number(values.rounds));
for (const [name, { cpu, wall, status }] of Object.entries(result)) {
  console.log(`${name.padEnd(8)} ${seconds(cpu)} CPU, ${seconds(wall)} wall, exit ${status}`);
}
if (result.dbt !== undefined) {
  const { sluice, dbt } = result;
  console.log(
    `dbt takes ${(dbt.cpu / sluice.cpu).toFixed(1)} times the CPU and ${(dbt.wall / sluice.wall).toFixed(1)} times the time`,
  );
}
rmSync(folder, { recursive: true, force: true });
