import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { Ajv } from 'ajv';
// GitLab's own schema lies in there.
import { schema } from 'gitlab-ci-local/src/schema/schema.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { serverOutput } from '../postgres.ts';
import { cli, type Files, query, type TestProject, testProject } from '../rig.ts';

const program = resolve(import.meta.dirname, '../../bin/sluice.js');

/** A repository with a project in a folder of it. */
function repository(files: Files = {}): TestProject & { readonly root: TestProject } {
  const root = testProject({ 'dbt_project.yml': null, 'profiles.yml': null });
  mkdirSync(root.path('.git'));
  const inFolder = Object.entries({
    'dbt_project.yml': 'name: shop\nprofile: shop\n',
    'profiles.yml': 'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
    'models/orders.sql': "{{ config(materialized='table') }} select 1 as id\n",
    'models/customers.sql': "{{ config(materialized='table') }} select 2 as id\n",
    'models/both.sql': "select o.id as a, c.id as b from {{ ref('orders') }} o, {{ ref('customers') }} c\n",
    ...files,
  }).map(([name, content]) => [`my shop/${name}`, content] as const);
  root.write(Object.fromEntries(inFolder));
  const directory = root.path('my shop');
  return {
    ...root,
    root,
    directory,
    path: (name) => join(directory, name),
    read: (name) => root.read(`my shop/${name}`),
    has: (name) => root.has(`my shop/${name}`),
    json: (name) => root.json(`my shop/${name}`),
    write: (more) =>
      root.write(Object.fromEntries(Object.entries(more).map(([name, one]) => [`my shop/${name}`, one]))),
  };
}

/** Runs a script as a CI system does, with \`sluice\` being this program, and no network. */
function script(
  shop: TestProject,
  text: string,
  env: Readonly<Record<string, string>> = {},
  folder = shop.directory,
) {
  const bin = shop.path('.bin');
  mkdirSync(bin, { recursive: true });
  shop.write({
    '.bin/sluice': `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
    '.bin/npm': '#!/bin/sh\necho "npm $*"\n',
    '.bin/curl': '#!/bin/sh\nexit 22\n',
    '.bin/gh': '#!/bin/sh\nexit 0\n',
  });
  for (const name of ['sluice', 'npm', 'curl', 'gh']) chmodSync(join(bin, name), 0o755);
  const { PATH = '' } = process.env;
  const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${bin}:${PATH}`, HOME: shop.path('nobody'), ...env },
  });
  return { code: ran.status, out: ran.stdout + ran.stderr };
}

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly if?: string;
}

