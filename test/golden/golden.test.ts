import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summaryOf } from '../../scripts/oracle/summary.mjs';
import { build } from '../../src/index.ts';
import { scratchFolder, testWorld } from '../rig.ts';

type Summary = Awaited<ReturnType<typeof summaryOf>>;

const root = resolve(import.meta.dirname, '../..');
const names = readdirSync(import.meta.dirname).filter((name) => existsSync(expectedOf(name)));

/** What dbt made of the project: written by `npm run oracle -- --record`. */
function expectedOf(name: string): string {
  return join(import.meta.dirname, name, 'expected.json');
}

/** Builds a copy; a golden folder without a project of its own stands for the example project. */
async function built(name: string): Promise<Summary> {
  const folder = scratchFolder();
  const own = join(import.meta.dirname, name, 'project');
  cpSync(existsSync(own) ? own : join(root, 'project-template'), folder, { recursive: true });
  await build({ world: testWorld(folder) });
  return summaryOf(folder);
}

describe.each(names)('the project %s', (name) => {
  test('has the graph, the SQL and the tables that dbt makes of it', async () => {
    const expected: Summary = JSON.parse(readFileSync(expectedOf(name), 'utf8'));
    const actual = await built(name);
    expect(Object.keys(actual.nodes).sort()).toEqual(Object.keys(expected.nodes).sort());
    for (const [id, node] of Object.entries(expected.nodes)) {
      const own = Object.fromEntries(Object.keys(node).map((field) => [field, actual.nodes[id]![field]]));
      expect({ id, ...own }).toEqual({ id, ...node });
    }
    expect(actual.tables).toEqual(expected.tables);
  });
});
