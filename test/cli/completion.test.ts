import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complete } from '../../src/cli/completion/complete.ts';
import { completionScript, shells } from '../../src/cli/completion/scripts.ts';
import { shellWords } from '../../src/cli/completion/shell-words.ts';
import { cli, type TestProject, testProject, testWorld } from '../rig.ts';

const files = {
  'models/staging/stg_orders.sql': "{{ config(tags=['nightly', 'stg']) }} select 1 as id",
  'models/staging/stg_people.sql': 'select 1 as id',
  'models/orders.sql': "{{ config(materialized='table') }} select * from {{ ref('stg_orders') }}",
  'models/shop.yml':
    'models:\n  - name: orders\n    columns: [{name: id, data_tests: [unique]}]\nsources:\n  - name: crm\n    tables: [{name: people}]\n',
  'seeds/words.csv': 'id\n1\n',
  'macros/grants.sql': '{% macro grant_all() %}{% endmacro %}',
  'selectors.yml': 'selectors:\n  - {name: nightly_job, definition: {method: tag, value: nightly}}\n',
};

/** A project whose manifest was written. */
async function parsed(): Promise<TestProject> {
  const project = testProject(files);
  expect((await cli(project, ['parse', '-q'])).code).toBe(0);
  return project;
}

/** What fish is told behind a line, without what helps to choose. */
async function asked(
  project: TestProject,
  line: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly kind: string; readonly values: readonly string[] }> {
  const words = shellWords(line).slice(1);
  const text = await complete(['fish', ...words], testWorld(project.directory, env));
  const [kind, ...lines] = text.trimEnd().split('\n');
  return { kind: kind!, values: lines.map((one) => one.split('\t')[0]!) };
}

const values = async (...given: Parameters<typeof asked>) => (await asked(...given)).values;

