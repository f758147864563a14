import { cpSync, readFileSync } from 'node:fs';
import { compareEvents, type LoggedEvent, readEvents } from '../../../scripts/oracle/events.mjs';
import { cli, testProject } from '../../rig.ts';

/**
 * Runs the commands of a fixture one after the other, and gives with each how what it told differs from what dbt 1.11.16
 * told of the project; `npm run oracle -- --record` asks dbt again. `keep` chooses the events to compare.
 */
export async function* comparedWithDbt(
  fixture: string,
  keep: (events: readonly LoggedEvent[]) => readonly LoggedEvent[] = (events) => events,
): AsyncGenerator<readonly [command: string, differences: readonly string[]]> {
  const folder = new URL(`../fixtures/${fixture}/`, import.meta.url);
  const told = JSON.parse(readFileSync(new URL('dbt.json', folder), 'utf8')) as Readonly<
    Record<string, readonly LoggedEvent[]>
  >;
  const project = testProject();
  cpSync(new URL('project', folder), project.directory, { recursive: true });
  for (const [command, theirs] of Object.entries(told)) {
    const words = ['--log-format', 'json', '--log-level', 'debug', ...command.split(' ')];
    const { out } = await cli(project, words);
    yield [command, compareEvents(theirs, keep(readEvents(out)), ['<project>', project.directory])];
  }
}
