import { readFileSync, writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import {
  cli,
  type Files,
  profiles,
  projectFile,
  query,
  relations,
  runProgram,
  sluice,
  testProject,
} from '../rig.ts';

const good = { 'models/a.sql': 'select 1 as id' };

/** What the command line prints, without the time of day and the folder's name. */
async function printed(files: Files, argv = ['build']) {
  const project = testProject({ ...good, ...files });
  const { code, out, err } = await cli(project, argv);
  const text = `${out}${err}`
    .replace(/^\d\d:\d\d:\d\d +/gm, '')
    .replaceAll(project.directory, '<dir>')
    .split('\n')
    .filter((line) => !/^(Running with|Registered|Found|Concurrency|\s*$)/.test(line));
  return { code, text: text.join('\n'), project };
}

describe('what cannot be read ends the command with exit code 2 and one message', () => {
  test('YAML that is indented wrongly', async () => {
    const { code, text, project } = await printed({
      'models/s.yml': 'models:\n  - name: a\n   description: [oops\n',
    });
    expect(code).toBe(2);
    expect(text).toBe(`Encountered an error:
Parsing Error
  error[yaml-syntax] not valid YAML: this line is not indented like its neighbours
    models/s.yml:3:4
    2 |   - name: a
    3 |    description: [oops
      |    ^
    4 |
    hint: give the keys of one mapping, and the items of one list, the same indentation`);
    expect(project.has('shop.duckdb')).toBe(false);
  });

  test('YAML with tabs', async () => {
    const { code, text } = await printed({ 'models/s.yml': 'models:\n\t- name: a\n' });
    expect(code).toBe(2);
    expect(text).toContain('a tab stands where the indentation should be');
  });

  test('mistakes of many files, all at once', async () => {
    const project = testProject({
      'models/a.sql': "select * from {{ ref('bb') }}",
      'models/b.sql': "select * from {{ ref('none') }}",
      'models/c.sql': "select * from {{ source('x', 'y') }}",
    });
    const { diagnostics } = await sluice(project, 'build');
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      ['ref-not-found', "did you mean 'b'?"],
      ['ref-not-found', null],
      ['source-not-found', null],
    ]);
  });

  test.each<[string, Files, string, string]>([
    [
      'an unknown key of the project file',
      { 'dbt_project.yml': projectFile('model-path: [m]\n') },
      'project-key-unknown',
      "hint: did you mean 'model-paths'?",
    ],
    [
      'a value of the wrong type in the project file',
      { 'dbt_project.yml': projectFile('model-paths: 3\n') },
      'project-type',
      "'model-paths' must be a list of texts, not 3",
    ],
    [
      'a value of the wrong type in a property file',
      { 'models/s.yml': 'models:\n  - name: a\n    columns: 3\n' },
      'property-type',
      "'columns' of model 'a' must be a list, not 3",
    ],
    [
      'a missing project file',
      { 'dbt_project.yml': null },
      'project-file-missing',
      'No dbt_project.yml found',
    ],
    [
      'a profile that is not there',
      { 'dbt_project.yml': 'name: shop\nprofile: shopp\n' },
      'profile-not-found',
      "hint: did you mean 'shop'?",
    ],
    [
      'an environment variable that is not set, in a model',
      { 'models/a.sql': "select '{{ env_var('NO_SUCH') }}' as id" },
      'env-var-missing',
      "Env var required but not provided: 'NO_SUCH'",
    ],
    [
      'an environment variable that is not set, in the profile',
      { 'profiles.yml': profiles.replace('shop.duckdb', `"{{ env_var('NO_SUCH') }}"`) },
      'env-var-missing',
      '<dir>/profiles.yml:4:31',
    ],
    [
      'a block that is not closed',
      { 'models/a.sql': 'select 1\n{% if true %}\n, 2' },
      'template-syntax',
      "The innermost block that needs to be closed is 'if'",
    ],
    [
      'a filter that is not there',
      { 'models/a.sql': "select {{ 'x' | uper }}" },
      'template-syntax',
      "hint: did you mean 'upper'?",
    ],
    [
      'two models of one name',
      { 'models/x/a.sql': 'select 2 as id' },
      'duplicate-name',
      "two models are named 'a': models/a.sql and models/x/a.sql",
    ],
    [
      'a reference to a disabled model',
      {
        'models/b.sql': "select * from {{ ref('c') }}",
        'models/c.sql': '{{ config(enabled=false) }} select 1',
      },
      'ref-disabled',
      "depends on a node named 'c' which is disabled",
    ],
    [
      'bytes that are not UTF-8',
      { 'models/a.sql': new Uint8Array([0x73, 0x65, 0xff]) },
      'file-not-utf8',
      'models/a.sql is not UTF-8: byte 0xff at offset 2',
    ],
  ])('%s', async (_, files, diagnostic, essential) => {
    const { code, text, project } = await printed(files);
    expect(code).toBe(2);
    expect(text).toContain(`error[${diagnostic}]`);
    expect(text).toContain(essential);
    expect(text.match(/error\[/g)).toHaveLength(1);
    expect(project.has('shop.duckdb')).toBe(false);
  });

  test('models that need each other, with the whole ring', async () => {
    const { code, text } = await printed({
      'models/b.sql': "select * from {{ ref('c') }}",
      'models/c.sql': "select * from {{ ref('d') }}",
      'models/d.sql': "select * from {{ ref('b') }}",
    });
    expect(code).toBe(2);
    expect(text).toContain(
      'Found a cycle: model.shop.b -> model.shop.d -> model.shop.c -> model.shop.b\n    model.shop.b (models/b.sql)',
    );
  });

  test.each([
    [['build', '--target', 'prod'], 'target-not-found', 'its targets: dev, other'],
    [['build', '--selct', 'a'], 'unknown-flag', "did you mean '--select'?"],
    [['buidl'], 'unknown-command', "did you mean 'build'?"],
    [['build', '--vars', '{a: [}'], 'yaml-syntax', '--vars:1:6'],
    [['build', '--selector', 'nightl'], 'selector-not-found', "did you mean 'nightly'?"],
    [['build', '--select', 'tagg:x'], 'selector-method-unknown', "did you mean 'tag'?"],
    [['build', '--resource-type', 'modl'], 'wrong-flag-value', "did you mean 'model'?"],
  ])('the command line %j', async (argv, diagnostic, essential) => {
    const selectors = 'selectors:\n  - name: nightly\n    definition: {method: tag, value: x}\n';
    const { code, text, project } = await printed({ 'selectors.yml': selectors }, argv);
    expect(code).toBe(2);
    expect(text).toContain(`error[${diagnostic}]`);
    expect(text).toContain(essential);
    expect(project.has('shop.duckdb')).toBe(false);
  });
});