describe('what a word may end in', () => {
  test('commands, those of a group, and their arguments', async () => {
    const project = await parsed();
    expect(await values(project, 'sluice ')).toEqual(expect.arrayContaining(['build', 'ls', 'list', 'docs']));
    expect(await values(project, 'sluice sn')).toEqual(['snapshot']);
    expect(await values(project, 'sluice docs ')).toEqual(['generate']);
    expect(await values(project, 'sluice --target dev bu')).toEqual(['build']);
    expect(await values(project, 'sluice run-operation ')).toEqual(['grant_all']);
    expect(await values(project, 'sluice completion ')).toEqual([...shells]);
  });

  test('flags that help shows, the others when they are begun', async () => {
    const project = await parsed();
    expect(await values(project, 'sluice build --ful')).toEqual(['--full-refresh']);
    expect(await values(project, 'sluice build --no-p')).toEqual(['--no-partial-parse', '--no-print']);
    expect(await values(project, 'sluice build --static')).toEqual(['--static-parser']);
    expect(await values(project, 'sluice debug --full')).toEqual([]);
    expect(await values(project, 'sluice build --he')).toEqual(['--help']);
  });

  test("values of flags: choices, targets, profiles, selectors, types, and the shell's files", async () => {
    const project = await parsed();
    expect(await values(project, 'sluice run --log-format j')).toEqual(['json']);
    expect(await values(project, 'sluice run --log-format=j')).toEqual(['--log-format=json']);
    expect(await values(project, 'sluice run -t ')).toEqual(['dev', 'other']);
    expect(await values(project, 'sluice run --target=o')).toEqual(['--target=other']);
    expect(await values(project, 'sluice run --profile ')).toEqual(['shop']);
    expect(await values(project, 'sluice run --profile none -t ')).toEqual([]);
    expect(await values(project, 'sluice run --selector ')).toEqual(['nightly_job']);
    expect(await values(project, 'sluice ls --resource-type se')).toEqual(['semantic_model', 'seed']);
    expect(await asked(project, 'sluice run --target-path ')).toEqual({ kind: 'folders', values: [] });
    expect(await asked(project, 'sluice run -r ')).toEqual({ kind: 'files', values: [] });
    expect(await values(project, 'sluice run --threads ')).toEqual([]);
  });

  test('nodes, with graph operators, commas and further names', async () => {
    const project = await parsed();
    expect(await values(project, 'sluice run -s stg')).toEqual(['stg_orders', 'stg_people']);
    expect(await values(project, 'sluice run --select=ord')).toEqual(['--select=orders']);
    expect(await values(project, 'sluice run -s orders stg_p')).toEqual(['stg_people']);
    expect(await values(project, 'sluice build --exclude +ord')).toEqual(['+orders']);
    expect(await values(project, 'sluice build -s 2+ord')).toEqual(['2+orders']);
    expect(await values(project, 'sluice build -s @ord')).toEqual(['@orders']);
    expect(await values(project, 'sluice build -s orders,stg_p')).toEqual(['orders,stg_people']);
    expect(await values(project, 'sluice seed -s ')).toEqual(expect.arrayContaining(['words', 'tag:']));
    expect(await values(project, 'sluice seed -s ')).not.toContain('orders');
    expect(await values(project, 'sluice test -s uni')).toEqual(['unique_orders_id', 'unit_test:']);
  });

  test('methods and their values', async () => {
    const project = await parsed();
    expect(await asked(project, 'sluice run -s ta')).toEqual({ kind: 'open', values: ['tag:'] });
    expect(await values(project, 'sluice run -s tag:')).toEqual(['tag:nightly', 'tag:stg']);
    expect(await values(project, 'sluice run -s +tag:ni')).toEqual(['+tag:nightly']);
    expect(await values(project, 'sluice run -s source:')).toEqual(['source:crm', 'source:crm.people']);
    expect(await values(project, 'sluice run -s test_name:')).toEqual(['test_name:unique']);
    expect(await values(project, 'sluice run -s config.materialized:t')).toEqual([
      'config.materialized:table',
      'config.materialized:test',
    ]);
    expect(await values(project, 'sluice run -s result:f')).toEqual(['result:fail']);
    expect(await values(project, 'sluice run -s state:modified.b')).toEqual(['state:modified.body']);
    expect(await values(project, 'sluice run -s package:')).toEqual(['package:this', 'package:shop']);
    expect(await asked(project, 'sluice run -s path:models/s')).toEqual({
      kind: 'open',
      values: ['path:models/staging/'],
    });
    expect(await values(project, 'sluice run -s models/staging/')).toEqual([
      'models/staging/stg_orders.sql',
      'models/staging/stg_people.sql',
    ]);
  });

  test('names follow the manifest of the target folder, wherever that is', async () => {
    const project = await parsed();
    expect(await values(project, 'sluice run -s late')).toEqual([]);
    project.write({ 'models/late.sql': 'select 1 as id' });
    await cli(project, ['parse', '-q']);
    expect(await values(project, 'sluice run -s late')).toEqual(['late']);
    expect(await values(project, 'sluice run --target-path other -s late')).toEqual([]);
    await cli(project, ['parse', '-q', '--target-path', 'other']);
    expect(await values(project, 'sluice run --target-path other -s late')).toEqual(['late']);
    expect(await values(project, 'sluice run -s late', { DBT_TARGET_PATH: 'nowhere' })).toEqual([]);
  });

  test('nothing is parsed or complained of where there is no project, and where its files are broken', async () => {
    const empty = testProject({ 'dbt_project.yml': null, 'profiles.yml': null });
    for (const line of ['sluice run -s ', 'sluice run -t ', 'sluice run --selector ']) {
      expect((await asked(empty, line)).kind).toMatch(/words|open/);
    }
    expect(empty.has('target')).toBe(false);
    const broken = testProject({
      'dbt_project.yml': 'name: [',
      'profiles.yml': ']',
      'target/manifest.json': '{"nodes": ',
    });
    for (const line of ['sluice run -s ord', 'sluice run -t ', 'sluice run --selector ']) {
      expect(await values(broken, line)).toEqual([]);
    }
  });
});

