import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cli, type Files, sluice, testProject } from '../rig.ts';

const base: Files = {
  'dbt_project.yml': `name: shop
profile: shop
models: {shop: {sub: {+materialized: view, +schema: one}}}
`,
  'models/a.sql': 'select 1 as id, {{ one() }} as x',
  'models/sub/b.sql': "{{ config(tags=['t'], meta={'o': 1}) }} select * from {{ ref('a') }}",
  'models/sub/c.sql': "select * from {{ ref('b') }}",
  'models/con.sql': "{{ config(materialized='table') }} select 1 as id, 'a' as name",
  'models/v_v1.sql': 'select 1 as id',
  'models/v_v2.sql': 'select 1 as id',
  'models/env.sql': "select * from {{ source('raw', 't') }}",
  'macros/m.sql': `{% macro one() %}{{ two() }}{% endmacro %}
{% macro two() %}1{% endmacro %}
{% macro unused() %}1{% endmacro %}`,
  'seeds/s.csv': 'id,v\n1,2\n',
  'tests/sing.sql': "select * from {{ ref('c') }} where id is null",
  'snapshots/sn.yml': `snapshots:
  - {name: sn, relation: ref('c'), config: {unique_key: id, strategy: check, check_cols: all}}
`,
  'models/s.yml': `sources:
  - name: raw
    schema: raw
    loaded_at_field: ts
    freshness: {warn_after: {count: 1, period: day}}
    tables: [{name: t}, {name: u}]
exposures:
  - {name: ex, type: dashboard, owner: {name: me}, depends_on: [ref('c')]}
models:
  - name: a
    description: "d"
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: id, description: "cd", data_tests: [not_null]}]
  - name: b
    description: "bd"
    columns: [{name: id, data_tests: [unique]}]
  - name: con
    config: {contract: {enforced: true}}
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}]}
      - {name: name, data_type: varchar}
  - name: env
    config: {materialized: "{{ env_var('MAT', 'view') }}", alias: "{{ env_var('AL', 'env_alias') }}"}
  - {name: v, latest_version: 1, versions: [{v: 1}, {v: 2}]}
unit_tests:
  - {name: ut, model: a, given: [], expect: {rows: [{id: 1, x: 1}]}}
`,
};

const text = (name: string): string => base[name] as string;

/** The file with one piece of it replaced. */
function edited(name: string, from: string, to: string): Files {
  if (!text(name).includes(from)) throw new Error(`${name} does not say ${from}`);
  return { [name]: text(name).replace(from, to) };
}

let made: string | null = null;

/** The manifest of the project as it was, made once. */
async function manifestOfBase(): Promise<string> {
  if (made === null) {
    const shop = testProject(base);
    await sluice(shop, 'parse');
    made = shop.read('target/manifest.json');
  }
  return made;
}

/** What a value of `state:` selects once these files are changed, the changed project against itself as it was. */
async function afterChange(change: Files, value: string, env: Readonly<Record<string, string>> = {}) {
  const shop = testProject({ ...base, ...change, 'state/manifest.json': await manifestOfBase() });
  const ran = await sluice(shop, 'list', {
    select: [`state:${value}`],
    state: 'state',
    output: 'name',
    indirectSelection: 'empty',
    env,
  });
  const lines = (ran.outcome as { readonly lines?: readonly string[] } | null)?.lines ?? [];
  return { names: [...lines].sort(), warnings: ran.warnings, diagnostics: ran.diagnostics };
}

