import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/project/load-project.ts';
import { failures, folderWith, load, profiles, projectFile, rendererIn, worldAt } from './sandbox.ts';

const settings = (more: string, options = {}) =>
  load(folderWith({ 'dbt_project.yml': projectFile(more), 'profiles.yml': profiles }), options).root.settings;

const errors = (text: string, options = {}) =>
  failures(folderWith({ 'dbt_project.yml': text, 'profiles.yml': profiles }), options);

const warnings = (more: string) =>
  load(folderWith({ 'dbt_project.yml': projectFile(more), 'profiles.yml': profiles })).warnings;

describe('defaults', () => {
  test("a project file with a name has dbt's defaults", () => {
    expect(settings('')).toMatchObject({
      name: 'shop',
      version: null,
      modelPaths: ['models'],
      seedPaths: ['seeds'],
      testPaths: ['tests'],
      snapshotPaths: ['snapshots'],
      macroPaths: ['macros'],
      analysisPaths: ['analyses'],
      functionPaths: ['functions'],
      docsPaths: ['models', 'seeds', 'snapshots', 'analyses', 'macros', 'tests', 'functions'],
      assetPaths: [],
      targetPath: 'target',
      logPath: 'logs',
      packagesInstallPath: 'dbt_packages',
      cleanTargets: ['target'],
      requireDbtVersion: [],
      quoting: {},
      queryComment: undefined,
      dispatch: [],
      onRunStart: [],
      onRunEnd: [],
      vars: {},
      flags: {},
      restrictAccess: false,
    });
  });

  test('a key without a value counts as absent, a query comment without one is none', () => {
    expect(settings('models:\nvars:\nsources:\nclean-targets:\nquery-comment:\n')).toMatchObject({
      vars: {},
      cleanTargets: ['target'],
      queryComment: null,
    });
  });

  test('a target path of the command line stands before the one of the file', () => {
    const directory = folderWith({
      'dbt_project.yml': projectFile('target-path: out\n'),
      'profiles.yml': profiles,
    });
    expect(load(directory).targetDirectory).toBe(`${directory}/out`);
    expect(load(directory, { targetPath: 'other' }).targetDirectory).toBe(`${directory}/other`);
    expect(load(directory, { targetPath: '/elsewhere' }).targetDirectory).toBe('/elsewhere');
  });
});

describe('values', () => {
  test('everything a file can say is read', () => {
    const text = `version: 1.0
config-version: 2
require-dbt-version: [">=1.3.0", "<2.0.0"]
quoting: {database: false, project: true, identifier: true}
dispatch:
  - macro_namespace: dbt_utils
    search_order: [shop, dbt_utils]
on-run-start: "{{ greet() }}"
on-run-end: ["a", "b"]
query-comment: {comment: "{{ x }}", append: true}
restrict-access: yes
dbt-cloud: {project-id: 1}
flags: {send_anonymous_usage_stats: false}
vars: {start: 2024-01-01, shop: {n: "{{ var('m') }}"}}
`;
    expect(settings(text)).toMatchObject({
      version: '1.0',
      requireDbtVersion: ['>=1.3.0', '<2.0.0'],
      quoting: { database: true, identifier: true },
      dispatch: [{ macroNamespace: 'dbt_utils', searchOrder: ['shop', 'dbt_utils'] }],
      onRunStart: ['{{ greet() }}'],
      onRunEnd: ['a', 'b'],
      queryComment: { comment: '{{ x }}', append: true },
      restrictAccess: true,
      flags: { send_anonymous_usage_stats: false },
      vars: { start: '2024-01-01', shop: { n: "{{ var('m') }}" } },
    });
  });

  test('configuration is rendered, its hooks are not, and the unrendered tree is kept', () => {
    const { configs, unrenderedConfigs } = settings(`models:
  shop:
    +schema: "{{ target.name }}_x"
    +enabled: "{{ target.name == 'dev' }}"
    +post-hook: "grant {{ this }}"
    2020:
      +tags: [a]
tests:
  +severity: "{{ 'warn' }}"
semantic-models:
  +enabled: false
`);
    expect(configs.models).toEqual({
      shop: {
        '+schema': 'dev_x',
        '+enabled': true,
        '+post-hook': 'grant {{ this }}',
        '2020': { '+tags': ['a'] },
      },
    });
    expect(unrenderedConfigs.models['shop']).toMatchObject({ '+schema': '{{ target.name }}_x' });
    expect(configs.data_tests).toEqual({ '+severity': 'warn' });
    expect(configs.semantic_models).toEqual({ '+enabled': false });
  });

  test('one newline at the end of a text goes, as of every template', () => {
    expect(settings('models:\n  +meta:\n    note: |\n      a\n\n    b: 1\n').configs.models).toEqual({
      '+meta': { note: 'a', b: 1 },
    });
  });
});

