import { describe, expect, test } from 'vitest';
import { cli, type Files, testProject } from '../../rig.ts';

/** Exit code, and the warnings and errors that are told, each by its event or code. */
async function told(files: Files, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const project = testProject({ 'models/a.sql': 'select 1 as id', ...files });
  const { code, out, err } = await cli(project, argv, env);
  const text = `${out}${err}`;
  const warnings = [...text.matchAll(/\[WARNING\](?:\[(\w+)\]: |: )(.*)/g)].map(([, event, message]) =>
    event === undefined || event === '' ? message! : event,
  );
  const errors = [...text.matchAll(/error\[([\w-]+)\]/g)].map(([, name]) => name!);
  return { code, text, warnings, errors };
}

const properties =
  'models:\n  - name: a\n    owner: me\n    columns: [{name: id, tests: [{accepted_values: {values: [1]}}]}]\n';
const deprecated = { 'models/s.yml': properties };
const options = (value: object) => ['--warn-error-options', JSON.stringify(value)];

describe('which warnings are errors', () => {
  test('--warn-error takes what dbt raises, and leaves alone what it tolerates on this warehouse', async () => {
    expect(await told(deprecated, ['parse', '--warn-error'])).toMatchObject({
      code: 2,
      warnings: ['CustomKeyInObjectDeprecation'],
      errors: ['test-arguments-at-top-level'],
    });
  });

  test('--strict takes all, and tells all of them at once', async () => {
    const { code, warnings, errors } = await told(deprecated, ['parse', '--strict']);
    expect([code, warnings, errors.sort()]).toEqual([2, [], ['test-arguments-at-top-level', 'unknown-key']]);
  });

  test.each<[string, object, readonly string[]]>([
    ['a name', { error: ['CustomKeyInObjectDeprecation'] }, ['unknown-key']],
    ['a code of ours', { error: ['unknown-key'] }, ['unknown-key']],
    ['the group', { error: ['Deprecations'] }, ['unknown-key', 'test-arguments-at-top-level']],
    ['all', { error: 'all' }, ['test-arguments-at-top-level']],
    ['the old spelling', { include: ['CustomKeyInObjectDeprecation'] }, ['unknown-key']],
    [
      'the group without one',
      { error: ['Deprecations'], warn: ['CustomKeyInObjectDeprecation'] },
      ['test-arguments-at-top-level'],
    ],
    ['all without the group', { error: 'all', warn: ['Deprecations'] }, []],
    [
      'a name, though its group is excepted',
      { error: ['MissingArgumentsPropertyInGenericTestDeprecation'], silence: ['Deprecations'] },
      ['test-arguments-at-top-level'],
    ],
  ])('%s', async (_, value, expected) => {
    const { code, errors } = await told(deprecated, ['parse', ...options(value)]);
    expect([code, [...errors].sort()]).toEqual([expected.length === 0 ? 0 : 2, [...expected].sort()]);
  });

  test('what is silenced is neither told nor counted', async () => {
    const silent = { silence: ['Deprecations'] };
    expect(await told(deprecated, ['parse', ...options(silent)])).toMatchObject({ code: 0, warnings: [] });
    const { text } = await told(deprecated, ['--log-format', 'json', 'parse', ...options(silent)]);
    expect(text).not.toContain('DeprecationsSummary');
  });

  test('the project names them in its flags, and the command line wins', async () => {
    const files = {
      ...deprecated,
      'dbt_project.yml': 'name: shop\nprofile: shop\nflags: {warn_error_options: {error: [Deprecations]}}\n',
    };
    expect((await told(files, ['parse'])).code).toBe(2);
    expect((await told(files, ['parse', ...options({ error: [] })])).code).toBe(0);
  });

  test('a name that does not exist is told with the nearest one', async () => {
    const { code, text } = await told({}, ['parse', ...options({ error: ['NoNodesForSelectionCriterion'] })]);
    expect(code).toBe(2);
    expect(text).toContain(
      "error[unknown-warning] warn_error_options: there is no warning 'NoNodesForSelectionCriterion'",
    );
    expect(text).toContain("did you mean 'NoNodesForSelectionCriteria'?");
  });

  test.each([
    [{ warn: ['Deprecations'] }, 'warn-without-error'],
    [{ error: ['Deprecations'], include: ['Deprecations'] }, 'conflicting-flags'],
    [{ error: 'some' }, 'wrong-flag-value'],
  ])('options that contradict themselves are refused: %j', async (value, code) => {
    expect(await told({}, ['parse', ...options(value)])).toMatchObject({ code: 2, errors: [code] });
  });
});

describe('deprecated forms of the command line', () => {
  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['-m', ['compile', '-m', 'a'], {}, 'ModelParamUsageDeprecation'],
    ['--models', ['compile', '--models', 'a'], {}, 'ModelParamUsageDeprecation'],
    ['include', ['parse', ...options({ include: [] })], {}, 'WEOIncludeExcludeDeprecation'],
    ['a renamed variable', ['parse'], { DBT_NO_PRINT: '0' }, 'EnvironmentVariableRenamed'],
    ['an unknown DBT_ENGINE_', ['parse'], { DBT_ENGINE_FOO: '1' }, 'EnvironmentVariableNamespaceDeprecation'],
  ])('%s gets its warning, and --warn-error refuses it', async (_, argv, env, event) => {
    expect(await told({}, argv, env)).toMatchObject({ code: 0, warnings: [event] });
    const strict = argv.some((word) => word.startsWith('--warn-error')) ? '--strict' : '--warn-error';
    expect((await told({}, [...argv, strict], env)).code).toBe(2);
  });

  test('a variable may be written DBT_ENGINE_, which stands before DBT_', async () => {
    const env = { DBT_ENGINE_TARGET: 'no_such', DBT_TARGET: 'dev' };
    expect((await told({}, ['parse'], env)).text).toContain("'no_such'");
  });

  test('DBT_NO_PRINT wins over --print', async () => {
    const files = { 'models/a.sql': "select 1 as id {{ print('printed') }}" };
    expect((await told(files, ['compile', '--print'], { DBT_NO_PRINT: '1' })).text).not.toContain(
      'printed\n',
    );
    expect((await told(files, ['compile', '--print'])).text).toContain('printed\n');
  });

  test('ls -m lists models only', async () => {
    expect((await told(deprecated, ['ls', '-q', '-m', 'a'])).text.trim()).toBe('shop.a');
    expect((await told(deprecated, ['ls', '-q', '-s', 'a'])).text.trim().split('\n')).toHaveLength(2);
  });
});

test('warnings of a template are all shown', async () => {
  const files = { 'models/a.sql': "select 1 as id {{ exceptions.warn('one') }}{{ exceptions.warn('two') }}" };
  const { text } = await told(files, ['parse']);
  expect(text).toMatch(/: one\n.*: two\n/s);
});
