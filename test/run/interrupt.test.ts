import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRunResults } from '../../src/artifacts/read.ts';
import { lastChanges, readJournal } from '../../src/run/journal/journal-lines.ts';
import { isLive } from '../../src/run/journal/live-process.ts';
import { query, relations, runProgram, sluice, startProgram, type TestProject, testProject } from '../rig.ts';

/** `slow` stands as it was built once, and is now a query that does not end in any test's time. */
async function slowProject(): Promise<TestProject> {
  const project = testProject({
    'models/quick.sql': "{{ config(materialized='table') }} select 1 as id",
    'models/slow.sql': "{{ config(materialized='table') }} select 1 as id -- {{ ref('quick') }}",
    'models/below.sql': "select * from {{ ref('slow') }}",
  });
  expect((await sluice(project, 'build')).outcome?.success).toBe(true);
  project.write({
    'models/quick.sql': "{{ config(materialized='table') }} select 2 as id",
    'models/slow.sql':
      "{{ config(materialized='table') }} select count(*) as id from range(1000000000000) -- {{ ref('quick') }}",
  });
  return project;
}

/** `slow` runs: `quick` is done, and the log says what was sent. */
async function begun(project: TestProject) {
  const running = startProgram(project, ['build', '--debug', '--no-use-colors']);
  await running.saw(/range\(1000000000000\)[\s\S]*\n/);
  await running.saw(/OK created sql table model main\.quick/);
  return running;
}

async function stands(project: TestProject): Promise<void> {
  expect(await query(project, 'from slow')).toEqual([[1]]);
  expect(await query(project, 'from quick')).toEqual([[2]]);
  expect(await relations(project)).toEqual(['main.below view', 'main.quick table', 'main.slow table']);
}

const journalOf = (project: TestProject) =>
  Promise.all(
    readdirSync(project.path('target/runs')).map((name) =>
      readJournal(project.path(`target/runs/${name}/journal.jsonl`)),
    ),
  );

test('a request to end rolls back, says what was done, writes results, closes the journal and ends with 2', async () => {
  const project = await slowProject();
  const { child, ended } = await begun(project);
  child.kill('SIGTERM');
  const { code, signal, out } = await ended;
  expect([code, signal]).toEqual([2, null]);
  expect(out).toMatch(/SKIP=2/);
  const { results } = await readRunResults(project.path('target/run_results.json'));
  expect(Object.fromEntries(results.map(({ unique_id, status }) => [unique_id, status]))).toEqual({
    'model.shop.quick': 'success',
    'model.shop.slow': 'skipped',
    'model.shop.below': 'skipped',
  });
  await stands(project);
  const journals = await journalOf(project);
  expect(journals.every((journal) => journal?.isClosed)).toBe(true);
  project.write({ 'models/slow.sql': "{{ config(materialized='table') }} select 3 as id" });
  expect((await runProgram(project, ['build'])).code).toBe(0);
  expect(await query(project, 'from slow')).toEqual([[3]]);
});

test('a second interrupt ends at once with 2', async () => {
  const project = await slowProject();
  const { child, ended } = await begun(project);
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, signal } = await ended;
  expect([code, signal]).toEqual([2, null]);
  await stands(project);
});

test('a process that is killed leaves a journal that tells how far it came, and the old table', async () => {
  const project = await slowProject();
  const { child, ended } = await begun(project);
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const open = (await journalOf(project)).filter((journal) => journal?.isClosed === false);
  expect(open).toHaveLength(1);
  const journal = open[0]!;
  expect(journal.header).toMatchObject({
    command: 'build',
    planned: expect.arrayContaining(['model.shop.quick', 'model.shop.slow', 'model.shop.below']),
  });
  const states = [...lastChanges(journal)].map(([item, { state }]) => [item, state]);
  expect(states).toContainEqual(['model.shop.quick', 'done']);
  expect(states).toContainEqual(['model.shop.slow', 'running']);
  expect(await isLive(journal)).toBe(false);
  await stands(project);
  expect((await runProgram(project, ['clean'])).code).toBe(0);
});