test('a line is taken apart as a shell does it', () => {
  expect(shellWords('sluice run -s a\\ b "c d')).toEqual(['sluice', 'run', '-s', 'a b', 'c d']);
  expect(shellWords("sluice 'it''s' \"\\\"x\" ")).toEqual(['sluice', 'its', '"x', '']);
});

test('a shell that is not known is refused, with the nearest', async () => {
  const project = testProject();
  const refused = await cli(project, ['completion', 'zhs']);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("did you mean 'zsh'?")]);
  expect((await cli(project, ['completion'])).err).toContain('one of bash, zsh, fish');
  expect((await cli(project, ['completion', 'fish'])).out).toBe(completionScript('fish'));
});

const program = resolve(import.meta.dirname, '..', '..', 'bin', 'sluice.js');

/** A `PATH` on which `sluice` is this program. */
function path(project: TestProject): string {
  chmodSync(program, 0o755);
  const link = project.path('sluice');
  if (!existsSync(link)) symlinkSync(program, link);
  return [project.directory, join(process.execPath, '..'), process.env['PATH'] ?? ''].join(delimiter);
}

const env = (project: TestProject) => ({ PATH: path(project), HOME: project.directory });

/** What bash would offer for the last word, as its completion calls the function. */
function bash(project: TestProject, words: readonly string[], line = words.join(' ')): readonly string[] {
  const script = `source <(sluice completion bash)
COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}
_sluice
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['-c', script], {
    cwd: project.directory,
    env: env(project),
    encoding: 'utf8',
  });
  return said.trimEnd().split('\n');
}

test('bash completes commands, flags, nodes, and what its own word breaks take apart', async () => {
  const project = await parsed();
  expect(bash(project, ['sluice', 'sna'])).toEqual(['snapshot']);
  expect(bash(project, ['sluice', 'run', '-s', 'stg'])).toEqual(['stg_orders', 'stg_people']);
  // bash has made several words of one: only what stands behind the break is put in.
  expect(bash(project, ['sluice', 'run', '-s', 'tag', ':'], 'sluice run -s tag:')).toEqual([
    'nightly',
    'stg',
  ]);
  expect(bash(project, ['sluice', 'run', '-s', 'tag', ':', 'ni'], 'sluice run -s tag:ni')).toEqual([
    'nightly',
  ]);
  expect(bash(project, ['sluice', 'run', '--target', '=', 'o'], 'sluice run --target=o')).toEqual(['other']);
  expect(bash(project, ['sluice', 'run', '-s', '@ord'], 'sluice run -s @ord')).toEqual(['orders']);
  expect(bash(project, ['sluice', 'run', '--target-path', 'mod'])).toEqual(['models']);
});

const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

// Not every machine has these; what their scripts ask is tested above in any case.
test('zsh and fish, where they are, take the scripts', async () => {
  const project = await parsed();
  if (installed('zsh')) {
    const script = `compdef() { :; }; _describe() { print -rl -- "\${(P@)2}"; }
source <(sluice completion zsh)
words=(sluice run -s stg_o); CURRENT=4; _sluice
words=(sluice run -s tag:ni); _sluice`;
    const said = execFileSync('zsh', ['-fc', script], {
      cwd: project.directory,
      env: env(project),
      encoding: 'utf8',
    });
    expect(said).toBe('stg_orders:model\ntag\\:nightly\n');
  }
  if (installed('fish')) {
    writeFileSync(project.path('sluice.fish'), completionScript('fish'));
    const script =
      "source sluice.fish; complete -C 'sluice run -s stg_o'; complete -C 'sluice run -s tag:ni'";
    const said = execFileSync('fish', ['-c', script], {
      cwd: project.directory,
      env: env(project),
      encoding: 'utf8',
    });
    expect(said).toBe('stg_orders\tmodel\ntag:nightly\n');
  }
  expect(shells).toHaveLength(3);
});