describe('state:modified, as dbt judges', () => {
  test.each<readonly [string, Files, readonly string[]]>([
    ['nothing', {}, []],
    ['a body', edited('models/a.sql', '1 as id', '2 as id'), ['a']],
    [
      'a macro that another one calls',
      edited('macros/m.sql', '%}1{% endmacro %}\n{% macro unused', '%}3{% endmacro %}\n{% macro unused'),
      ['a'],
    ],
    ['a macro that nothing calls', edited('macros/m.sql', 'unused() %}1', 'unused() %}2'), []],
    ['a description that is persisted', edited('models/s.yml', '"d"', '"dd"'), ['a']],
    ["a column's description that is persisted", edited('models/s.yml', '"cd"', '"cdd"'), ['a']],
    ['a description that is not', edited('models/s.yml', '"bd"', '"bdd"'), []],
    ['configuration of the project', edited('dbt_project.yml', ': view', ': table'), ['b', 'c']],
    ['the configured schema', edited('dbt_project.yml', ': one', ': two'), ['b', 'c']],
    ['tags', edited('models/sub/b.sql', "['t']", "['u']"), ['b']],
    ['meta', edited('models/sub/b.sql', "'o': 1", "'o': 2"), ['b']],
    ['rows of a seed', { 'seeds/s.csv': 'id,v\n1,3\n' }, ['s']],
    ["a source's schema", edited('models/s.yml', 'schema: raw', 'schema: raw2'), ['raw.t', 'raw.u']],
    ["a source's freshness", edited('models/s.yml', 'count: 1', 'count: 2'), ['raw.t', 'raw.u']],
    ["an exposure's owner", edited('models/s.yml', '{name: me}', '{name: you}'), ['ex']],
    ['a new model', { 'models/n.sql': 'select 1 as id' }, ['n']],
    ['a new source, which is none', edited('models/s.yml', '{name: u}]', '{name: u}, {name: w}]'), []],
    [
      "a test's configuration",
      edited('models/s.yml', '[unique]', '[{unique: {config: {severity: warn}}}]'),
      ['unique_b_id'],
    ],
    ['a singular test', edited('tests/sing.sql', 'null', 'not null'), ['sing']],
    ['a snapshot', edited('snapshots/sn.yml', 'check_cols: all', 'check_cols: [id]'), ['sn']],
    ['a unit test', edited('models/s.yml', '{id: 1, x: 1}', '{id: 2, x: 1}'), ['ut']],
    [
      'the latest version',
      edited('models/s.yml', 'latest_version: 1', 'latest_version: 2'),
      ['v.v1', 'v.v2'],
    ],
    ['access', edited('models/s.yml', '- name: b\n', '- name: b\n    config: {access: public}\n'), ['b']],
    ['the folder', { 'models/a.sql': null, 'models/sub/a.sql': text('models/a.sql') }, ['a']],
    ['an alias', edited('models/sub/b.sql', 'config(', "config(alias='bb', "), ['b']],
    [
      'a model that is gone',
      {
        'models/sub/c.sql': null,
        'tests/sing.sql': null,
        'snapshots/sn.yml': null,
        ...edited('models/s.yml', ", depends_on: [ref('c')]", ''),
      },
      ['ex'],
    ],
  ])('%s', async (_what, change, names) => {
    const found = await afterChange(change, 'modified');
    expect(found.diagnostics).toEqual([]);
    expect(found.names).toEqual(names);
  });

  test('parts of a change are told apart', async () => {
    const body = edited('models/a.sql', '1 as id', '2 as id');
    expect((await afterChange(body, 'modified.body')).names).toEqual(['a']);
    expect((await afterChange(body, 'modified.configs')).names).toEqual([]);
    const alias = edited('models/sub/b.sql', 'config(', "config(alias='bb', ");
    expect((await afterChange(alias, 'modified.relation')).names).toEqual(['b']);
    expect((await afterChange(alias, 'modified.configs')).names).toEqual([]);
    const macro = edited('macros/m.sql', '{{ two() }}', '{{ two() }} ');
    expect((await afterChange(macro, 'modified.macros')).names).toEqual(['a']);
    const described = edited('models/s.yml', '"d"', '"dd"');
    expect((await afterChange(described, 'modified.persisted_descriptions')).names).toEqual(['a']);
  });

  test('what is new is new, and everything else is old', async () => {
    const change = { 'models/n.sql': 'select 1 as id' };
    expect((await afterChange(change, 'new')).names).toEqual(['n']);
    const old = (await afterChange(change, 'old')).names;
    expect(old).toContain('raw.t');
    expect(old).not.toContain('n');
    expect((await afterChange(change, 'unmodified')).names).toEqual(old);
  });

  test('what the environment makes of a configuration is no change where the project asks for that', async () => {
    const env = { MAT: 'table', AL: 'other' };
    expect((await afterChange({}, 'modified', env)).names).toEqual(['env']);
    const flagged = {
      'dbt_project.yml': `${text('dbt_project.yml')}flags: {state_modified_compare_more_unrendered_values: true}\n`,
    };
    const shop = testProject({ ...base, ...flagged });
    expect((await cli(shop, ['parse'])).code).toBe(0);
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    const listed = await cli(shop, ['-q', 'ls', '-s', 'state:modified', '--state', 'state'], env);
    expect([listed.code, listed.out]).toEqual([0, '']);
  });
});

