import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contest, replay, sluice, tell, writeRecording } from './contest.mjs';
import { generate } from './models.mjs';
import { readRecording } from './recording.mjs';

/**
 * Data tests of a generated project, of many small tables, and of one large one: by hand as they are sent one by one and
 * fused, and by sluice in both ways.
 */
export async function benchTests(warehouse, options) {
  const { scratch, models, rows, largeRows, threads } = options;
  const made = generate(warehouse, options);
  await benchProject(
    warehouse,
    options,
    made,
    [['seed'], ['run']],
    `a project of ${models} models, ${rows} rows`,
  );
  for (const shape of [
    { tables: Math.max(1, Math.round(models / 5)), rows },
    { tables: 1, rows: largeRows },
  ]) {
    const project = join(scratch, `tests-${warehouse.type}`);
    write(project, warehouse, threads, shape);
    const title = `${shape.tables} tables of ${shape.rows} rows`;
    await benchProject(warehouse, options, project, [['run']], title);
  }
}

async function benchProject(warehouse, { scratch, rounds }, project, commands, title) {
  await warehouse.clear();
  for (const command of commands) sluice(project, command);
  await warehouse.keep();
  const recording = record(project, scratch, ['--no-fuse-tests']);
  const count = recording.length;
  console.log(`\n${warehouse.title}: ${count} tests of ${title}`);
  const file = writeRecording(scratch, 'recording', warehouse, recording);
  const fused = writeRecording(scratch, 'fused', warehouse, record(project, scratch, []));
  const single = writeRecording(scratch, 'single', warehouse, recording.slice(0, 1));
  const [, , name] = recording[0].id.split('.');
  const results = await contest(
    warehouse,
    {
      'by hand, one by one': () => replay(file, 'alone', 1),
      'by hand, fused': () => replay(fused, 'alone', 1),
      'by hand, one test': () => replay(single, 'alone', 1),
      'sluice, one by one': () => sluice(project, ['test', '--no-fuse-tests']),
      sluice: () => sluice(project, ['test']),
      'sluice, one test': () => sluice(project, ['test', '--select', name]),
    },
    rounds,
  );
  tell(results, results['by hand, one by one']);
  rmSync(project, { recursive: true, force: true });
  // Of few tests it matters which one is run alone.
  if (count < 100) return;
  for (const [kind, unit] of [
    ['wall', 'wall'],
    ['cpu', 'CPU'],
  ]) {
    const each = (all, one) => ((results[all][kind] - results[one][kind]) / count) * 1000;
    const hand = each('by hand, one by one', 'by hand, one test');
    const [statements, alone, together] = [
      each('by hand, fused', 'by hand, one test'),
      each('sluice, one by one', 'sluice, one test'),
      each('sluice', 'sluice, one test'),
    ].map((took) => `${took.toFixed(2)} ms (${(took / hand).toFixed(2)} x)`);
    console.log(
      `  ${unit} for each test, beyond a run of one: by hand ${hand.toFixed(2)} ms, fused ${statements}; ` +
        `by sluice ${alone}, fused ${together}`,
    );
  }
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

/** The statements of the tests, in the order in which they were sent. */
function record(project, scratch, flags) {
  const eventLog = join(scratch, 'events.jsonl');
  rmSync(eventLog, { force: true });
  sluice(project, ['test', ...flags], { env: { SLUICE_EVENT_LOG: eventLog } });
  return readRecording(eventLog, project);
}
