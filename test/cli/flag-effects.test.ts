import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, query, relations, type TestProject, testProject } from '../rig.ts';

const surface = JSON.parse(readFileSync(new URL('./fixtures/dbt-surface.json', import.meta.url), 'utf8')) as {
  readonly flags: Readonly<Record<string, unknown>>;
};

/**
 * What shows that a flag of dbt's does something: a test here, one elsewhere (by its file, under `test`), or why it
 * does nothing. A flag of dbt's without an entry fails the last test of this file.
 */
type Shown =
  | ((project: TestProject) => Promise<void>)
  | { readonly in: string }
  | { readonly nothing: string };

const shop = {
  'models/a.sql': "{{ config(materialized='table') }} select {{ var('n', 1) }} as n",
  'models/b.sql': "select * from {{ ref('a') }}",
  'models/inner.sql': "{{ config(materialized='ephemeral') }} select 7 as n",
  'models/outer.sql': "select * from {{ ref('inner') }}",
  'models/asks.sql': "select {{ run_query('select 5').columns[0].values()[0] }} as five",
  'models/shop.yml':
    'models:\n  - name: a\n    columns:\n      - {name: n, data_tests: [{accepted_values: {arguments: {values: [2]}}}]}\n',
  'seeds/words.csv': 'id,word\n1,one\n2,two\n',
  'selectors.yml': 'selectors:\n  - {name: only_b, definition: {method: fqn, value: b}}\n',
  'macros/says.sql': "{% macro says(word='nothing') %}{{ print('said ' ~ word) }}{% endmacro %}",
};

const out = async (project: TestProject, line: string, env: Record<string, string> = {}): Promise<string> => {
  const said = await cli(project, line.split(' '), env);
  expect([said.code, said.err]).toEqual([0, '']);
  return said.out;
};

const names = async (project: TestProject, line: string): Promise<string[]> =>
  (await out(project, `ls --quiet ${line}`)).trim().split('\n');