/** What GitHub's own reader of workflows says is wrong. */
function mistakesOf(text: string): readonly string[] {
  const { context } = parseWorkflow({ name: 'sluice.yml', content: text }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

function workflowOf(text: string) {
  expect(mistakesOf(text)).toEqual([]);
  expect(mistakesOf(text.replace('runs-on:', 'run-on:'))).not.toEqual([]);
  return parse(text, { strict: true, uniqueKeys: true });
}

const runOf = (steps: readonly Step[], name: string): string => {
  const step = steps.find((one) => one.name === name);
  if (step?.run === undefined) throw new Error(`no step '${name}'`);
  return step.run;
};

const worked = (shop: TestProject): readonly string[] =>
  shop
    .json<{ results: readonly { unique_id: string }[] }>('target/run_results.json')
    .results.map((result) => result.unique_id)
    .sort();

/** What a job keeps, where the next one finds it; a fresh checkout has nothing else. */
function handOver(shop: TestProject): void {
  cpSync(shop.path('state'), shop.path('production'), { recursive: true });
  shop.write({ state: null, target: null, 'shop.duckdb': null, reports: null });
}

test('the workflow for GitHub builds everything on the branch, and of a change what it changes', async () => {
  const shop = repository();
  expect((await cli(shop, ['export', 'ci', 'github'])).code).toBe(0);
  const { jobs, on, defaults } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  expect(on).toEqual({ pull_request: null, push: { branches: ['main'] } });
  expect(defaults.run).toEqual({ shell: 'bash', 'working-directory': 'my shop' });
  const production: readonly Step[] = jobs.production.steps;
  expect(script(shop, runOf(production, 'Install sluice')).out).toMatch(/^npm install --global sluice@\d/);
  expect(script(shop, runOf(production, 'Get the state of production')).code).toBe(0);
  expect(script(shop, runOf(production, 'Build')).code).toBe(0);
  expect(worked(shop)).toHaveLength(3);
  expect(production.at(-1)?.with).toMatchObject({ name: 'sluice-state', path: 'my shop/state' });
  handOver(shop);

  shop.write({ 'models/orders.sql': "{{ config(materialized='table') }} select 7 as id\n" });
  const change: readonly Step[] = jobs['pull-request'].steps;
  const built = script(shop, runOf(change, 'Build what changed'));
  expect(built.code, built.out).toBe(0);
  expect(worked(shop)).toEqual(['model.shop.both', 'model.shop.orders']);
  expect(await query(shop, 'select a, b from "both"')).toEqual([[7, 2]]);
  expect(shop.read('reports/sluice.xml')).toContain('tests="2"');
});

test('without a state everything is built, and what fails gets a second chance with a report of its own', async () => {
  const shop = repository({
    'models/both.sql': "select no_column from {{ ref('orders') }}\n",
    'models/fine.sql': 'select 1 as a\n',
  });
  await cli(shop, ['export', 'ci', 'github']);
  const { jobs } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  const built = script(shop, runOf(jobs['pull-request'].steps, 'Build what changed'));
  expect(built.code).toBe(1);
  expect(built.out).toContain('There is no state of production yet');
  expect(worked(shop)).toEqual(['model.shop.both']);
  expect(shop.read('reports/sluice.xml')).toContain('tests="1" failures="0" errors="1"');
});

test('a project that does not parse is not tried again, and its mistakes stay in the report', async () => {
  const shop = repository();
  await cli(shop, ['export', 'ci', 'github']);
  const { jobs } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  shop.write({ 'models/both.sql': "select * from {{ ref('nowhere') }}\n" });
  const built = script(shop, runOf(jobs['pull-request'].steps, 'Build what changed'));
  expect(built.code).toBe(2);
  expect(shop.read('reports/sluice.xml')).toContain('ref-not-found');
});

test('the pipeline for GitLab does the same, and lives with a state that cannot be had', async () => {
  const shop = repository();
  await cli(shop, ['export', 'ci', 'gitlab']);
  const pipeline = parse(shop.root.read('.gitlab-ci.yml'), { strict: true, uniqueKeys: true });
  const { '.sluice': shared, 'sluice-merge-request': change, 'sluice-production': production } = pipeline;
  expect(Object.keys(pipeline)).toHaveLength(3);
  expect(shared.artifacts.reports.junit).toBe('my shop/reports/sluice.xml');
  expect(change.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
  const job = (one: { script: readonly string[] }): string =>
    [...shared.before_script, ...one.script].join('\n');
  const ran = script(shop, job(production), {}, shop.root.directory);
  expect(ran.code, ran.out).toBe(0);
  expect(worked(shop)).toHaveLength(3);
  handOver(shop);
  expect(script(shop, job(change), {}, shop.root.directory).code).toBe(0);
  // curl found nothing, and took away what lay there.
  expect(worked(shop)).toHaveLength(3);
});

test('the pipeline for Jenkins builds by branch and by change', async () => {
  const shop = repository();
  await cli(shop, ['export', 'ci', 'jenkins']);
  const text = shop.root.read('Jenkinsfile');
  expect(text.split('{').length).toBe(text.split('}').length);
  expect(text).toContain("dir('my shop') {");
  const [, inner = ''] = /sh '''\n([\s\S]*?)'''/.exec(text) ?? [];
  expect(script(shop, inner, { BRANCH_NAME: 'main' }).code).toBe(0);
  expect(worked(shop)).toHaveLength(3);
  handOver(shop);
  shop.write({ 'models/both.sql': "select 1 as a from {{ ref('orders') }}\n" });
  const built = script(shop, inner, { BRANCH_NAME: 'PR-7', CHANGE_ID: '7' });
  expect(built.code, built.out).toBe(0);
  expect(worked(shop)).toEqual(['model.shop.both']);
  expect(script(shop, inner, { BRANCH_NAME: 'other' }).out).not.toContain('Running with');
});

const postgres = (fields: object): string =>
  JSON.stringify({ shop: { target: 'dev', outputs: { dev: { ...serverOutput(), ...fields } } } });

test('a profile that connects to its own machine gets a server of its own, and builds all that a change stands on', async () => {
  const shop = repository({
    'profiles.yml': postgres({ host: 'localhost', port: 5433, user: 'u', dbname: 'd' }),
  });
  for (const system of ['github', 'gitlab', 'jenkins']) await cli(shop, ['export', 'ci', system]);
  const { jobs } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  expect(jobs['pull-request'].services.database).toMatchObject({
    image: 'postgres:17',
    ports: ['5433:5432'],
    env: { POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_USER: 'u', POSTGRES_DB: 'd' },
  });
  expect(runOf(jobs['pull-request'].steps, 'Build what changed')).toContain(
    'build --select +state:modified+ --state production\n',
  );
  const pipeline = parse(shop.root.read('.gitlab-ci.yml'));
  expect(pipeline['.sluice'].services).toEqual([{ name: 'postgres:17', alias: 'database' }]);
  expect(pipeline['.sluice'].before_script.join('\n')).toContain('listen(5433, "localhost")');
  expect(shop.root.read('Jenkinsfile')).toContain('-e PGPORT=5433');
});

test('the pipeline is one by the schema of GitLab', async () => {
  const shop = repository();
  await cli(shop, ['export', 'ci', 'gitlab']);
  const validator = new Ajv({ strict: false, allErrors: true });
  validator.validate(schema, parse(shop.root.read('.gitlab-ci.yml')));
  expect(validator.errors).toBe(null);
  validator.validate(schema, { job: { scripts: ['true'] } });
  expect(validator.errors).not.toBe(null);
});

test('a server elsewhere needs an output for changes, and its variables are named', async () => {
  const output = {
    host: 'db.example.org',
    password: "{{ env_var('DBT_ENV_SECRET_PW') }}",
    dbname: "{{ env_var('DB', 'd') }}",
  };
  const shop = repository({ 'profiles.yml': postgres(output) });
  const env = { DBT_ENV_SECRET_PW: 'hunter22' };
  const refused = await cli(shop, ['export', 'ci', 'github'], env);
  expect(refused.code).toBe(2);
  expect(refused.out).toContain('error[ci-target-missing]');
  expect(existsSync(shop.root.path('.github'))).toBe(false);
  const { out } = await cli(shop, ['export', 'ci', 'github', '--target', 'dev'], env);
  expect(out).toContain('Set DBT_ENV_SECRET_PW as secrets of the repository.');
  const text = shop.root.read('.github/workflows/sluice.yml');
  expect(workflowOf(text).env).toEqual({ DBT_ENV_SECRET_PW: `\${{ secrets.DBT_ENV_SECRET_PW }}` });
  expect(text).toContain('build --select state:modified+ --defer --state production\n');
  expect(text).not.toContain('hunter22');
  const outputs = {
    prod: { ...serverOutput(), ...output },
    ci: { ...serverOutput(), ...output, schema: 'ci' },
  };
  shop.write({ 'profiles.yml': JSON.stringify({ shop: { target: 'prod', outputs } }) });
  await cli(shop, ['export', 'ci', 'github', '--force'], env);
  const { jobs } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  expect(runOf(jobs['pull-request'].steps, 'Build what changed')).toContain('build "$@" --target ci ');
  expect(runOf(jobs.production.steps, 'Build')).toContain('build "$@" --target prod ');
});

test('a file that is there is overwritten with --force only, and --output names another one', async () => {
  const shop = repository();
  shop.root.write({ '.gitlab-ci.yml': 'mine: {}\n' });
  const refused = await cli(shop, ['export', 'ci', 'gitlab']);
  expect([refused.code, shop.root.read('.gitlab-ci.yml')]).toEqual([2, 'mine: {}\n']);
  expect(refused.out).toContain('error[ci-file-exists]');
  expect((await cli(shop, ['export', 'ci', 'gitlab', '--output', 'ci/own.yml'])).code).toBe(0);
  expect(shop.has('ci/own.yml')).toBe(true);
  expect((await cli(shop, ['export', 'ci', 'gitlab', '--force'])).code).toBe(0);
  expect(shop.root.read('.gitlab-ci.yml')).toContain('sluice-production');
});

test('a project with packages installs them, and one with sluice in package.json takes that', async () => {
  const shop = repository({ 'packages.yml': 'packages: []\n' });
  shop.root.write({
    'package.json': '{"devDependencies": {"sluice": "1.0.0"}}',
    'package-lock.json': '{}',
    '.git/refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/trunk\n',
  });
  await cli(shop, ['export', 'ci', 'github']);
  const { jobs, on } = workflowOf(shop.root.read('.github/workflows/sluice.yml'));
  const { steps } = jobs['pull-request'];
  expect(on.push.branches).toEqual(['trunk']);
  expect(runOf(steps, 'Install sluice')).toBe('npm ci --prefix ..\n');
  expect(runOf(steps, 'Install packages')).toBe('npx --no-install sluice deps\n');
  expect(runOf(steps, 'Build what changed')).toContain('npx --no-install sluice build "$@"');
  expect(steps[1].with).toEqual({
    'node-version': 22,
    cache: 'npm',
    'cache-dependency-path': 'package-lock.json',
  });
});

test.each([
  [['export', 'ci', 'githb'], "there is no CI system 'githb'", "did you mean 'github'?"],
  [['export', 'ci'], 'export ci needs the name of a CI system', 'one of github, gitlab, jenkins'],
])('%j is refused', async (argv, problem, hint) => {
  const { code, out } = await cli(repository(), argv);
  expect(code).toBe(2);
  expect(out).toContain(`error[ci-system-unknown] ${problem}`);
  expect(out).toContain(hint);
});
