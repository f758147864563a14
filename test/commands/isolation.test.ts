import { expect, test } from 'vitest';
import { readRunResults } from '../../src/artifacts/read.ts';
import type { Event } from '../../src/index.ts';
import { query, start, testProject, testWorld } from '../rig.ts';

const files = {
  'dbt_project.yml': 'name: shop\nprofile: shop\nvars: {shared: project}\n',
  'macros/m.sql': '{% macro from_macro() %}{{ var("given") }}{% endmacro %}',
  'models/a.sql': `{{ config(materialized='table') }} select
  '{{ var("given") }}' as given,
  '{{ var("shared") }}' as shared,
  '{{ env_var("REGION") }}' as region,
  '{{ target.name }}' as target,
  '{{ from_macro() }}' as from_macro,
  '{{ run_started_at.isoformat() }}' as started,
  '{{ invocation_id }}' as id`,
  'models/b.sql': "select * from {{ ref('a') }}",
};

test('two projects at once in one process share nothing', async () => {
  const [one, two] = [testProject(files), testProject({ ...files, 'models/c.sql': 'select 1 as id' })];
  const heard: Record<'one' | 'two', Event[]> = { one: [], two: [] };
  const runs = [
    start(one, 'build', {
      vars: { given: 'one', shared: 'overridden' },
      env: { REGION: 'north' },
      now: new Date('2026-01-01T00:00:00Z'),
      invocationId: 'first',
      onEvent: (event) => heard.one.push(event),
    }),
    start(two, 'build', {
      vars: { given: 'two' },
      env: { REGION: 'south' },
      target: 'other',
      now: new Date('2027-02-02T00:00:00Z'),
      invocationId: 'second',
      onEvent: (event) => heard.two.push(event),
    }),
  ];
  const outcomes = await Promise.all(runs);
  expect(outcomes.map(({ success }) => success)).toEqual([true, true]);
  expect(await query(one, 'from b')).toEqual([
    ['one', 'overridden', 'north', 'dev', 'one', '2026-01-01T00:00:00+00:00', 'first'],
  ]);
  expect(await query(two, 'from elsewhere.b', 'other.duckdb')).toEqual([
    ['two', 'project', 'south', 'other', 'two', '2027-02-02T00:00:00+00:00', 'second'],
  ]);
  const finished = (events: readonly Event[]) =>
    events.flatMap((event) => (event.name === 'node-finished' ? [event.node.name] : [])).sort();
  expect(finished(heard.one)).toEqual(['a', 'b']);
  expect(finished(heard.two)).toEqual(['a', 'b', 'c']);
  for (const [project, id] of [
    [one, 'first'],
    [two, 'second'],
  ] as const) {
    const results = await readRunResults(project.path('target/run_results.json'));
    expect(results.metadata.invocation_id).toBe(id);
  }
});

test('two builds of one project at once leave it whole', async () => {
  const project = testProject({
    'models/a.sql':
      "{{ config(materialized='incremental', unique_key='id') }} select range as id from range(1000)",
    'models/b.sql': "{{ config(materialized='table') }} select * from {{ ref('a') }}",
    'seeds/s.csv': 'id\n1\n2\n',
  });
  const outcomes = await Promise.all([
    start(project, 'build'),
    start(project, 'build'),
    start(project, 'build'),
  ]);
  expect(outcomes.map(({ success }) => success)).toEqual([true, true, true]);
  expect(await query(project, 'select count(*)::int, count(distinct id)::int from a')).toEqual([
    [1000, 1000],
  ]);
  expect(await query(project, 'select count(*)::int from s')).toEqual([[2]]);
});

test('events may be read while they come, by several readers, and after the end', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  const invocation = start(project, 'build');
  const read = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const event of invocation.events()) names.push(event.name);
    return names;
  };
  const [early, other] = await Promise.all([read(), read()]);
  await invocation;
  expect(early[0]).toBe('invocation-started');
  expect(early.at(-1)).toBe('invocation-finished');
  expect([other, await read()]).toEqual([early, early]);
});

test('an invocation that cannot run rejects, and its events still end', async () => {
  const project = testProject({ 'dbt_project.yml': 'name: shop\nprofile: nowhere\n' });
  const invocation = start(project, 'build');
  await expect(invocation).rejects.toThrow("Could not find profile named 'nowhere'");
  const events: Event[] = [];
  for await (const event of invocation.events()) events.push(event);
  expect(events.at(-1)).toMatchObject({ name: 'invocation-finished', success: false });
});

test('a signal that has fired already starts nothing', async () => {
  const project = testProject({ 'models/a.sql': 'select 1 as id' });
  const outcome = await start(project, 'build', { signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ success: false, interrupted: true });
  expect(outcome.results).toEqual([]);
});

test('what a caller chooses as its options is what templates and artifacts see', async () => {
  const project = testProject({
    'models/a.sql': "select '{{ flags.FULL_REFRESH }} {{ flags.WHICH }} {{ flags.FAIL_FAST }}' as flags",
  });
  await start(project, 'run', { fullRefresh: true, failFast: true, world: testWorld(project.directory) });
  expect(await query(project, 'from a')).toEqual([['True run True']]);
  const results = await readRunResults(project.path('target/run_results.json'));
  expect(results.args).toMatchObject({ full_refresh: true, fail_fast: true, which: 'run' });
});