describe('what dbt only warns of', () => {
  test.each([
    [
      'a key that is written twice',
      'version: 2\nmodels:\n  - name: a\n    description: x\n    description: y\n',
      "[WARNING][DuplicateYAMLKeysDeprecation]: the key 'description' is written twice; the last one counts\n  models/s.yml:5:5",
    ],
    [
      'a key that nothing reads',
      'models:\n  - name: a\n    descripton: x\n',
      "[WARNING][CustomKeyInObjectDeprecation]: 'descripton' is not a key of model 'a'\n  models/s.yml:3:5\n  hint: did you mean 'description'?",
    ],
    ['properties of a model that is not there', 'models:\n  - name: aa\n    description: x\n', "'aa'"],
  ])('%s', async (_, yaml, warning) => {
    const { code, text } = await printed({ 'models/s.yml': yaml });
    expect(code).toBe(0);
    expect(text).toContain(warning);
  });
});

describe('what fails in the warehouse is the failure of its node', () => {
  test('SQL that is wrong shows the model and what it was compiled to', async () => {
    const { code, text } = await printed({
      'models/a.sql': "select 1 as id,\n  {{ 'nowhere' }} as x,\n  nothing as y\n",
    });
    expect(code).toBe(1);
    expect(text).toContain(`Database Error in model a (models/a.sql)
    error[warehouse-syntax] Binder Error: Referenced column "nowhere" was not found because the FROM clause is missing
      models/a.sql:2:3
      1 | select 1 as id,
      2 |   {{ 'nowhere' }} as x,
        |   ^^^^^^^^^^^^^^^^^^^^^
      3 |   nothing as y
      compiled target/compiled/shop/models/a.sql:2:3
      1 | select 1 as id,
      2 |   nowhere as x,
        |   ^^^^^^^
      3 |   nothing as y
compiled code at target/compiled/shop/models/a.sql`);
  });

  test('a hook that is wrong shows its own text', async () => {
    const file = projectFile('on-run-end: [select nothing]\n');
    const { code, text } = await printed({ 'dbt_project.yml': file });
    expect(code).toBe(1);
    const lines = file.split('\n');
    const line = lines.indexOf('on-run-end: [select nothing]');
    expect(text).toContain(`      ./dbt_project.yml:${line + 1}:21\n`);
    expect(
      text,
    ).toContain(`      compiled target/compiled/shop/dbt_project.yml/hooks/shop-on-run-end-0.sql:1:8
      1 | select nothing
        |        ^^^^^^^`);
  });

  test('a hook whose text the project file spells otherwise goes by its name', async () => {
    const { code, text } = await printed({
      'dbt_project.yml': projectFile('on-run-end: ["select \\x6eothing"]\n'),
    });
    expect(code).toBe(1);
    expect(text).toContain(`      shop-on-run-end-0:1:8
      1 | select nothing
        |        ^^^^^^^`);
  });

  test('a value of a seed that does not fit its declared type is named with row and column', async () => {
    const { code, text } = await printed({
      'seeds/s.csv': 'id,n\n1,2\n2,many\n',
      'seeds/s.yml': 'seeds: [{name: s, config: {column_types: {n: integer}}}]',
    });
    expect(code).toBe(1);
    expect(text).toContain(`Database Error in seed s (seeds/s.csv)
    error[warehouse-data] Conversion Error: CSV Error on Line: 3
      Original Line: 2,many
    Error when converting column "n". Could not convert string "many" to 'INTEGER'
`);
    expect(text).not.toContain('Auto-Detected');
  });

  test('so it is where the rows are handed over one by one', async () => {
    const { text } = await printed({
      'seeds/[odd]/s.csv': 'id,n\n1,2\n2,many\n',
      'seeds/s.yml': 'seeds: [{name: s, config: {column_types: {n: integer}}}]',
    });
    expect(text).toContain(`error[warehouse-data] Conversion Error: Could not convert string 'many' to INT32
      in row 2, column 'n' of type integer
`);
  });

  test.each([
    ['an empty model', '', 0, undefined],
    ['a model of white space', ' \n\n', 0, undefined],
    ['a model that holds a comment', '-- nothing\n', 1, 'warehouse-syntax'],
    ['a model that renders to nothing', '{# nothing #}\n', 1, 'warehouse-syntax'],
  ])('%s', async (_, text, code, diagnostic) => {
    const project = testProject({ ...good, 'models/b.sql': text });
    const { diagnostics, outcome } = await sluice(project, 'build');
    expect(diagnostics[0]?.code).toBe(diagnostic);
    expect(outcome?.results.length).toBe(code === 0 ? 1 : 2);
    expect((await cli(project, ['build'])).code).toBe(code);
  });

  test('a model of two megabytes is built', async () => {
    const project = testProject({
      'models/a.sql': `select 1 as id\n${'-- padding padding padding\n'.repeat(80_000)}`,
    });
    expect((await sluice(project, 'build')).outcome?.success).toBe(true);
  });
});

