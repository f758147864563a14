import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contest, replay, sluice, tell, writeRecording } from './contest.mjs';
import { countByMaterialization, countStatements, readRecording } from './recording.mjs';

const generator = fileURLToPath(new URL('../project/generate.mjs', import.meta.url));
const counter = fileURLToPath(new URL('./count.cjs', import.meta.url));

/** A generated project, run on a database that holds nothing but its seeds, and once more where everything stands. */
export async function benchModels(warehouse, options) {
  const { scratch, threads, rounds, models, rows, against } = options;
  console.log(`\n${warehouse.title}: ${models} models, seeds of ${rows} rows`);
  const project = generate(warehouse, options);
  await warehouse.clear();
  sluice(project, ['seed']);
  for (const [title, again] of [
    ['first run', false],
    ['run again', true],
  ]) {
    await warehouse.keep();
    const recording = record(project, scratch);
    const file = writeRecording(scratch, 'recording', warehouse, recording);
    const one = recording.find(
      ({ parents, materialized }) => parents.length === 0 && materialized === 'view',
    );
    const mode = warehouse.type === 'duckdb' ? 'nodes' : 'alone';
    const floorThreads = warehouse.type === 'duckdb' ? threads : 1;
    const results = await contest(
      warehouse,
      {
        ...(mode === 'nodes'
          ? { 'by hand, committed node by node': () => replay(file, mode, floorThreads) }
          : { 'by hand, one by one': () => replay(file, mode, floorThreads) }),
        sluice: () => sluice(project, ['run']),
        ...(against === undefined
          ? {}
          : {
              'the other build': () =>
                sluice(project, ['run', '--target-path', 'other'], { binary: against }),
            }),
        'sluice, one model': () => sluice(project, ['run', '--select', nameOf(one.id)]),
        'by hand, in one transaction': () => replay(file, 'script'),
      },
      rounds,
    );
    console.log(`${title}:`);
    const [floor] = Object.values(results);
    tell(results, floor);
    const beyond = results.sluice.cpu - floor.cpu;
    const start = results['sluice, one model'].cpu;
    const each = (cpu) => `${((cpu / recording.length) * 1000).toFixed(2)} ms`;
    console.log(
      `  CPU beyond the statements by hand: ${each(beyond)} for each of ${recording.length} models; ` +
        `${each(beyond - start)} without what a run of one model takes`,
    );
    if (!again) sluice(project, ['run']);
  }
  rmSync(project, { recursive: true, force: true });
}

/** A project of the generator in the scratch folder, with a profile for the warehouse. */
export function generate(warehouse, { scratch, models, rows, threads }) {
  const project = join(scratch, `models-${warehouse.type}`);
  const args = [generator, project, '--models', String(models), '--rows', String(rows)];
  const made = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const outputs = { dev: warehouse.output(threads) };
  writeFileSync(join(project, 'profiles.yml'), JSON.stringify({ generated: { target: 'dev', outputs } }));
  return project;
}

/** Runs once with everything counted, and says what was sent; leaves the database as the run did. */
function record(project, scratch) {
  const eventLog = join(scratch, 'events.jsonl');
  const statements = join(scratch, 'statements.jsonl');
  const env = { SLUICE_EVENT_LOG: eventLog, SLUICE_BENCH_STATEMENTS: statements };
  rmSync(eventLog, { force: true });
  sluice(project, ['run'], { env, preload: counter });
  const recording = readRecording(eventLog, project);
  for (const [kind, { nodes, sent }] of countByMaterialization(recording)) {
    console.log(`  ${String(nodes).padStart(5)} x ${kind}: ${(sent / nodes).toFixed(2)} statements each`);
  }
  for (const [kind, count] of countStatements(statements, recording)) {
    console.log(`  ${String(count).padStart(5)} ${kind} (${(count / recording.length).toFixed(2)} per node)`);
  }
  return recording;
}

const nameOf = (id) => id.split('.').at(-1);