test('numbers and keys that JSON has other forms of are no change', async () => {
  const shop = testProject({
    'models/a.sql': 'select 1 as id',
    'models/s.yml': `models:
  - name: a
    config:
      whole: 2.0
      long: 12345678901234567890
      keyed: {1: x, 2.5: y, true: z, null: [1.0]}
    columns: [{name: id, data_tests: [{unique: {config: {meta: {x: 3.0}}}}]}]
`,
  });
  expect((await cli(shop, ['parse'])).code).toBe(0);
  cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
  const modified = await cli(shop, ['-q', 'ls', '-s', 'state:modified', '--state', 'state']);
  expect([modified.code, modified.out]).toEqual([0, '']);
});

describe('contracts', () => {
  test.each<readonly [string, Files, RegExp | null]>([
    [
      'another type',
      edited('models/s.yml', 'data_type: varchar', 'data_type: integer'),
      /column name is integer, and was varchar/,
    ],
    ['another size of text', edited('models/s.yml', 'data_type: varchar', 'data_type: varchar(10)'), null],
    [
      'a column less',
      edited('models/s.yml', '      - {name: name, data_type: varchar}\n', ''),
      /column name is gone/,
    ],
    [
      'a column more',
      edited(
        'models/s.yml',
        '      - {name: name',
        '      - {name: extra, data_type: integer}\n      - {name: name',
      ),
      null,
    ],
    [
      'a constraint less',
      edited('models/s.yml', ', constraints: [{type: not_null}]', ''),
      /constraint not_null of column id is gone/,
    ],
    ['no contract', edited('models/s.yml', 'enforced: true', 'enforced: false'), /enforced no longer/],
    ['a view', edited('models/con.sql', "'table'", "'view'"), /do not hold for a view/],
  ])('%s', async (_what, change, breaks) => {
    const { names, warnings, diagnostics } = await afterChange(change, 'modified.contract');
    expect(diagnostics).toEqual([]);
    expect(names).toEqual(['con']);
    const told = warnings.filter(({ code }) => code === 'contract-broken');
    expect(told.map(({ message, event }) => [breaks?.test(message), event])).toEqual(
      breaks === null ? [] : [[true, 'UnversionedBreakingChange']],
    );
  });

  test('a model that is gone is told of, once', async () => {
    const { warnings } = await afterChange({ 'models/con.sql': null }, 'modified');
    expect(warnings.filter(({ code }) => code === 'contract-broken')).toMatchObject([
      { message: expect.stringContaining('it is deleted or called otherwise') },
    ]);
  });

  test('breaking that of a version is an error, all of them at once', async () => {
    const contract = 'config: {contract: {enforced: true}}, columns: [{name: id, data_type: integer}]';
    const versions = (type: string): Files =>
      edited('models/s.yml', '{name: v, latest', `{name: v, ${contract.replace('integer', type)}, latest`);
    const shop = testProject({ ...base, ...versions('integer') });
    await sluice(shop, 'parse');
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    shop.write(versions('text'));
    const { diagnostics } = await sluice(shop, 'list', { select: ['state:modified'], state: 'state' });
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'error contract-broken',
      'error contract-broken',
    ]);
  });
});