describe('deprecations', () => {
  test("old names are understood and warned of under dbt's names", () => {
    const text = 'source-paths: [m]\ndata-paths: [d]\nlog-path: l\ntarget-path: t\n';
    expect(settings(text)).toMatchObject({
      modelPaths: ['m'],
      seedPaths: ['d'],
      logPath: 'l',
      targetPath: 't',
    });
    expect(warnings(text).map(({ event }) => event)).toEqual([
      'ConfigSourcePathDeprecation',
      'ConfigDataPathDeprecation',
      'ConfigLogPathDeprecation',
      'ConfigTargetPathDeprecation',
    ]);
  });

  test('usual paths for logs and artifacts are none', () => {
    expect(warnings('log-path: logs\ntarget-path: target\n')).toEqual([]);
  });

  test('a key written twice is warned of', () => {
    expect(warnings('vars: {a: 1}\nvars: {a: 2}\n').map(({ event, message }) => [event, message])).toEqual([
      ['DuplicateYAMLKeysDeprecation', "the key 'vars' is written twice; the last one counts"],
    ]);
  });
});

describe('mistakes', () => {
  test('every mistake of a file is told at once', () => {
    expect(
      errors(projectFile('model_paths: [a]\nseed-paths: seeds\nquoting: {databse: true, schema: 1}\n')),
    ).toEqual([
      [
        "error[project-key-unknown] dbt_project.yml has no key 'model_paths'",
        '  dbt_project.yml:3:1',
        '  2 | profile: shop',
        '  3 | model_paths: [a]',
        '    | ^^^^^^^^^^^',
        '  4 | seed-paths: seeds',
        "  hint: did you mean 'model-paths'?",
      ].join('\n'),
      [
        "error[project-type] 'seed-paths' must be a list of texts, not 'seeds'",
        '  dbt_project.yml:4:13',
        '  3 | model_paths: [a]',
        '  4 | seed-paths: seeds',
        '    |             ^^^^^',
        '  5 | quoting: {databse: true, schema: 1}',
      ].join('\n'),
      [
        "error[project-key-unknown] 'quoting' has no key 'databse'",
        '  dbt_project.yml:5:11',
        '  4 | seed-paths: seeds',
        '  5 | quoting: {databse: true, schema: 1}',
        '    |           ^^^^^^^',
        '  6 |',
        "  hint: did you mean 'database'?",
      ].join('\n'),
      [
        "error[project-type] 'quoting.schema' must be true or false, not 1",
        '  dbt_project.yml:5:34',
        '  4 | seed-paths: seeds',
        '  5 | quoting: {databse: true, schema: 1}',
        '    |                                  ^',
        '  6 |',
      ].join('\n'),
    ]);
  });

  test.each([
    ['profile: shop\n', 'the project has no name'],
    ['name: my-shop\nprofile: shop\n', "a project cannot be named 'my-shop': a name is made of letters"],
    ['name: target\nprofile: shop\n', "a project cannot be named 'target': templates use that name"],
    ['- a\n', 'dbt_project.yml is not a mapping of keys to values'],
    ['', 'dbt_project.yml is not a mapping of keys to values'],
    [projectFile('version: v1\n'), "'version' must be a version like 1.0.0, not 'v1'"],
    [projectFile("config-version: '2'\n"), "'config-version' must be an integer, not '2'"],
    [projectFile('models: 3\n'), "'models' must be a mapping, not 3"],
    [projectFile('models: [a]\n'), "'models' must be a mapping, not a list"],
    [
      projectFile('require-dbt-version: 1.0\n'),
      "'require-dbt-version' must be text, or a list of texts, not a float",
    ],
    [projectFile("require-dbt-version: '>=1.0'\n"), '">=1.0" is not a valid semantic version'],
    [
      projectFile("require-dbt-version: '>=2.0.0'\n"),
      'needs a version of dbt that is >=2.0.0; this one works as 1.11.16',
    ],
    [projectFile("require-dbt-version: '>=2.0.0,<1.0.0'\n"), 'no version of dbt can be >=2.0.0 and <1.0.0'],
    [
      projectFile('source-paths: [m]\nmodel-paths: [n]\n'),
      'source-paths and model-paths cannot both be defined',
    ],
    [projectFile('tests: {+a: 1}\ndata_tests: {+a: 1}\n'), "'tests' and 'data_tests' cannot both be defined"],
    [projectFile('dispatch: [{macro_namespace: x}]\n'), "an entry of 'dispatch' needs macro_namespace"],
    [projectFile('models: [a\n'), 'not valid YAML: a bracket is not closed before here'],
    [projectFile('models:\n\tshop: {}\n'), 'not valid YAML: a tab stands where the indentation should be'],
  ])('%j is refused', (text, message) => {
    const found = errors(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('a variable of the environment that is missing is told with its place', () => {
    const found = errors(projectFile(`models:\n  shop:\n    +schema: "{{ env_var('SHOP_SCHEMA') }}"\n`));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("Env var required but not provided: 'SHOP_SCHEMA'");
    expect(found[0]).toContain('dbt_project.yml:5:14');
  });

  test('without a version check any version will do', () => {
    expect(settings("require-dbt-version: '>=2.0.0'\n", { versionCheck: false }).requireDbtVersion).toEqual([
      '>=2.0.0',
    ]);
  });

  test('a missing project file names the path and the way to a new project', () => {
    expect(failures(folderWith({ 'models/': '' }))).toEqual([
      [
        'error[project-file-missing] No dbt_project.yml found at expected path <dir>/dbt_project.yml',
        '  hint: run it in the folder of a project, give --project-dir, or make a new project: sluice init',
      ].join('\n'),
    ]);
  });
});

describe('--vars', () => {
  test('is YAML by name', () => {
    const directory = folderWith({ 'dbt_project.yml': projectFile(), 'profiles.yml': profiles });
    expect(load(directory, { vars: '{a: 1, b: [x], 3: y}' }).cliVars).toEqual({ a: 1, b: ['x'], '3': 'y' });
    expect(load(directory, { vars: { a: 1 } }).cliVars).toEqual({ a: 1 });
  });

  test.each(['[1]', '', 'a:1', '{a: '])('%j is refused', (vars) => {
    const found = errors(projectFile(), { vars });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/the value of --vars is no mapping|not valid YAML[\s\S]*--vars:1:/);
  });
});

describe('settings alone', () => {
  test('need no profile, and keep a template that asks for the target', () => {
    const directory = folderWith({
      'dbt_project.yml': projectFile(
        'packages-install-path: "{{ env_var(\'PACKAGES\') }}"\nmodels: {+schema: "{{ target.name }}"}\n',
      ),
    });
    const world = worldAt({ workingDirectory: directory, env: { PACKAGES: 'lib' } });
    const { settings: own } = loadSettings({
      projectDirectory: '.',
      targetPath: null,
      vars: null,
      world,
      makeRenderer: rendererIn(world),
    });
    expect(own.packagesInstallPath).toBe('lib');
    expect(own.configs.models).toEqual({ '+schema': '{{ target.name }}' });
  });
});
