import { cpSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareEvents, type LoggedEvent, readEvents } from '../../../scripts/oracle/events.mjs';
import { cli, testProject } from '../../rig.ts';

const folder = new URL('../fixtures/events/', import.meta.url);

// What dbt 1.11.16 told of the project, command by command; `npm run oracle -- --record` asks it again.
const told = JSON.parse(readFileSync(new URL('dbt.json', folder), 'utf8')) as Readonly<
  Record<string, readonly LoggedEvent[]>
>;

test('each command tells what dbt tells, in its events, codes, levels and data', async () => {
  const project = testProject();
  cpSync(new URL('project', folder), project.directory, { recursive: true });
  const differences: string[] = [];
  for (const [command, theirs] of Object.entries(told)) {
    const { out } = await cli(project, [
      '--log-format',
      'json',
      '--log-level',
      'debug',
      ...command.split(' '),
    ]);
    const found = compareEvents(theirs, readEvents(out), ['<project>', project.directory]);
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
