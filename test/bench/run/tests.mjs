import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contest, replay, sluice, tell, writeRecording } from './contest.mjs';
import { readRecording } from './recording.mjs';

/** Data tests of many small tables, and of one large one: by hand one by one, one by one, and fused. */
export async function benchTests(warehouse, options) {
  const { models, rows, largeRows } = options;
  await benchShape(warehouse, options, { tables: Math.max(1, Math.round(models / 5)), rows });
  await benchShape(warehouse, options, { tables: 1, rows: largeRows });
}

async function benchShape(warehouse, { scratch, threads, rounds }, shape) {
  const project = join(scratch, `tests-${warehouse.type}`);
  write(project, warehouse, threads, shape);
  await warehouse.clear();
  sluice(project, ['run']);
  await warehouse.keep();
  const recording = record(project, scratch);
  const count = recording.length;
  console.log(`\n${warehouse.title}: ${count} tests of ${shape.tables} tables of ${shape.rows} rows`);
  const file = writeRecording(scratch, 'recording', warehouse, recording);
  const results = await contest(
    warehouse,
    {
      'by hand, one by one': () => replay(file, 'alone', 1),
      'sluice, one by one': () => sluice(project, ['test', '--no-fuse-tests']),
      sluice: () => sluice(project, ['test']),
      'sluice, one test': () => sluice(project, ['test', '--select', 'not_null_t0_id']),
    },
    rounds,
  );
  tell(results, results['by hand, one by one']);
  const { sluice: fused, 'sluice, one by one': each, 'sluice, one test': one } = results;
  const beyond = (of, kind) => `${(((of[kind] - one[kind]) / count) * 1000).toFixed(2)} ms`;
  const ratio = (kind) => `${((fused[kind] - one[kind]) / (each[kind] - one[kind])).toFixed(2)} x`;
  for (const [kind, title] of [
    ['wall', 'wall'],
    ['cpu', 'CPU'],
  ]) {
    console.log(
      `  ${title} for each test, without what a run of one takes: ${beyond(fused, kind)} fused, ` +
        `${beyond(each, kind)} one by one; ${ratio(kind)}`,
    );
  }
  rmSync(project, { recursive: true, force: true });
}

/** Five tests for each table, which find nothing. */
function write(project, warehouse, threads, { tables, rows }) {
  mkdirSync(join(project, 'models'), { recursive: true });
  const outputs = { dev: warehouse.output(threads) };
  writeFileSync(join(project, 'dbt_project.yml'), 'name: generated\nprofile: generated\n');
  writeFileSync(join(project, 'profiles.yml'), JSON.stringify({ generated: { target: 'dev', outputs } }));
  const models = Array.from({ length: tables }, (_, index) => `t${index}`);
  for (const name of models) {
    writeFileSync(
      join(project, 'models', `${name}.sql`),
      `{{ config(materialized='table') }}
select i as id, i * 7 as other, 'name ' || (i % 1000) as name,
  case i % 3 when 0 then 'placed' when 1 then 'sent' else 'gone' end as status, i % 97 as a, i % 89 as b, i % 83 as c
from generate_series(1, ${rows}) as s(i)\n`,
    );
  }
  const columns = [
    { name: 'id', data_tests: ['unique', 'not_null'] },
    { name: 'other', data_tests: ['not_null'] },
    { name: 'name', data_tests: ['not_null'] },
    {
      name: 'status',
      data_tests: [{ accepted_values: { arguments: { values: ['placed', 'sent', 'gone'] } } }],
    },
  ];
  writeFileSync(
    join(project, 'models', 'schema.yml'),
    JSON.stringify({ models: models.map((name) => ({ name, columns })) }),
  );
}

/** The statements of the tests, one for each. */
function record(project, scratch) {
  const eventLog = join(scratch, 'events.jsonl');
  rmSync(eventLog, { force: true });
  sluice(project, ['test', '--no-fuse-tests'], { env: { SLUICE_EVENT_LOG: eventLog } });
  return readRecording(eventLog, project);
}
