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
