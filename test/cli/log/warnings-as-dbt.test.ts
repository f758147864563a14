import { cpSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareEvents, type LoggedEvent, readEvents, warningsOf } from '../../../scripts/oracle/events.mjs';
import { cli, testProject } from '../../rig.ts';

const folder = new URL('../fixtures/warnings/', import.meta.url);

// What dbt 1.11.16 warned of, command by command; `npm run oracle -- --record` asks it again.
const told = JSON.parse(readFileSync(new URL('dbt.json', folder), 'utf8')) as Readonly<
  Record<string, readonly LoggedEvent[]>
>;

test('each command warns of what dbt warns of, in its events, codes and data', async () => {
  const project = testProject();
  cpSync(new URL('project', folder), project.directory, { recursive: true });
  const differences = new Set<string>();
  for (const [command, theirs] of Object.entries(told)) {
    const words = ['--log-format', 'json', '--log-level', 'debug', ...command.split(' ')];
    const { out } = await cli(project, words);
    const found = compareEvents(theirs, warningsOf(readEvents(out)), ['<project>', project.directory]);
    for (const one of found) differences.add(one);
  }
  // docs/coming-from-dbt.md has the reasons.
  expect([...differences]).toEqual([
    'invocation: only sluice has SourceOverrideDeprecation',
    `invocation: UnexpectedJinjaBlockDeprecation: msg "Found unexpected 'set' block tag." / "a 'set' tag outside of every block has no effect here"`,
    'invocation: only dbt has CustomTopLevelKeyDeprecation',
  ]);
});
