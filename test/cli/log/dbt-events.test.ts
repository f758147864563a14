import { expect, test } from 'vitest';
import { readEvents } from '../../../scripts/oracle/events.mjs';
import { cli, testProject } from '../../rig.ts';
import { comparedWithDbt } from './told-by-dbt.ts';

test('each command tells what dbt tells, in its events, codes, levels and data', async () => {
  const differences: string[] = [];
  for await (const [command, found] of comparedWithDbt('events')) {
    differences.push(...found.map((one) => `${command}: ${one}`));
  }
  expect(differences).toEqual([]);
});

test('what is skipped for an ephemeral model that could not be compiled is told as dbt tells it', async () => {
  const project = testProject({
    'models/inner.sql':
      "{{ config(materialized='ephemeral') }} {% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %} select 1 as id",
    'models/outer.sql': "select * from {{ ref('inner') }}",
  });
  const { out } = await cli(project, ['--log-format', 'json', 'run']);
  const told = readEvents(out).filter(({ info }) => info.name === 'LogSkipBecauseError');
  expect(told).toMatchObject([
    {
      info: { code: 'Z034', level: 'error' },
      data: { schema: 'main', relation: 'outer', index: 2, total: 2, status: 'error' },
    },
  ]);
});

test('a node of a group tells its owner in texts, as Python prints them', async () => {
  const owner = '{name: us, email: [one@shop.test, two@shop.test], oncall: true}';
  const project = testProject({
    'models/a.sql': "{{ config(group='sales') }} select nothing as id",
    'models/groups.yml': `groups: [{name: sales, owner: ${owner}}]`,
  });
  const { out } = await cli(project, ['--log-format', 'json', 'run']);
  const [told] = readEvents(out).filter(({ info }) => info.name === 'RunResultError');
  expect(told?.data['group']).toEqual({
    name: 'sales',
    package_name: 'shop',
    owner: { name: 'us', email: "['one@shop.test', 'two@shop.test']", oncall: 'True' },
  });
});

test('a model of which some batches fail is told at the level info, as dbt tells it', async () => {
  const model = [
    "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='sold_at', batch_size='day',",
    "   begin='2026-01-01') }}",
    "select timestamp '2026-01-01' as sold_at, cast({% if model.batch.event_time_start.day == 2 %}'x'{% else %}'1'{% endif %} as integer) as id",
  ];
  const project = testProject({ 'models/a.sql': model.join('\n') });
  const times = ['--event-time-start', '2026-01-01', '--event-time-end', '2026-01-04'];
  const { out } = await cli(project, ['--log-format', 'json', '--log-level', 'debug', 'run', ...times]);
  const told = readEvents(out);
  expect(told.filter(({ info }) => info.name === 'LogModelResult')).toMatchObject([
    { info: { level: 'info' }, data: { status: 'PARTIAL SUCCESS (2/3)' } },
  ]);
  const ways = told.filter(({ info }) => info.name === 'MicrobatchExecutionDebug');
  expect(ways.map(({ data }) => data['msg'])).toEqual([
    'batch 2026-01-01 of main.a runs by itself',
    'batch 2026-01-02 of main.a may run beside others',
    'batch 2026-01-03 of main.a runs by itself',
  ]);
  const batches = told.filter(({ info }) => info.name === 'LogBatchResult');
  expect(batches).toMatchObject([
    { data: { status: 'OK', node_info: { node_status: 'success' } } },
    { data: { status: 'error', node_info: { node_status: 'error' } } },
    { data: { status: 'OK', node_info: { node_status: 'success' } } },
  ]);
});
