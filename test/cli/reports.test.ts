import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/core/diagnostic.ts';
import { readXml } from '../export/xml.ts';
import { cli, startProgram, testProject } from '../rig.ts';
import { missingTable, sampleRun } from './events.ts';
import { play } from './play.ts';

const schema = `models:
  - name: orders
    columns:
      - name: id
        data_tests:
          - not_null
          - unique
      - name: name
        data_tests:
          - accepted_values: {arguments: {values: [a]}, config: {severity: warn}}
          - accepted_values:
              arguments: {values: [b]}
`;

/** A repository with a project in the folder \`shop\` whose build fails in several ways. */
function failingShop() {
  const repository = testProject({ 'dbt_project.yml': null, 'profiles.yml': null });
  mkdirSync(repository.path('.git'));
  repository.write({
    'shop/dbt_project.yml': 'name: shop\nprofile: shop\n',
    'shop/profiles.yml':
      'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 1}}}\n',
    'shop/models/orders.sql': "select 1 as id, 'a' as name union all select 1, 'c'\n",
    'shop/models/broken.sql': 'select\n  nothing_there\nfrom (select 1 as a)\n',
    'shop/models/schema.yml': schema,
    'shop/tests/no_ones.sql': "select * from {{ ref('orders') }} where id = 1\n",
  });
  return { ...repository, directory: repository.path('shop') };
}

test('a failed build leaves every report that was asked for, and marks the lines that are to blame', async () => {
  const shop = failingShop();
  const flags = ['--report', 'junit=out/j.xml', '--report=sarif=out/s.sarif', '--report', 'markdown=../s.md'];
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: shop.path('.'),
    GITHUB_STEP_SUMMARY: shop.path('summary.md'),
  };
  shop.write({ 'summary.md': 'before\n' });
  const { code, out } = await cli(shop, [...flags, 'build'], env);
  expect(code).toBe(1);
  expect(
    out
      .split('\n')
      .filter((line) => line.startsWith('::'))
      .sort(),
  ).toEqual([
    '::error file=shop/models/broken.sql,line=2,endLine=2,col=3,endColumn=15,title=model broken::Binder Error: Referenced column "nothing_there" not found in FROM clause!%0A  Candidate bindings: "a"',
    '::error file=shop/models/schema.yml,line=11,endLine=11,col=13,endColumn=28,title=data test accepted_values_orders_name__b::Got 2 results, configured to fail if != 0',
    '::error file=shop/models/schema.yml,line=7,endLine=7,col=13,endColumn=18,title=data test unique_orders_id::Got 1 result, configured to fail if != 0',
    '::error file=shop/tests/no_ones.sql,line=1,endLine=1,col=1,endColumn=46,title=data test no_ones::Got 2 results, configured to fail if != 0',
    '::warning file=shop/models/schema.yml,line=10,endLine=10,col=13,endColumn=81,title=data test accepted_values_orders_name__a::Got 1 result, configured to warn if != 0',
  ]);
  const { attributes } = readXml(shop.read('shop/out/j.xml'));
  expect(Number(attributes['time'])).toBeGreaterThan(0);
  expect(attributes).toMatchObject({ name: 'sluice build', tests: '7', failures: '3', errors: '1' });
  const [{ results }] = JSON.parse(shop.read('shop/out/s.sarif')).runs;
  expect(results).toHaveLength(1);
  expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('shop/models/broken.sql');
  const summary = shop.read('s.md');
  expect(summary).toContain('| `unique_orders_id` | 1 | `shop/models/schema.yml:7` |');
  expect(shop.read('summary.md')).toBe(`before\n${summary}\n`);
  expect(shop.json('shop/target/run_results.json')['args']).not.toHaveProperty('report');
});

test('without GitHub Actions no line is marked, and the root of the repository is where .git is', async () => {
  const shop = failingShop();
  const { out } = await cli(shop, ['run', '--report', 'sarif=s.sarif']);
  expect(out).not.toContain('::error');
  expect(shop.read('shop/s.sarif')).toContain('"uri": "shop/models/broken.sql"');
});

test('a project that does not parse leaves its mistakes in the reports', async () => {
  const shop = failingShop();
  shop.write({ 'shop/models/broken.sql': "select * from {{ ref('orderz') }}\n" });
  const { code } = await cli(shop, ['build', '--report', 'junit=j.xml', '--report', 'sarif=s.sarif']);
  expect(code).toBe(2);
  expect(readXml(shop.read('shop/j.xml')).attributes).toMatchObject({ tests: '1', errors: '1' });
  const [{ results, invocations }] = JSON.parse(shop.read('shop/s.sarif')).runs;
  expect(invocations).toEqual([{ executionSuccessful: false }]);
  expect(results[0]).toMatchObject({ ruleId: 'ref-not-found', level: 'error' });
  expect(results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'shop/models/broken.sql', uriBaseId: '%SRCROOT%' },
    region: { startLine: 1, startColumn: 18, endLine: 1, endColumn: 31 },
  });
});

