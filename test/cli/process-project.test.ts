import { expect, test } from 'vitest';
import { query, runProgram, testProject } from '../rig.ts';

const shop = {
  'models/a.sql': "select {{ var('n', 1) }} as n",
  'models/b.sql': "select * from {{ ref('a') }}",
};

test('the program ends with 0, 1 or 2', async () => {
  const project = testProject(shop);
  expect((await runProgram(project, ['build'])).code).toBe(0);
  project.write({ 'models/b.sql': 'select nothing' });
  expect((await runProgram(project, ['build'])).code).toBe(1);
  expect((await runProgram(project, ['build', '--target', 'none'])).code).toBe(2);
  expect((await runProgram(project, ['bild'])).code).toBe(2);
});

test('the program takes flags from the command line and from variables', async () => {
  const project = testProject(shop);
  const flags = [
    '--select',
    'a+',
    '--exclude',
    'b',
    '--vars',
    '{n: 7}',
    '--threads',
    '1',
    '--target-path',
    'out',
  ];
  const { code, out } = await runProgram(project, ['run', ...flags]);
  expect([code, out]).toEqual([0, expect.stringContaining('TOTAL=1')]);
  expect(await query(project, 'from a')).toEqual([[7]]);
  expect([project.has('out/manifest.json'), project.has('target')]).toEqual([true, false]);
  const env = { DBT_TARGET: 'other', DBT_TARGET_PATH: 'elsewhere', DBT_LOG_FORMAT: 'json' };
  const told = await runProgram(project, ['build'], env);
  expect(told.code).toBe(0);
  for (const line of told.out.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('info.name');
  expect(await query(project, 'from elsewhere.b', 'other.duckdb')).toEqual([[1]]);
  expect(project.has('elsewhere/run_results.json')).toBe(true);
});

test('the program finds a project from elsewhere, and its profile beside it', async () => {
  const project = testProject(shop);
  const outside = testProject({ 'dbt_project.yml': null, 'profiles.yml': null });
  const { code, out } = await runProgram(outside, ['ls', '--project-dir', project.directory, '--quiet']);
  expect([code, out]).toEqual([0, 'shop.a\nshop.b\n']);
});

test('every command that has nothing to do says so and ends with 0', async () => {
  const project = testProject({});
  for (const command of ['build', 'run', 'test', 'seed', 'compile', 'ls', 'parse']) {
    expect([command, (await runProgram(project, [command])).code]).toEqual([command, 0]);
  }
  expect(project.has('shop.duckdb')).toBe(false);
});
