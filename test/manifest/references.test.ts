import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/core/diagnostic.ts';
import { findNode, parentsOf } from '../../src/manifest/manifest.ts';
import { mistakes, parse, warnings } from './rig.ts';

const codes = (...args: Parameters<typeof mistakes>): readonly string[] =>
  mistakes(...args).map(({ code }) => code);

describe('a reference to a node', () => {
  test('that does not exist is shown where it stands, with the nearest name', () => {
    const found = mistakes({
      'models/orders.sql': "select *\nfrom {{ ref('stg_order') }}",
      'models/stg_orders.sql': 'select 1',
    });
    expect(found.map(formatDiagnostic)).toEqual([
      [
        "error[ref-not-found] Model 'orders' (models/orders.sql) depends on a node named 'stg_order' which was not found",
        '  models/orders.sql:2:9',
        '  1 | select *',
        "  2 | from {{ ref('stg_order') }}",
        '    |         ^^^^^^^^^^^^^^^^',
        "  hint: did you mean 'stg_orders'?",
      ].join('\n'),
    ]);
  });

  test('that is disabled says so', () => {
    const files = { 'models/a.sql': "{{ ref('b') }}", 'models/b.sql': '{{ config(enabled=false) }}' };
    expect(codes(files)).toEqual(['ref-disabled']);
  });

  test('that several packages have asks for the package', () => {
    const packages = { one: { 'models/both.sql': 'select 1' }, two: { 'models/both.sql': 'select 1' } };
    expect(codes({ 'models/a.sql': "{{ ref('both') }}" }, { packages })).toContain('ref-ambiguous');
  });

  test('of a package is looked for in the root project first, or in the package where a flag says so', () => {
    const tools = {
      'models/a.sql': "select * from {{ ref('b') }}",
      'models/b.sql': "{{ config(alias='tools_b') }}",
    };
    const parents = (flags: Readonly<Record<string, boolean>>): readonly string[] => {
      const { manifest } = parse({ 'models/b.sql': 'select 1' }, { packages: { tools }, flags });
      return parentsOf(findNode(manifest, 'model.tools.a')!);
    };
    expect(parents({})).toEqual(['model.shop.b']);
    expect(parents({ require_ref_searches_node_package_before_root: true })).toEqual(['model.tools.b']);
  });

  test('of a private model is refused outside its group', () => {
    const files = {
      'models/a.sql': "{{ config(group='g', access='private') }} select 1",
      'models/b.sql': "select * from {{ ref('a') }}",
      'models/g.yml': 'groups:\n  - name: g\n    owner: {name: x}\n',
    };
    expect(codes(files)).toEqual(['ref-private']);
  });
});

test('sources stand before refs among the parents, each once', () => {
  const { manifest } = parse({
    'models/a.sql': 'select 1',
    'models/b.sql': "{{ ref('a') }} {{ source('raw', 't') }} {{ ref('a') }} {{ ref('shop', 'a') }}",
    'models/s.yml': 'sources: [{name: raw, tables: [{name: t}]}]',
  });
  const node = manifest.nodes.get('model.shop.b');
  expect(node).toMatchObject({ depends_on: { nodes: ['source.shop.raw.t', 'model.shop.a'] } });
});

test('a source that does not exist is told with the nearest name', () => {
  const found = mistakes({
    'models/a.sql': "select * from {{ source('raw', 'order') }}",
    'models/s.yml': 'sources: [{name: raw, tables: [{name: orders}]}]',
  });
  expect(found).toMatchObject([{ code: 'source-not-found', hint: "did you mean 'raw.orders'?" }]);
});

test('a test of a model that does not exist is left out with a warning', () => {
  const told = warnings({
    'models/s.yml': 'models:\n  - name: gone\n    columns: [{name: id, tests: [unique]}]\n',
  });
  expect(told.map((one) => one.split(':')[0])).toEqual(['properties-without-node', 'test-without-target']);
});

