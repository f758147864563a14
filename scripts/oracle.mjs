// Runs a project through sluice and through a real dbt on this machine, each in a copy of its own, and prints how
// they differ: every section of the manifest and what is written beside it, compiled SQL (white space aside), and the
// content of every table.
//
//   npm run oracle -- FOLDER [--dbt PATH] [--command build] [--keep] [--warehouse postgres]
//   npm run oracle -- FOLDER --events [--command build --command ls ...]
//                                       their JSON logs instead, of these commands one after the other
//   npm run oracle -- --record          dbt's answers for test/golden/* and test/manifest/fixtures/*, as the files
//                                       that the tests compare with
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareArtifacts } from './oracle/artifacts.mjs';
import { compareCompiled, compareTables } from './oracle/compare.mjs';
import { compareEvents, keptEvents, readEvents, warningsOf } from './oracle/events.mjs';
import { recordParsed } from './oracle/parsed.mjs';
import { openServer } from './oracle/postgres.mjs';
import { copyOf, findDbt, runDbt, runDbtIn, runSluice, runSluiceIn } from './oracle/run.mjs';
import { summaryOf, tablesOf } from './oracle/summary.mjs';

// dbt keeps to itself what it has warned of before, unless it parses everything.
const logFlags = ['--log-format', 'json', '--log-level', 'debug', '--no-partial-parse'];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dbt: { type: 'string' },
    command: { type: 'string', multiple: true, default: ['build'] },
    events: { type: 'boolean' },
    record: { type: 'boolean' },
    keep: { type: 'boolean' },
    warehouse: { type: 'string', default: 'duckdb' },
  },
});
const dbt = findDbt(values.dbt);
if (dbt === null) {
  console.error('no dbt was found: give its path with --dbt, or put it on the PATH');
  process.exit(2);
}
process.exitCode = values.record ? await record() : await compare(positionals);

async function compare(folders) {
  if (folders.length === 0) {
    console.error('usage: npm run oracle -- FOLDER [FOLDER ...]');
    return 2;
  }
  const server = values.warehouse === 'postgres' ? await openServer() : null;
  let total = 0;
  try {
    for (const folder of folders) {
      total += values.events ? compareLogs(resolve(folder)) : await compareOne(resolve(folder), server);
    }
  } finally {
    await server?.stop();
  }
  return total === 0 ? 0 : 1;
}

async function compareOne(folder, server) {
  const played = async (name, start) => {
    await server?.fresh();
    const run = start(server?.profile ?? []);
    const cost = `${run.cpuSeconds.toFixed(2)} s CPU, ${run.wallSeconds.toFixed(2)} s`;
    console.log(`  ${name.padEnd(6)} exit ${run.status}, ${cost}`);
    const tables = server === null ? await tablesOf(run.folder) : await server.tables();
    return { ...run, tables, wrote: existsSync(join(run.folder, 'target', 'manifest.json')) };
  };
  console.log(folder);
  const theirs = await played('dbt', (profile) => runDbt(dbt, folder, values.command[0], profile));
  const ours = await played('sluice', (profile) => runSluice(root, folder, values.command[0], profile));
  const silent = [theirs, ours].find(({ wrote }) => !wrote);
  if (silent !== undefined) {
    const tail = silent.output.trimEnd().split('\n').slice(-20).join('\n');
    console.log(`  ${silent === ours ? 'sluice' : 'dbt'} wrote no manifest:\n${tail}`);
    return 1;
  }
  const differences = [
    ...(theirs.status === ours.status ? [] : [`exit codes: dbt ${theirs.status}, sluice ${ours.status}`]),
    ...compareArtifacts(theirs.folder, ours.folder),
    ...compareCompiled(theirs.folder, ours.folder),
    ...compareTables(theirs.tables, ours.tables),
  ];
  for (const difference of differences) console.log(`  ${difference}`);
  console.log(`  ${differences.length} differences`);
  if (values.keep) console.log(`  kept: ${theirs.folder} ${ours.folder}`);
  else for (const { folder: copy } of [theirs, ours]) rmSync(copy, { recursive: true, force: true });
  return differences.length;
}

/** The commands run one after the other in the same copy, so that one finds what those before it left. */
function compareLogs(project) {
  console.log(project);
  const folders = [copyOf(project, 'dbt'), copyOf(project, 'sluice')];
  let total = 0;
  for (const command of values.command) {
    const words = [...logFlags, ...command.split(' ')];
    const theirs = runDbtIn(dbt, folders[0], words);
    const ours = runSluiceIn(root, folders[1], words);
    const differences = [
      ...(theirs.status === ours.status ? [] : [`exit codes: dbt ${theirs.status}, sluice ${ours.status}`]),
      ...compareEvents(readEvents(theirs.output), readEvents(ours.output), folders),
    ];
    console.log(`  ${command}`);
    for (const difference of differences) console.log(`    ${difference}`);
    console.log(`    ${differences.length} differences`);
    total += differences.length;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return total;
}

/** What dbt parses of the projects in test/manifest/fixtures, and what it makes of those in test/golden. */
async function record() {
  const fixtures = join(root, 'test', 'manifest', 'fixtures');
  for (const entry of readdirSync(fixtures, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const run = runDbt(dbt, join(fixtures, entry.name), 'parse');
    recordParsed(run.folder, join(fixtures, `${entry.name}.golden.json`));
    console.log(`${entry.name}: exit ${run.status}`);
    rmSync(run.folder, { recursive: true, force: true });
  }
  const golden = join(root, 'test', 'golden');
  for (const name of readdirSync(golden)) {
    const own = join(golden, name, 'project');
    const profiles = join(golden, name, 'profiles.yml');
    // A folder with nothing but a profile stands for the example project, which dbt does not run without one.
    if (!existsSync(own) && !existsSync(profiles)) continue;
    const run = existsSync(own)
      ? runDbt(dbt, own, 'build')
      : runDbt(dbt, join(root, 'project-template'), 'build', [], {
          DBT_PROFILE: 'golden',
          DBT_PROFILES_DIR: join(golden, name),
        });
    const summary = await summaryOf(run.folder);
    writeFileSync(join(golden, name, 'expected.json'), `${JSON.stringify(summary, null, 2)}\n`);
    console.log(
      `${name}: ${Object.keys(summary.nodes).length} nodes, ${Object.keys(summary.tables).length} tables`,
    );
    rmSync(run.folder, { recursive: true, force: true });
  }
  const told = join(root, 'test', 'cli', 'fixtures');
  recordEvents(join(told, 'events'), (events) => events);
  recordEvents(join(told, 'warnings'), warningsOf);
  return 0;
}

/** What dbt tells of the project there, and of that what is asked for, for each of the commands that it has so far. */
function recordEvents(folder, asked) {
  const copy = copyOf(join(folder, 'project'), 'dbt');
  const file = join(folder, 'dbt.json');
  const commands = Object.keys(JSON.parse(readFileSync(file, 'utf8')));
  const told = commands.map((command) => {
    const { output } = runDbtIn(dbt, copy, [...logFlags, ...command.split(' ')]);
    return [command, asked(keptEvents(readEvents(output), copy))];
  });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(told), null, 1)}\n`);
  rmSync(copy, { recursive: true, force: true });
}
