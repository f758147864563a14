import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build, DiagnosticError, init } from '../../src/index.ts';
import { scratchFolder, testWorld } from '../rig.ts';

async function refused(name: string | undefined, folder: string): Promise<string[]> {
  try {
    await init({ ...(name === undefined ? {} : { projectName: name }), world: testWorld(folder) });
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics.map(({ code }) => code);
    throw caught;
  }
  return [];
}

test('init makes a project of that name, which builds without a profile', async () => {
  const folder = scratchFolder();
  const { directory, files } = await init({ projectName: 'orchard', world: testWorld(folder) });
  expect(directory).toBe(join(folder, 'orchard'));
  expect(files).toEqual(expect.arrayContaining(['.gitignore', 'dbt_project.yml', 'README.md']));
  for (const file of files) {
    expect(readFileSync(join(directory, file), 'utf8')).not.toContain('sluice_example');
  }
  const { success, results } = await build({ world: testWorld(directory) });
  expect(success).toBe(true);
  expect(results.length).toBeGreaterThan(10);
  expect(existsSync(join(directory, 'orchard.duckdb'))).toBe(true);
});

test.each([
  ['a-b', 'project-name-invalid'],
  ['1st', 'project-name-invalid'],
  ['../x', 'project-name-invalid'],
  ['ref', 'project-name-reserved'],
  [undefined, 'project-name-missing'],
])('the name %j is refused and nothing is written', async (name, code) => {
  const folder = scratchFolder();
  expect(await refused(name, folder)).toEqual([code]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that exists is left alone', async () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'orchard'));
  expect(await refused('orchard', folder)).toEqual(['folder-exists']);
  expect(readdirSync(join(folder, 'orchard'))).toEqual([]);
});