describe('bad input', () => {
  test('a folder without a manifest, one that is none, one of another project, and one of another time', async () => {
    const shop = testProject({
      ...base,
      'torn/manifest.json': '{"nodes": {',
      'list/manifest.json': '[]',
      'old/manifest.json':
        '{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v8.json"}, "nodes": {}}',
      'other/manifest.json':
        '{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v9.json", "project_name": "x"}, "nodes": {}}',
    });
    const judge = async (state: string) => {
      const { diagnostics, warnings } = await sluice(shop, 'list', { select: ['state:new'], state });
      return [...diagnostics, ...warnings].map(({ code, message }) => `${code}: ${message}`).join('\n');
    };
    expect(await judge('nowhere')).toBe(
      'state-manifest-missing: Could not find manifest in --state path: "nowhere"',
    );
    expect(await judge('torn')).toMatch(/^artifact-not-understood: .*it is no JSON/);
    expect(await judge('list')).toMatch(/^artifact-not-understood: .*it has no nodes/);
    expect(await judge('old')).toMatch(/^artifact-not-understood: .*its format is version 8/);
    expect(await judge('other')).toMatch(/^state-of-other-project: .*'x'/);
  });

  test('a value that there is not is told with the nearest, and a method without --state with what it needs', async () => {
    const shop = testProject(base);
    await sluice(shop, 'parse');
    cpSync(shop.path('target/manifest.json'), shop.path('state/manifest.json'));
    const wrong = await sluice(shop, 'list', { select: ['state:modified.bod'], state: 'state' });
    expect(wrong.diagnostics).toMatchObject([
      { code: 'selector-value-invalid', hint: "did you mean 'modified.body'?" },
    ]);
    const without = await sluice(shop, 'list', { select: ['state:modified'] });
    expect(without.diagnostics).toMatchObject([{ code: 'selection-state-missing' }]);
    const results = await sluice(shop, 'list', { select: ['result:error'], state: 'state' });
    expect(results.diagnostics).toMatchObject([{ code: 'state-artifact-missing' }]);
    const target = await sluice(shop, 'list', { select: ['state:new'], state: 'target' });
    expect(target.warnings).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ event: 'WarnStateTargetEqual' })]),
    );
  });
});

test('result: selects by the status of the former run, with relatives', async () => {
  const shop = testProject({
    'models/good.sql': 'select 1 as id',
    'models/bad.sql': "select nothing from {{ ref('good') }}",
    'models/child.sql': "select * from {{ ref('bad') }}",
  });
  await sluice(shop, 'run');
  cpSync(shop.path('target/run_results.json'), shop.path('state/run_results.json'));
  const names = async (select: string) => {
    const { outcome } = await sluice(shop, 'list', { select: [select], state: 'state', output: 'name' });
    return (outcome as { readonly lines?: readonly string[] } | null)?.lines;
  };
  expect(await names('result:error')).toEqual(['bad']);
  expect(await names('result:success')).toEqual(['good']);
  expect(await names('result:error+')).toEqual(['bad', 'child']);
  expect(await names('result:skipped')).toEqual(['child']);
});

test('source_status:fresher selects sources with newer rows than the former look found', async () => {
  const shop = testProject(base);
  const sources = (rows: Readonly<Record<string, string | null>>) =>
    JSON.stringify({
      metadata: {},
      results: Object.entries(rows).map(([name, at]) => ({
        unique_id: `source.shop.raw.${name}`,
        ...(at === null ? { error: 'x' } : { max_loaded_at: at, status: 'pass' }),
      })),
    });
  shop.write({
    'state/sources.json': sources({ t: '2024-01-01T00:00:00Z', u: '2024-01-02T00:00:00Z' }),
    'target/sources.json': sources({ t: '2024-01-01T00:00:01Z', u: '2024-01-02T00:00:00Z' }),
  });
  const names = async () => {
    const options = { select: ['source_status:fresher+1'], state: 'state', output: 'name' } as const;
    return ((await sluice(shop, 'list', options)).outcome as { readonly lines?: readonly string[] } | null)
      ?.lines;
  };
  expect(await names()).toEqual(['env', 'raw.t']);
  shop.write({ 'target/sources.json': sources({ t: null, u: '2024-01-02T00:00:00Z' }) });
  expect(await names()).toEqual([]);
});
