// What parsing costs, as CPU of whole processes: cold against a floor (read all files, parse the YAML with js-yaml,
// stringify and write this very manifest), warm beyond an empty Node script, and the growth with a project's size.
// Options: --models N (10000), --rounds N (5), --growth (1k, 10k and 50k), --peers FOLDER: virtual environments `v1` and
// `v2` in it with dbt 1 and dbt 2 are measured on the same project.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compete, measure, median, seconds } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    growth: { type: 'boolean', default: false },
    peers: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const program = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const generator = fileURLToPath(new URL('./project/generate.mjs', import.meta.url));
const floorScript = fileURLToPath(new URL('./parse-floor.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const empty = join(scratch, 'empty.js');
writeFileSync(empty, '');

const milliseconds = (value) => `${(value * 1000).toFixed(0)} ms`;
const project = generate(Number(options.models));
const truth = JSON.parse(readFileSync(join(project, 'truth.json'), 'utf8'));
console.log(`${options.models} models, Node ${process.version}, medians of ${rounds}, CPU (user and system)`);

const sluice = (...args) => measure(process.execPath, [program, ...args], { cwd: project });
expectGood(sluice('parse', '--no-partial-parse'));
checkGraph();
cold();
warm();
if (options.growth) growth();
if (options.peers !== undefined) peers();
rmSync(scratch, { recursive: true, force: true });

function generate(models, name = 'project') {
  const folder = join(scratch, `${name}-${models}`);
  const made = spawnSync(process.execPath, [generator, folder, '--models', String(models)], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return folder;
}

function expectGood(run) {
  if (run.status !== 0) throw new Error(`a parse ended with ${run.status}`);
  return run;
}

/** A fast parse of another graph would be no parse. */
function checkGraph() {
  const { nodes } = JSON.parse(readFileSync(join(project, 'target', 'manifest.json'), 'utf8'));
  const nameOf = (id) => id.split('.').slice(2).join('.');
  const models = Object.values(nodes).filter((node) => node.resource_type === 'model');
  const wrong = models.filter(({ name, depends_on: { nodes: parents } }) => {
    return JSON.stringify(parents.map(nameOf).sort()) !== JSON.stringify([...truth.parents[name]].sort());
  });
  console.log(`graph: ${models.length} models, ${wrong.length} with other parents than the generator's`);
  if (wrong.length > 0) process.exitCode = 1;
}

function cold() {
  const result = compete(
    {
      floor: () => {
        const run = measure(process.execPath, [floorScript, project, scratch], { cwd: project });
        return { ...run, cpu: run.cpu - Number(readFileSync(join(scratch, 'floor-aside.txt'), 'utf8')) };
      },
      cold: () => {
        rmSync(join(project, 'target', 'sluice-cache'), { recursive: true, force: true });
        return expectGood(sluice('parse'));
      },
    },
    rounds,
  );
  const peak = peakMemory();
  console.log(
    `cold: ${seconds(result.cold.cpu)}, ${(result.cold.cpu / result.floor.cpu).toFixed(2)} times the floor's ` +
      `${seconds(result.floor.cpu)}; peak memory ${(peak / 1024).toFixed(0)} MB`,
  );
}

function peakMemory() {
  rmSync(join(project, 'target', 'sluice-cache'), { recursive: true, force: true });
  const code = `process.on('exit',()=>require('fs').writeSync(2,'rss '+process.resourceUsage().maxRSS))`;
  const hook = join(scratch, 'rss.cjs');
  writeFileSync(hook, code);
  const run = spawnSync(process.execPath, ['--require', hook, program, 'parse'], {
    cwd: project,
    encoding: 'utf8',
  });
  return Number(/rss (\d+)/.exec(run.stderr)?.[1] ?? Number.NaN);
}

/** Each figure is what the process takes beyond an empty script that ran beside it. */
function warm() {
  const files = walk(join(project, 'models'));
  const sql = files.filter((path) => path.endsWith('.sql'));
  const yaml = files.filter((path) => path.endsWith('.yml'));
  const macros = walk(join(project, 'macros')).filter((path) => path.endsWith('.sql'));
  const [model] = sql;
  const name = model
    .split('/')
    .at(-1)
    .replace(/\.sql$/, '');
  const append = (path, text) => writeFileSync(path, `${readFileSync(path, 'utf8')}${text}`);
  let edits = 0;
  const next = () => {
    edits += 1;
    return edits;
  };
  const cases = {
    'nothing changed': { before: () => {}, args: ['parse'] },
    'one SQL edit': { before: () => append(sql[next() * 7], '\n-- edited'), args: ['parse'] },
    'one YAML edit': { before: () => append(yaml[next()], '\n# edited'), args: ['parse'] },
    'one macro edit': { before: () => append(macros.at(-1), '\n{# edited #}'), args: ['parse'] },
    'new time stamps': {
      before: () => {
        const time = 1.7e9 + next();
        for (const path of [...files, ...macros]) utimesSync(path, time, time);
      },
      args: ['parse'],
    },
    ls: { before: () => {}, args: ['ls'] },
    'ls of one': { before: () => {}, args: ['ls', '--select', `+${name}+`] },
    'compile of one': { before: () => {}, args: ['compile', '--select', name] },
  };
  for (const [title, { before, args }] of Object.entries(cases)) {
    expectGood(sluice(...args));
    const beyond = [];
    for (let round = 0; round < rounds; round += 1) {
      before();
      const floor = measure(process.execPath, [empty], { cwd: project });
      const run = expectGood(sluice(...args));
      beyond.push(run.cpu - floor.cpu);
    }
    console.log(`${title}: ${milliseconds(median(beyond))} beyond an empty script`);
  }
}

/** Slope of the logarithms of CPU, start taken off, over those of the number of models. */
function growth() {
  const start = measure(process.execPath, [empty]).cpu;
  const points = [1000, 10_000, 50_000].map((models) => {
    const folder = generate(models, 'growth');
    const runs = Array.from({ length: models > 10_000 ? 1 : 3 }, () =>
      expectGood(measure(process.execPath, [program, 'parse', '--no-partial-parse'], { cwd: folder })),
    );
    const cpu = median(runs.map((run) => run.cpu)) - start;
    console.log(`growth: ${models} models, ${seconds(cpu)}`);
    rmSync(folder, { recursive: true, force: true });
    return [Math.log(models), Math.log(cpu)];
  });
  const [[x0, y0]] = points;
  const [x1, y1] = points.at(-1);
  console.log(`growth: exponent ${((y1 - y0) / (x1 - x0)).toFixed(3)} from 1k to 50k`);
}

function peers() {
  const ours = expectGood(sluice('parse', '--no-partial-parse'));
  for (const [version, binaries] of [
    ['v1', ['bin/dbt']],
    ['v2', ['bin/dbt-core-experimental-parser', 'bin/dbt']],
  ]) {
    const dbt = binaries.map((path) => join(options.peers, version, path)).find((path) => existsSync(path));
    if (dbt === undefined) {
      console.log(`dbt ${version}: not found, not compared`);
      continue;
    }
    const env = { DBT_PROFILES_DIR: project, DO_NOT_TRACK: '1', DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
    const run = measure(dbt, ['parse', '--no-partial-parse', '--target-path', join(scratch, version)], {
      cwd: project,
      env,
    });
    const { stdout } = spawnSync(dbt, ['--version'], { encoding: 'utf8' });
    const named = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? version;
    console.log(
      `dbt ${named}: exit ${run.status}, ${seconds(run.cpu)}, ${(run.cpu / ours.cpu).toFixed(1)} times ours (${seconds(ours.cpu)})`,
    );
  }
}

function walk(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