test('two files of one name show both paths', () => {
  const [found] = mistakes({ 'models/a/x.sql': 'select 1', 'models/b/x.sql': 'select 2' });
  expect(found).toMatchObject({ code: 'duplicate-name' });
  expect(found?.message).toContain('models/a/x.sql and models/b/x.sql');
});

test.each([
  ['a model', { 'models/x.sql': 'select 1' }],
  ['a seed', { 'seeds/x.csv': 'id\n1\n' }],
])('a model with versions and %s of its name without one are an error that shows both', (_, other) => {
  const versions = 'models: [{name: x, latest_version: 1, versions: [{v: 1}, {v: 2}]}]';
  const model = { 'models/x_v1.sql': 'select 1', 'models/x_v2.sql': 'select 2', 'models/s.yml': versions };
  const [path] = Object.keys(other);
  expect(mistakes({ ...model, ...other })).toMatchObject([
    {
      code: 'versioned-and-unversioned',
      span: { file: path },
      related: [{ span: { file: expect.stringMatching(/models.x_v[12]\.sql/) } }],
    },
  ]);
  expect(mistakes(model)).toEqual([]);
});

test('two nodes that would be one relation are an error', () => {
  const files = {
    'models/x.sql': "{{ config(alias='same') }}",
    'models/y.sql': "{{ config(alias='same') }}",
  };
  expect(codes(files)).toEqual(['ambiguous-alias']);
});

test('two nodes whose relations only dbt tells apart are worth a warning', () => {
  const files = {
    'models/x.sql': "{{ config(alias='same') }}",
    'models/y.sql': "{{ config(alias='SAME') }}",
  };
  expect(warnings(files)).toEqual([expect.stringMatching(/^same-relation: .*models\/x.sql.*models\/y.sql/)]);
});

test('a keyword of ref that it does not have is passed over, as in dbt', () => {
  const files = { 'models/a.sql': 'select 1', 'models/b.sql': "select * from {{ ref('a', vv=1) }}" };
  expect(codes(files)).toEqual([]);
});

test('a variable that is not set is None while nodes are parsed, and an error in a YAML value', () => {
  const { manifest } = parse({
    'models/a.sql':
      "{{ config(alias='a_' ~ var('nowhere')) }} select {{ var('nowhere') + 1 if execute else 1 }}",
  });
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({ alias: 'a_None' });
  const yaml = 'models: [{name: a, config: {alias: "{{ var(\'nowhere\') }}"}}]';
  expect(codes({ 'models/a.sql': 'select 1', 'models/s.yml': yaml })).toEqual(['var-missing']);
});

test('a relation is a mapping and no sequence, and the graph is empty while nodes are parsed', () => {
  const { manifest } = parse({
    'models/a.sql': `{{ config(meta={
      'relation': [this is mapping, this is sequence, this is string],
      'graph': [graph is mapping, graph | length, graph.get('nodes', {}) | length, graph.nodes is defined]}) }}`,
  });
  expect(manifest.nodes.get('model.shop.a')?.config['meta']).toEqual({
    relation: [true, false, false],
    graph: [true, 0, 0, false],
  });
});

test('the default of an environment variable keeps its type, and None is no default', () => {
  const { manifest } = parse({
    'models/a.sql':
      "{{ config(alias='on' if env_var('NOT_SET', false) else 'off', meta={'n': env_var('NOT_SET', 1)}) }}",
  });
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({ alias: 'off', meta: { n: 1 } });
  expect(codes({ 'models/a.sql': "{{ env_var('NOT_SET', none) }}" })).toEqual(['env-var-missing']);
});

test('every mistake of a project is told at once', () => {
  const found = codes({
    'models/a.sql': 'select {{ 1 + }}',
    'models/b.sql': "{{ ref('nope') }}",
    'models/c.sql': "{{ env_var('NOT_SET') }}",
    'models/s.yml': 'models:\n  - name: b\n    description: 3\n',
    'macros/m.sql': '{% macro m( %}{% endmacro %}',
  });
  expect(found).toEqual([
    'template-syntax',
    'template-syntax',
    'env-var-missing',
    'property-type',
    'ref-not-found',
  ]);
});
