import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/flags/commands.ts';
import { play } from '../play.ts';

/** Options that the command saw, without those of every call. */
async function seen(
  argv: readonly string[],
  how: Parameters<typeof play>[1] = {},
): Promise<Record<string, unknown>> {
  const { options, err } = await play(argv, how);
  expect(err).toBe('');
  const { invocationId, world, secrets, signal, onEvent, args, notices, ...rest } = options!;
  return rest;
}

test('global flags are accepted before and after the command', async () => {
  expect(await seen(['--target', 'prod', '-x', 'run', '--profile=p'])).toEqual({
    target: 'prod',
    failFast: true,
    profile: 'p',
  });
});

test('a list takes several values, may be repeated, and has all of its spellings', async () => {
  expect(
    await seen([
      'build',
      '-s',
      'a',
      '+b',
      '--select',
      'c',
      '-m',
      'd',
      '--models',
      'e',
      '--model',
      'f',
      '--exclude',
      'g h',
      'i',
    ]),
  ).toEqual({ select: ['a', '+b', 'c', 'd', 'e', 'f'], exclude: ['g', 'h', 'i'] });
});

test('what was not given is absent, and a boolean can be turned off', async () => {
  expect(await seen(['parse', '--no-write-json', '--no-strict'])).toEqual({
    writeJson: false,
    strict: false,
  });
});

test('the last of a repeated flag wins', async () => {
  expect(await seen(['run', '-t', 'a', '-t', 'b'])).toEqual({ target: 'b' });
});

test('variables are read from YAML, and limits may be negative', async () => {
  expect(
    await seen([
      'show',
      '--vars',
      '{day: 2026-01-31, n: {deep: [1]}}',
      '--limit',
      '-1',
      '--inline',
      'select 1',
    ]),
  ).toEqual({
    vars: { day: '2026-01-31', n: { deep: [1] } },
    limit: -1,
    inline: 'select 1',
  });
});

test('the command line wins over SLUICE_ variables, those over DBT_ variables, those over the project', async () => {
  const project =
    'name: shop\nflags:\n  target_path: from_project\n  fail_fast: true\n  indirect_selection: buildable\n';
  const env = {
    SLUICE_TARGET_PATH: 'from_sluice',
    DBT_TARGET_PATH: 'from_dbt',
    DBT_FAIL_FAST: 'no',
    DBT_PROFILE: '',
  };
  expect(await seen(['run', '--target-path', 'from_flag'], { env, project })).toEqual({
    targetPath: 'from_flag',
    failFast: false,
    indirectSelection: 'buildable',
  });
  expect((await seen(['run'], { env, project }))['targetPath']).toBe('from_sluice');
  expect((await seen(['run'], { project }))['targetPath']).toBe('from_project');
});

test('args have every setting under the name that dbt gives it', async () => {
  const { options } = await play(['docs', 'generate', '--static', '-s', 'a']);
  expect(options?.args).toMatchObject({
    which: 'generate',
    static: true,
    select: ['a'],
    write_json: true,
    invocation_command: 'sluice docs generate --static -s a',
  });
  expect(Object.keys(options!.args)).toEqual(Object.keys(options!.args).sort());
});

test('the argument of init is its own option', async () => {
  expect(await seen(['init', 'shop', '-s'])).toEqual({ projectName: 'shop', skipProfileSetup: true });
});

test('single-threaded is one thread', async () => {
  expect(await seen(['run', '--threads', '8', '--single-threaded'])).toEqual({ threads: 1 });
});

test.each([
  [['bild'], 'unknown-command', "there is no command 'bild'", "did you mean 'build'?"],
  [
    ['run', '--selct', 'a'],
    'unknown-flag',
    "there is no flag '--selct' of 'run'",
    "did you mean '--select'?",
  ],
  [
    ['--nonsense-flag', 'run'],
    'unknown-flag',
    "there is no flag '--nonsense-flag' of 'run'",
    'see `sluice run --help`',
  ],
  [['--select', 'a', 'run'], 'unknown-flag', "there is no flag '--select'", 'see `sluice --help`'],
  [
    ['run', 'my_model'],
    'unexpected-argument',
    "'run' takes no argument 'my_model'",
    'names of nodes follow --select',
  ],
  [
    ['run', '--threads', 'many'],
    'wrong-flag-value',
    "the value 'many' of --threads must be a whole number",
    null,
  ],
  [
    ['run', '--log-format', 'jso'],
    'wrong-flag-value',
    "the value 'jso' of --log-format must be one of text, debug, json, default",
    "did you mean 'json'?",
  ],
  [
    ['run', '--vars', '[1]'],
    'wrong-flag-value',
    "the value '[1]' of --vars must be a YAML mapping",
    "for example '{key: value}'",
  ],
  [['run', '--target'], 'flag-needs-value', '--target needs a value', null],
  [
    ['run', '--upload-to-artifacts-ingest-api'],
    'flag-not-supported',
    "dbt's --upload-to-artifacts-ingest-api is not supported yet",
    'it is a service of dbt Labs; artifacts lie in the target folder',
  ],
  [['docs', 'serve'], 'command-not-supported', "dbt's command 'docs serve' is not supported yet", null],
] as const)('sluice %j is refused: %s', async (argv, code, message, hint) => {
  const played = await play(argv);
  expect(played.code).toBe(2);
  expect(played.options).toBeNull();
  expect(played.out).toBe('');
  expect(played.err).toBe(
    `Usage Error\n  error[${code}] ${message}\n${hint === null ? '' : `    hint: ${hint}\n`}`,
  );
});

test('what takes several values takes them in one argument, too', async () => {
  expect(
    await seen([
      'ls',
      '--resource-type',
      'model source',
      '--exclude-resource-type',
      'test',
      '--select',
      'a b',
      'c',
    ]),
  ).toMatchObject({
    resourceTypes: ['model', 'source'],
    excludeResourceTypes: ['test'],
    select: ['a', 'b', 'c'],
  });
});

test('every usage error is told at once, variables included', async () => {
  const { err } = await play(['ls', '--resource-type', 'modl', '--output', 'xml'], {
    env: { DBT_QUIET: 'maybe' },
  });
  expect(err.match(/error\[[a-z-]+\] .*/g)).toEqual([
    "error[wrong-flag-value] the value 'maybe' of DBT_QUIET must be true or false",
    expect.stringContaining("the value 'modl' of --resource-types must be one of metric,"),
    "error[wrong-flag-value] the value 'xml' of --output must be one of json, name, path, selector",
  ]);
});

test('what can change nothing is accepted, a refused flag that is off too', async () => {
  expect(
    await seen([
      '--no-send-anonymous-usage-stats',
      'run',
      '--no-static-parser',
      '--no-export-saved-queries',
      '--no-empty',
    ]),
  ).toEqual({
    exportSavedQueries: undefined,
    empty: false,
  });
});

test('help names every command, and every command has an example', async () => {
  const { out, code } = await play(['--help']);
  expect(code).toBe(0);
  for (const command of commands) {
    expect(out).toContain(command.name);
    const help = await play([...command.name.split(' '), '--help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain(`Usage: sluice ${command.name}`);
    expect(help.out).toContain('Examples:\n  sluice ');
  }
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('alone it says what it is and what to type next', async () => {
  expect((await play([])).out).toContain('sluice init');
  expect((await play([], { project: 'name: shop' })).out).toContain('sluice build');
});
