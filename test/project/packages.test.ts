import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failures, folderWith, load, profiles, projectFile } from './sandbox.ts';

const base = { 'dbt_project.yml': projectFile(), 'profiles.yml': profiles };

test('installed packages are loaded with their files, by name', () => {
  const directory = folderWith({
    ...base,
    'packages.yml': 'packages:\n  - {package: dbt-labs/dbt_utils, version: 1.0.0}\n',
    'dbt_packages/utils/dbt_project.yml': 'name: dbt_utils\nmacro-paths: [m]\n',
    'dbt_packages/utils/m/a.sql': '',
    'dbt_packages/audit/dbt_project.yml': 'name: audit\n',
  });
  const { packages } = load(directory);
  expect(packages.map(({ name, files }) => [name, files.macros.map(({ path }) => path)])).toEqual([
    ['audit', []],
    ['dbt_utils', ['m/a.sql']],
  ]);
});

test('a local package may be a link to anywhere', () => {
  const directory = folderWith(base);
  mkdirSync(join(directory, 'dbt_packages'));
  symlinkSync(
    folderWith({ 'dbt_project.yml': 'name: near\n', 'models/a.sql': '' }),
    join(directory, 'dbt_packages/near'),
  );
  expect(load(directory).packages[0]!.files.models).toHaveLength(1);
});

test('a package does not see the variables of the command line', () => {
  const project = "models: {+schema: \"{{ vars.get('s', 'none') }}\"}\n";
  const directory = folderWith({
    ...base,
    'dbt_project.yml': projectFile(project),
    'dbt_packages/near/dbt_project.yml': `name: near\n${project}`,
  });
  const { root, packages } = load(directory, { vars: 's: x' });
  expect([root, packages[0]!].map(({ settings }) => settings.configs.models['+schema'])).toEqual([
    'x',
    'none',
  ]);
});

test('packages that are not installed are told', () => {
  expect(failures(folderWith({ ...base, 'packages.yml': 'packages:\n  - {local: ../near}\n' }))).toEqual([
    [
      'error[packages-not-installed] 1 package(s) specified in packages.yml, but only 0 package(s) installed in dbt_packages',
      '  hint: run `sluice deps`, which puts them there',
    ].join('\n'),
  ]);
});

test.each([
  [
    { 'dbt_packages/x/a.sql': '' },
    'Failed to read package: No dbt_project.yml found in <dir>/dbt_packages/x',
  ],
  [{ 'dbt_packages/x/dbt_project.yml': 'name: shop\n' }, "more than one package is named 'shop'"],
  [{ 'dbt_packages/x/dbt_project.yml': 'name: dbt_duckdb\n' }, "more than one package is named 'dbt_duckdb'"],
  [
    { 'dbt_packages/x/dbt_project.yml': 'name: x\nmodel_paths: [a]\n' },
    '  dbt_packages/x/dbt_project.yml:2:1',
  ],
  [{ 'packages.yml': 'pakages: []\n' }, "packages.yml has no key 'pakages'"],
  [{ 'packages.yml': 'projects: []\n' }, "'projects' cannot stand in packages.yml"],
  [
    { 'packages.yml': 'packages: []\n', 'dependencies.yml': 'packages: []\n' },
    "'packages' cannot stand in both",
  ],
  [
    { 'packages.yml': 'packages: [{pakage: a/b}]\n', 'dbt_packages/x/dbt_project.yml': 'name: x\n' },
    "each entry of 'packages' in packages.yml is a mapping",
  ],
])('%j is refused', (files, message) => {
  const found = failures(folderWith({ ...base, ...files }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test('selectors.yml is read as text, sluice.yml as data', () => {
  const project = load(
    folderWith({ ...base, 'selectors.yml': 'selectors: []\n', 'sluice.yml': 'a: {b: 1}\n' }),
  );
  expect(project.selectorsFile?.text).toBe('selectors: []\n');
  expect(project.sluiceFile?.data).toEqual({ a: { b: 1 } });
  expect(load(folderWith(base))).toMatchObject({ selectorsFile: null, sluiceFile: null, packages: [] });
});