describe('what stands in the way outside of the project', () => {
  test('a target folder that cannot be made, before anything was built', async () => {
    const { code, text, project } = await printed({ blocked: 'a file' }, [
      'build',
      '--target-path',
      'blocked/target',
    ]);
    expect(code).toBe(2);
    expect(text).toContain('error[file-not-written] cannot write <dir>/blocked/target/');
    expect(text).toContain('a part of its path is a file');
    expect(await relations(project)).toEqual([]);
  });

  test('a database file that holds something else', async () => {
    const { code, text, project } = await printed({ 'shop.duckdb': 'this is no database '.repeat(500) });
    expect(code).toBe(2);
    expect(text).toContain(
      'error[warehouse-configuration] IO Error: The file "<dir>/shop.duckdb" exists, but it is not',
    );
    expect(text).toContain("(profile 'shop', target 'dev')");
    expect(project.read('shop.duckdb')).toBe('this is no database '.repeat(500));
  });

  test('a database file that is damaged', async () => {
    const project = testProject(good);
    await sluice(project, 'build');
    const bytes = readFileSync(project.path('shop.duckdb'));
    bytes.fill(0x2a, 12, 20);
    writeFileSync(project.path('shop.duckdb'), bytes);
    const { code, out } = await cli(project, ['build']);
    expect(code).toBe(2);
    expect(out).toContain('IO Error: Corrupt database file');
    expect(out).toContain('hint: restore the file from a copy');
  });

  test('a database that another process holds, which is named', async () => {
    const project = testProject(good);
    await sluice(project, 'build');
    const holder = await DuckDBInstance.create(project.path('shop.duckdb'));
    try {
      const { code, out } = await runProgram(project, ['build']);
      expect([code, out]).toEqual([2, expect.stringContaining('error[warehouse-locked]')]);
      expect(out).toContain(`process ${process.pid}`);
    } finally {
      holder.closeSync();
    }
    expect(await query(project, 'from a')).toEqual([[1]]);
  });
});