const shown: Readonly<Record<string, Shown>> = {
  debug: async (project) => {
    expect(await out(project, 'run -s a')).not.toContain('[debug]');
    expect(await out(project, '--debug run -s a')).toMatch(/\[debug\] \[\S+\]: On .*:.*create/s);
  },
  defer: { in: 'conformance/defer.test.ts' },
  defer_state: { in: 'conformance/defer.test.ts' },
  favor_state: { in: 'conformance/defer.test.ts' },
  state: { in: 'commands/state.test.ts' },
  fail_fast: { in: 'commands/build.test.ts' },
  indirect_selection: { in: 'graph/dbt-selections.test.ts' },
  log_file_max_bytes: async (project) => {
    for (let turn = 0; turn < 3; turn += 1) await out(project, 'ls --log-file-max-bytes 3000');
    expect([project.has('logs/dbt.log'), project.has('logs/dbt.log.1')]).toEqual([true, true]);
    expect(Buffer.byteLength(project.read('logs/dbt.log.1'))).toBeLessThan(20_000);
  },
  log_format: async (project) => {
    for (const line of (await out(project, 'ls --log-format json')).trim().split('\n')) {
      expect(JSON.parse(line)).toHaveProperty('info.name');
    }
    // The file's format follows, as in dbt.
    expect(JSON.parse(project.read('logs/dbt.log').trim().split('\n')[0]!)).toHaveProperty('info.code');
    expect(await out(project, 'ls --log-format debug')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{6} \[info \] \[MainThread\]: /,
    );
  },
  log_format_file: async (project) => {
    expect(await out(project, 'ls --log-format-file json')).toMatch(/^\d\d:\d\d:\d\d {2}Running/);
    expect(JSON.parse(project.read('logs/dbt.log').split('\n')[0]!)).toHaveProperty('info.invocation_id');
    await out(project, 'ls --log-format-file text --log-path plain');
    expect(project.read('plain/dbt.log')).toMatch(/^\d\d:\d\d:\d\d {2}Running with/m);
  },
  log_level: async (project) => {
    expect(await out(project, 'parse --log-level warn')).toBe('');
    // The file's level follows, as in dbt.
    expect(project.has('logs/dbt.log')).toBe(false);
    expect(await out(project, 'parse --log-level debug')).toContain('running with arguments');
  },
  log_level_file: async (project) => {
    await out(project, 'parse --log-level-file info');
    expect(project.read('logs/dbt.log')).toContain('Running with');
    expect(project.read('logs/dbt.log')).not.toContain('[debug]');
    await out(project, 'parse --log-level-file none --log-path none');
    expect(project.has('none')).toBe(false);
  },
  log_path: async (project) => {
    await out(project, 'parse --log-path elsewhere');
    expect([project.has('elsewhere/dbt.log'), project.has('logs')]).toEqual([true, false]);
  },
  partial_parse: { in: 'manifest/cache/random-edits.test.ts' },
  print: async (project) => {
    expect(await out(project, 'run-operation says')).toContain('said nothing');
    expect(await out(project, 'run-operation says --no-print')).not.toContain('said nothing');
  },
  printer_width: async (project) => {
    const dots = async (line: string) =>
      /OK created.*?(\.+) \[/.exec(await out(project, line))?.[1]?.length ?? 0;
    const wide = await dots('run -s a --printer-width 120');
    expect(wide - (await dots('run -s a'))).toBe(40);
  },
  profile: { in: 'project/profiles.test.ts' },
  profiles_dir: { in: 'commands/build.test.ts' },
  project_dir: { in: 'cli/process-project.test.ts' },
  quiet: async (project) => {
    expect(await out(project, 'ls -q -s b')).toBe('shop.b\n');
    expect(await out(project, 'run -q -s a')).toBe('');
  },
  record_timing_info: async (project) => {
    await out(project, 'ls --record-timing-info timing/parse.cpuprofile');
    expect(project.json('timing/parse.cpuprofile')).toMatchObject({
      nodes: expect.any(Array),
      samples: expect.any(Array),
    });
    const said = await cli(project, ['ls', '-r', 'dbt_project.yml/below']);
    expect([said.code, said.err]).toEqual([0, expect.stringContaining('cannot write the CPU profile')]);
  },
  single_threaded: async (project) => {
    expect(await out(project, 'run -s a')).toContain('Concurrency: 4 threads');
    expect(await out(project, 'run -s a --single-threaded')).toContain('Concurrency: 1 thread ');
  },
  show_all_deprecations: { in: 'commands/deprecations.test.ts' },
  target: async (project) => {
    await out(project, 'run -s a -t other');
    expect(await query(project, 'from elsewhere.a', 'other.duckdb')).toEqual([[1]]);
  },
  use_colors: async (project) => {
    expect(await out(project, 'run -s a')).not.toContain('\u001b[');
    expect(await out(project, 'run -s a --use-colors')).toContain('\u001b[32m');
    expect(await out(project, 'run -s a', { FORCE_COLOR: '1' })).toContain('\u001b[32m');
    expect(await out(project, 'run -s a --no-use-colors', { FORCE_COLOR: '1' })).not.toContain('\u001b[');
    expect(await out(project, 'run -s a', { FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b[');
  },
  use_colors_file: async (project) => {
    await out(project, 'run -s a');
    expect(project.read('logs/dbt.log')).not.toContain('\u001b[');
    expect(await out(project, 'run -s a --use-colors-file')).not.toContain('\u001b[');
    expect(project.read('logs/dbt.log')).toContain('\u001b[32m');
  },
  version: { in: 'cli/surface.test.ts' },
  version_check: { in: 'project/project-settings.test.ts' },
  warn_error: { in: 'cli/log/warnings.test.ts' },
  warn_error_options: { in: 'cli/log/warnings.test.ts' },
  write_json: async (project) => {
    await out(project, 'parse --no-write-json');
    expect(project.has('target/manifest.json')).toBe(false);
  },
  empty: async (project) => {
    await out(project, 'run -s a b');
    expect(await query(project, 'select count(*)::int from b')).toEqual([[1]]);
    await out(project, 'run --empty -s b');
    expect(await query(project, 'select count(*)::int from b')).toEqual([[0]]);
  },
  event_time_start: { in: 'conformance/microbatch.test.ts' },
  event_time_end: { in: 'conformance/microbatch.test.ts' },
  sample: { in: 'conformance/microbatch.test.ts' },
  exclude: async (project) => {
    expect(await names(project, '--resource-type model --exclude a b')).toEqual(
      ['asks', 'inner', 'outer'].map((name) => `shop.${name}`),
    );
  },
  full_refresh: { in: 'conformance/seeds.test.ts' },
  resource_types: async (project) => {
    expect(await names(project, '--resource-types seed')).toEqual(['shop.words']);
    expect(await names(project, '--resource-type seed test --output name')).toHaveLength(2);
  },
  exclude_resource_types: async (project) => {
    expect(await names(project, '--exclude-resource-types model test')).toEqual(['shop.words']);
    expect(await names(project, '--exclude-resource-type model --exclude-resource-type test')).toEqual([
      'shop.words',
    ]);
  },
  select: async (project) => {
    for (const spelling of ['-s', '--select'])
      expect(await names(project, `${spelling} b`)).toEqual(['shop.b']);
    expect(await relations(project, 'shop.duckdb')).toEqual([]);
    for (const spelling of ['-m', '--models', '--model']) {
      expect(await out(project, `run ${spelling} a`)).toContain('TOTAL=1');
    }
  },
  selector: async (project) => {
    expect(await names(project, '--selector only_b')).toEqual(['shop.b']);
  },
  show: async (project) => {
    expect(await out(project, 'seed')).not.toContain('| one');
    expect(await out(project, 'seed --show')).toMatch(
      /First rows of table: main\.words\n.*-+\n\| id \| word \|\n\| -- \| ---- \|\n\| {2}1 \| one {2}\|\n\| {2}2 \| two {2}\|\n/,
    );
  },
  store_failures: async (project) => {
    await out(project, 'run -s a');
    expect((await cli(project, ['test', '--store-failures'])).code).toBe(1);
    expect((await relations(project)).filter((name) => name.includes('dbt_test__audit'))).toHaveLength(1);
  },
  target_path: { in: 'cli/process-project.test.ts' },
  threads: async (project) => {
    expect(await out(project, 'run -s a --threads 3')).toContain('Concurrency: 3 threads');
  },
  vars: async (project) => {
    const said = await cli(project, ['run', '-s', 'a', '--vars', '{n: 9}']);
    expect([said.code, await query(project, 'from a')]).toEqual([0, [[9]]]);
  },
  clean_project_files_only: async (project) => {
    project.write({ 'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: ["../outside-of-it"]\n' });
    const refused = await cli(project, ['clean']);
    expect([refused.code, refused.out]).toEqual([2, expect.stringContaining('clean-outside-project')]);
    expect((await cli(project, ['clean', '--no-clean-project-files-only'])).code).toBe(0);
  },
  compile: async (project) => {
    await out(project, 'run');
    await out(project, 'docs generate --no-compile');
    expect(project.has('target/catalog.json')).toBe(true);
  },
  empty_catalog: async (project) => {
    await out(project, 'docs generate --empty-catalog');
    expect(project.json('target/catalog.json')).toMatchObject({ nodes: {}, sources: {} });
  },
  static: { in: 'package.test.ts' },
  output: async (project) => {
    expect(await names(project, '-s a --resource-type model --output path')).toEqual(['models/a.sql']);
    expect(await names(project, '-s a --resource-type model --output name')).toEqual(['a']);
    expect(await out(project, 'compile -q -s b --output json')).toContain('"node": "b"');
    expect(await out(project, 'show -q -s a --output json')).toContain('"show": [');
  },
  introspect: async (project) => {
    expect(await out(project, 'compile -s asks')).toContain('select 5 as five');
    expect((await cli(project, ['compile', '-s', 'asks', '--no-introspect'])).code).not.toBe(0);
  },
  inline: async (project) => {
    const said = await cli(project, ['compile', '-q', '--inline', "select * from {{ ref('b') }}"]);
    expect(said.out).toBe('select * from "shop"."main"."b"\n');
  },
  inject_ephemeral_ctes: async (project) => {
    expect(await out(project, 'compile -q -s outer')).toContain('with __dbt__cte__inner as');
    expect(await out(project, 'compile -q -s outer --no-inject-ephemeral-ctes')).toBe(
      'select * from __dbt__cte__inner\n',
    );
  },
  limit: async (project) => {
    const rows = async (limit: string): Promise<number> => {
      const argv = [
        'show',
        '-q',
        '--output',
        'json',
        '--limit',
        limit,
        '--inline',
        'select * from range(20)',
      ];
      return JSON.parse((await cli(project, argv)).out).show.length;
    };
    expect([await rows('3'), await rows('-1')]).toEqual([3, 20]);
  },
  inline_direct: async (project) => {
    // The project is not parsed: a mistake in it is no hindrance, and braces mean nothing.
    project.write({ 'models/broken.sql': '{{ nothing(' });
    const direct = (sql: string) => cli(project, ['show', '-q', '--inline-direct', sql]);
    expect(await direct("select '{{ 41 }}' as text -- 1")).toEqual({
      code: 0,
      err: '',
      out: '| text     |\n| -------- |\n| {{ 41 }} |\n\n',
    });
    expect((await direct('select 1; select 2')).out).toContain('cannot-preview');
    expect(await direct('select nothing_such')).toEqual({
      code: 2,
      err: '',
      out: expect.stringContaining('nothing_such'),
    });
  },
  connection: async (project) => {
    expect(await out(project, 'debug --connection')).not.toContain('node version');
    expect(await out(project, 'debug')).toContain('node version');
  },
  config_dir: async (project) => {
    expect(await out(project, 'debug --config-dir')).toContain(`Profiles are read from ${project.directory}`);
  },
  source: { in: 'commands/deps.test.ts' },
  lock: { in: 'commands/deps.test.ts' },
  upgrade: { in: 'commands/deps.test.ts' },
  add_package: { in: 'commands/deps.test.ts' },
  skip_profile_setup: { nothing: '`init` makes no profile in any case' },
  models: async (project) => {
    for (const spelling of ['-m', '--models', '--model']) {
      expect(await names(project, `${spelling} a`)).toEqual(['shop.a']);
    }
  },
  output_keys: async (project) => {
    const argv = '-s b --output json --output-keys name config.materialized';
    expect(JSON.parse((await names(project, argv))[0]!)).toEqual({
      name: 'b',
      'config.materialized': 'view',
    });
  },
  args: async (project) => {
    const said = await cli(project, ['run-operation', 'says', '--args', '{word: hello}']);
    expect(said.out).toContain('said hello');
  },
  upload_to_artifacts_ingest_api: { nothing: 'refused: it is a service of dbt Labs' },
  cache_selected_only: { nothing: 'each schema that is built in is listed once, others never' },
  populate_cache: { nothing: 'a schema is listed when it is needed' },
  log_cache_events: { nothing: 'the cache of relations tells no events' },
  macro_debugging: { nothing: 'no Python is made of macros' },
  partial_parse_file_path: { nothing: 'a file of dbt; ours is target/sluice-cache' },
  partial_parse_file_diff: { nothing: 'what has changed is found by the files themselves' },
  send_anonymous_usage_stats: { nothing: 'nothing is ever sent' },
  static_parser: { nothing: 'there is one way of parsing' },
  use_experimental_parser: { nothing: 'there is one way of parsing' },
  use_fast_test_edges: { nothing: 'edges of tests are made the fast way' },
  export_saved_queries: { nothing: 'does nothing in dbt-core' },
  include_saved_query: { nothing: 'does nothing in dbt-core' },
  sqlparse: { nothing: 'limits of a parser of Python' },
  browser: { nothing: 'of `docs serve`, which is refused' },
  host: { nothing: 'of `docs serve`, which is refused' },
  port: { nothing: 'of `docs serve`, which is refused' },
  project_name: { in: 'commands/init.test.ts' },
  macro: { in: 'conformance/operations.test.ts' },
};

describe('a flag does what it is for', () => {
  for (const [name, how] of Object.entries(shown)) {
    if (typeof how === 'function') test(name, () => how(testProject(shop)));
  }
});

test('every flag of dbt is shown to work, here or elsewhere, or is known to do nothing', () => {
  const missing = Object.keys(surface.flags).filter((name) => !Object.hasOwn(shown, name));
  expect(missing).toEqual([]);
  for (const [name, how] of Object.entries(shown)) {
    if (!('in' in how)) continue;
    const file = join(import.meta.dirname, '..', how.in);
    expect(existsSync(file), `${name}: ${how.in}`).toBe(true);
    if (file.endsWith('surface.test.ts')) continue;
    const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(readFileSync(file, 'utf8'), name).toMatch(
      new RegExp(`--${name.replaceAll('_', '-')}\\b|\\b${camel}\\b`),
    );
  }
});