test('JSON logs stay JSON lines, quiet shows errors only, and both kinds of output can be switched off', async () => {
  const events = async ({ onEvent }: { onEvent: (event: ReturnType<typeof sampleRun>[number]) => void }) => {
    for (const event of sampleRun()) onEvent(event);
    return { success: false };
  };
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md' };
  const marks = async (argv: readonly string[], env = {}) => {
    const { out } = await play(argv, { env: { ...github, ...env }, command: events });
    return out.split('\n').flatMap((line) => /^::(\w+) /.exec(line)?.[1] ?? []);
  };
  expect(await marks(['build'])).toEqual(['error', 'error', 'warning']);
  expect(await marks(['build', '--quiet'])).toEqual(['error', 'error']);
  expect(await marks(['build', '--log-level', 'none'])).toEqual([]);
  expect(await marks(['build', '--log-format', 'json'])).toEqual([]);
  expect(await marks(['build', '--no-github-report'])).toEqual([]);
  expect(await marks(['build'], { SLUICE_GITHUB_REPORT: 'false' })).toEqual([]);
});

test('a command that works on no node adds nothing to the step summary', async () => {
  const shop = failingShop();
  await cli(shop, ['ls'], { GITHUB_STEP_SUMMARY: shop.path('summary.md') });
  expect(shop.has('summary.md')).toBe(false);
});

test('an interrupted run leaves its reports', async () => {
  const { directory } = await play(['build', '--report', 'junit=j.xml'], {
    command: async ({ onEvent }) => {
      for (const event of sampleRun().slice(0, 8)) onEvent(event);
      return { success: false, interrupted: true };
    },
  });
  const { read } = projectIn(directory);
  expect(readXml(read('j.xml')).attributes).toMatchObject({ tests: '2', errors: '0' });
});

test('what nobody waited for, and a bug, are in the reports', async () => {
  const { directory } = await play(['build', '--report', 'junit=j.xml'], {
    command: () => Promise.reject(new TypeError('x is not a function')),
  });
  expect(projectIn(directory).read('j.xml')).toContain('TypeError: x is not a function');
});

test('a process that quits at once still leaves its reports', async () => {
  const shop = testProject({
    'models/slow.sql':
      "{{ config(materialized='table') }} select count(*) as n from range(100000000000) as a, range(100000) as b\n",
  });
  const running = startProgram(shop, ['run', '--debug', '--report', 'junit=j.xml']);
  await running.saw(/START sql view|create view|model\.shop\.slow/i);
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  const { code } = await running.ended;
  expect(code).toBe(2);
  expect(readXml(shop.read('j.xml')).name).toBe('testsuites');
});

test.each([
  ['junt=x.xml', "there is no report 'junt'", "did you mean 'junit'?"],
  ['junit', 'it names no file', '--report junit=FILE'],
  ['junit=', 'it names no file', '--report junit=FILE'],
  ['html=x', "there is no report 'html'", 'there are junit, markdown, sarif'],
])('--report %s is refused before anything is done', async (value, problem, hint) => {
  const { code, err, options } = await play(['build', '--report', value]);
  expect([code, options]).toEqual([2, null]);
  expect(err).toContain(`error[report-invalid] --report ${value}: ${problem}`);
  expect(err).toContain(hint);
});

test('two reports in one file, and a file that cannot be written, are refused before anything is done', async () => {
  const shop = failingShop();
  const build = (...values: string[]) =>
    cli(shop, ['build', ...values.flatMap((value) => ['--report', value])]);
  expect((await build('junit=a', 'sarif=./a')).err).toContain('two reports cannot be one file');
  expect((await build('junit=models')).err).toContain('something that is no file is in its place');
  expect((await build('junit=dbt_project.yml/j.xml')).err).toContain('error[report-not-writable]');
  symlinkSync('dbt_project.yml', shop.path('shop/link'));
  expect((await build('junit=link')).code).toBe(2);
  expect(shop.read('shop/dbt_project.yml')).toContain('name: shop');
  expect(shop.has('shop/target')).toBe(false);
});

test('a report of a former run is gone before anything is begun', async () => {
  const shop = failingShop();
  shop.write({ 'shop/j.xml': 'former' });
  let there: boolean | null = null;
  const { directory } = await play(['build', '--report', `junit=${shop.path('shop/j.xml')}`], {
    command: async () => {
      there = shop.has('shop/j.xml');
      throw new DiagnosticError(missingTable);
    },
  });
  expect(there).toBe(false);
  expect(shop.read('shop/j.xml')).toContain('statement-failed');
  expect(directory).not.toBe('');
});

test('a report that cannot be written at the end is told, and is no success', async () => {
  const shop = testProject();
  const { code, out } = await play(['build', '--report', `junit=${shop.path('out/j.xml')}`], {
    command: async () => {
      shop.write({ out: null });
      shop.write({ out: 'a file' });
      return { success: true };
    },
  });
  expect(code).toBe(1);
  expect(out).toContain('error[report-not-written] the report');
});

test('flags and variables name several reports, and a project none', async () => {
  const shop = testProject({ 'dbt_project.yml': 'name: shop\nflags: {report: [junit=p.xml]}\n' });
  await cli(shop, ['ls']);
  expect(shop.has('p.xml')).toBe(false);
  await cli(shop, ['ls'], { SLUICE_REPORT: 'junit=v.xml markdown=v.md' });
  expect([shop.has('v.xml'), shop.has('v.md')]).toEqual([true, true]);
  const { out } = await cli(shop, ['--report', 'junit=f.xml', 'parse', '--report', 'markdown=f.md']);
  expect(out).toContain('Found');
  expect([shop.has('f.xml'), shop.has('f.md')]).toEqual([true, true]);
});

const projectIn = (directory: string) => ({
  read: (name: string) => readFileSync(join(directory, name), 'utf8'),
});
