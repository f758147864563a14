import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { type Files, mistakes, parse } from './rig.ts';

const projectFile = (models: string): string => `name: shop\nversion: "1.0"\nmodels:\n${models}`;

function configOf(manifest: Manifest, id = 'model.shop.a'): Readonly<Record<string, unknown>> {
  return manifest.nodes.get(id)!.config;
}

describe('configuration', () => {
  test('in a file wins over properties, which win over folders, which win over what is above them', () => {
    const files = {
      'dbt_project.yml': projectFile(
        '  +materialized: view\n  shop:\n    +alias: project\n    f:\n      +materialized: table\n      +alias: folder\n',
      ),
      'models/f/a.sql': "{{ config(materialized='incremental') }} select 1",
      'models/f/b.sql': 'select 1',
      'models/s.yml': 'models: [{name: a, config: {alias: yaml, materialized: view}}]',
    };
    const { manifest } = parse(files);
    expect(configOf(manifest)).toMatchObject({ materialized: 'incremental', alias: 'yaml' });
    expect(configOf(manifest, 'model.shop.b')).toMatchObject({ materialized: 'table', alias: 'folder' });
  });

  test('appends tags, merges meta, collects hooks and replaces the rest', () => {
    const { manifest } = parse({
      'dbt_project.yml': projectFile(
        '  +tags: [a]\n  +meta: {x: 1, y: 1}\n  +pre-hook: one\n  +persist_docs: {relation: true}\n',
      ),
      'models/a.sql':
        "{{ config(tags='b', meta={'y': 2}, pre_hook=['two', {'sql': 'three', 'transaction': false}]) }}",
      'models/s.yml': 'models: [{name: a, config: {tags: [c], persist_docs: {columns: true}}}]',
    });
    expect(configOf(manifest)).toMatchObject({
      tags: ['a', 'c', 'b'],
      meta: { x: 1, y: 2 },
      persist_docs: { columns: true },
      'pre-hook': [
        { sql: 'one', transaction: true, index: null },
        { sql: 'two', transaction: true, index: null },
        { sql: 'three', transaction: false, index: null },
      ],
    });
    expect(configOf(manifest)['persist_docs']).not.toHaveProperty('relation');
    expect(manifest.nodes.get('model.shop.a')?.tags).toEqual(['a', 'b', 'c']);
  });

  test.each(['  +pre-hook: one\n  +pre_hook: two\n', '  +pre_hook: two\n  +pre-hook: one\n'])(
    'takes of a hook that one place spells both ways the one with the underscore',
    (models) => {
      const { manifest } = parse({ 'dbt_project.yml': projectFile(models), 'models/a.sql': 'select 1' });
      expect(configOf(manifest)['pre-hook']).toEqual([{ sql: 'two', transaction: true, index: null }]);
    },
  );

  test('keeps of contract and docs the keys that are known', () => {
    const { manifest } = parse({
      'models/a.sql':
        "{{ config(contract={'enforce': true}, docs={'show': false, 'colour': 'red'}) }} select 1",
    });
    expect(configOf(manifest)).toMatchObject({ contract: { enforced: false, alias_types: true } });
    expect(Object.keys(configOf(manifest)['contract'] as object)).toEqual(['enforced', 'alias_types']);
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({
      docs: { show: false, node_color: null },
      unrendered_config: { contract: { enforce: true }, docs: { show: false, colour: 'red' } },
    });
    expect(configOf(manifest)['docs']).toEqual({ show: false, node_color: null });
  });

  test.each([
    ["contract={'enforced': 'true'}", 'contract.enforced'],
    ["contract={'alias_types': none}", 'contract.alias_types'],
    ["docs={'show': 'yes'}", 'docs.show'],
    ["docs={'node_color': 3}", 'docs.node_color'],
  ])('refuses %s', (config, key) => {
    const found = mistakes({ 'models/a.sql': `{{ config(${config}) }} select 1` });
    expect(found).toMatchObject([{ code: 'config-type', message: expect.stringContaining(`'${key}'`) }]);
  });

  test('takes null for nothing in keys that are known, and for a value in others', () => {
    const { manifest } = parse({
      'dbt_project.yml': projectFile('  +mine: 1\n  +alias: x\n'),
      'models/a.sql': '{{ config(mine=none, alias=none) }} select 1',
      'models/b.sql': 'select 1',
      'models/s.yml': 'models: [{name: b, config: {mine: null, alias: b}}]',
    });
    expect(configOf(manifest)).toMatchObject({ mine: null, alias: 'x' });
    expect(configOf(manifest, 'model.shop.b')).toMatchObject({ mine: null, alias: 'b' });
  });

  test('replaces grants of a privilege unless its name has a plus', () => {
    const { manifest } = parse({
      'dbt_project.yml': projectFile('  +grants: {select: [x], insert: [x]}\n'),
      'models/a.sql': "{{ config(grants={'+select': 'y', 'insert': ['z']}) }}",
    });
    expect(configOf(manifest)['grants']).toEqual({ select: ['x', 'y'], insert: ['z'] });
  });

  test('of a package gives way to that of the root project, even where a file says it', () => {
    const tools = { 'models/t.sql': "{{ config(materialized='view', tags=['in_file']) }}" };
    const root = { 'dbt_project.yml': projectFile('  tools:\n    +materialized: table\n    +tags: root\n') };
    const { manifest } = parse(root, { packages: { tools } });
    expect(configOf(manifest, 'model.tools.t')).toMatchObject({
      materialized: 'table',
      tags: ['in_file', 'root'],
    });
  });

  test('keeps unknown keys behind the known ones', () => {
    const { manifest } = parse({ 'models/a.sql': "{{ config(my_key={'a': [1]}) }}" });
    expect(Object.keys(configOf(manifest)).at(-1)).toBe('my_key');
    expect(configOf(manifest)['my_key']).toEqual({ a: [1] });
  });

  test('set to none in a file falls back to the default, while what the folder said stays visible', () => {
    const { manifest } = parse({
      'dbt_project.yml': projectFile('  +schema: folder\n'),
      'models/a.sql': '{{ config(schema=none) }}',
    });
    expect(configOf(manifest)['schema']).toBe('folder');
    expect(manifest.nodes.get('model.shop.a')?.schema).toBe('main');
  });

  test('of a wrong type is told at the node', () => {
    const found = mistakes({
      'models/a.sql': "{{ config(enabled='yes', materialized=3, on_schema_change=['x']) }}",
    });
    expect(found.map(({ message }) => message)).toEqual([
      "config 'enabled' must be true or false, not 'yes' (model 'a')",
      "config 'materialized' must be a text, not 3 (model 'a')",
      "config 'on_schema_change' must be a text, not a list (model 'a')",
    ]);
  });
});

describe('a disabled node', () => {
  test('stands apart, and can be enabled by its properties', () => {
    const files = {
      'dbt_project.yml': projectFile('  shop:\n    away:\n      +enabled: false\n'),
      'models/away/a.sql': 'select 1',
      'models/away/b.sql': 'select 1',
      'models/s.yml': 'models: [{name: b, config: {enabled: true}}]',
    };
    const { manifest } = parse(files);
    expect([...manifest.nodes.keys()]).toEqual(['model.shop.b']);
    expect([...manifest.disabled.keys()]).toEqual(['model.shop.a']);
  });

  test('can be disabled by its properties although they come after its text', () => {
    const { manifest } = parse({
      'models/a.sql': 'select 1',
      'models/s.yml': 'models: [{name: a, config: {enabled: false}}]',
    });
    expect(manifest.nodes.size).toBe(0);
    expect(manifest.disabled.get('model.shop.a')).toHaveLength(1);
  });
});

describe('paths of the project file', () => {
  test('that configure nothing are told', () => {
    const { manifest } = parse({
      'dbt_project.yml': projectFile(
        '  shop:\n    marts:\n      +tags: x\n    gone:\n      deep: {+tags: y}\n',
      ),
      'models/marts/a.sql': 'select 1',
    });
    expect(manifest.warnings).toMatchObject([{ event: 'UnusedResourceConfigPath' }]);
    expect(manifest.warnings[0]?.message).toMatch(/- models\.shop\.gone\.deep$/);
  });
});

describe('names of relations', () => {
  test('come from macros of the project', () => {
    const { manifest } = parse({
      'macros/names.sql': [
        '{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or "none" }}{% endmacro %}',
        '{% macro generate_alias_name(custom_alias_name=none, node=none) %}x_{{ node.name }}{% endmacro %}',
        '{% macro generate_database_name(custom_database_name=none, node=none) %} db {% endmacro %}',
      ].join('\n'),
      'models/a.sql': "{{ config(schema='own') }}",
    });
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({
      database: 'db',
      schema: 'own',
      alias: 'x_a',
      relation_name: '"db"."own"."x_a"',
    });
  });

  test('need the variables that their macros read', () => {
    const files = {
      'macros/names.sql':
        '{% macro generate_schema_name(name, node) %}{{ var("place") if name else "plain" }}{% endmacro %}',
      'models/a.sql': "{{ config(schema='own') }}",
    };
    expect(mistakes(files)).toMatchObject([{ code: 'var-missing' }]);
    expect(parse(files, { vars: { place: 'there' } }).manifest.nodes.get('model.shop.a')).toMatchObject({
      schema: 'there',
    });
  });

  test('come from what our macros dispatch to, which a project overrides and a package does not', () => {
    const own = (schema: string) => ({
      'macros/names.sql': `{% macro default__generate_schema_name(name, node) %}${schema}_{{ name }}{% endmacro %}`,
      'models/a.sql': "{{ config(schema='own') }}",
    });
    const { manifest } = parse(own('mine'), {
      packages: {
        tools: { ...own('theirs'), 'models/a.sql': '', 'models/t.sql': "{{ config(schema='x') }}" },
      },
    });
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({ schema: 'mine_own' });
    expect(manifest.nodes.get('model.tools.t')).toMatchObject({ schema: 'mine_x' });
  });

  test('join the target schema and the custom one', () => {
    const { manifest } = parse({ 'models/a.sql': "{{ config(schema=' own ', alias='b') }}" });
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({ schema: 'main_own', alias: 'b' });
  });

  test('are quoted as the project says', () => {
    const { manifest } = parse({
      'dbt_project.yml': 'name: shop\nversion: "1.0"\nquoting: {database: false, identifier: false}\n',
      'models/a.sql': 'select 1',
    });
    expect(manifest.nodes.get('model.shop.a')?.relation_name).toMatch(/^\w+\."main"\.a$/);
  });
});

describe('a value of the wrong type is told where it is written', () => {
  const seen = (files: Files) =>
    mistakes(files).map(({ message, span }) => {
      const { file, text, start, end } = span!;
      return `${file} ${text.slice(start, end)}: ${message}`;
    });
  const sql = { 'models/a.sql': 'select 1 as id', 'models/b.sql': 'select 1 as id' };

  test('in the project file, once for all nodes', () => {
    const projectFile =
      'name: shop\nmodels:\n  shop:\n    +enabled: perhaps\n    tags: 3\n    +pre-hook: 4\n';
    expect(seen({ ...sql, 'dbt_project.yml': projectFile })).toEqual([
      "dbt_project.yml 4: config 'pre-hook' must be a text, or a mapping with sql, not 4",
      "dbt_project.yml perhaps: config 'enabled' must be true or false, not 'perhaps'",
      "dbt_project.yml 3: config 'tags' must be a text or a list of texts, not 3",
    ]);
  });

  test('in the properties, of a test too', () => {
    const yaml = `models:
  - name: a
    config: {materialized: 4, tags: [[5]]}
    columns: [{name: id, data_tests: [{unique: {config: {limit: x}}}]}]
`;
    expect(seen({ ...sql, 'models/s.yml': yaml })).toEqual([
      "models/s.yml [[5]]: config 'tags' must be a text or a list of texts, not a list (model 'a')",
      "models/s.yml 4: config 'materialized' must be a text, not 4 (model 'a')",
      "models/s.yml limit: config 'limit' must be a whole number, not 'x' (test 'unique_a_id')",
    ]);
  });

  test('in the call of config', () => {
    const text = "-- alias = that\n{{ config(materialized='table',\n  alias=3) }} select 1 as id";
    expect(seen({ 'models/a.sql': text })).toEqual([
      "models/a.sql alias: config 'alias' must be a text, not 3 (model 'a')",
    ]);
    const [first] = mistakes({ 'models/a.sql': text });
    expect(first?.span?.start).toBe(text.lastIndexOf('alias'));
  });

  test('of a source, in its table or at the source', () => {
    const yaml = `sources:
  - name: raw
    config: {enabled: x}
    tables: [{name: t}, {name: u, config: {enabled: y}}]
`;
    expect(seen({ 'models/s.yml': yaml })).toEqual([
      "models/s.yml x: config 'enabled' must be true or false, not 'x' (table 't' of source 'raw')",
      "models/s.yml y: config 'enabled' must be true or false, not 'y' (table 'u' of source 'raw')",
    ]);
  });
});

describe('unrendered configuration', () => {
  const files = {
    'dbt_project.yml': projectFile("  +materialized: \"{{ var('m', 'table') }}\"\n"),
    'macros/m.sql': "{% test mine(model) %}{{ config(severity='warn') }} select 1{% endtest %}",
    'models/a.sql': "{{ config(tags=['x'], alias=var('al', 'aa')) }} select 1 {{ config(schema='second') }}",
    'models/b.sql': "{{ config(tags='static') }} select 1",
    'models/s.yml': `
models:
  - name: a
    config: {tags: ["{{ var('t', 'yaml') }}", plain], meta: {k: "{{ var('k', 1) }}"}}
    data_tests: [{mine: {config: {limit: 5}}}]
`,
  };
  const unrendered = (flags: Readonly<Record<string, boolean>>) => {
    const { manifest } = parse(files, { flags });
    return Object.fromEntries(
      [...manifest.nodes.values()].map((node) => [node.name, node.unrendered_config]),
    );
  };

  test('is rendered but for project files, as dbt has it by default', () => {
    expect(unrendered({})).toEqual({
      a: {
        materialized: "{{ var('m', 'table') }}",
        tags: ['x'],
        meta: { k: 1 },
        alias: 'aa',
        schema: 'second',
      },
      b: { materialized: "{{ var('m', 'table') }}", tags: 'static' },
      mine_a_: { limit: 5, severity: 'warn' },
    });
  });

  // Printed by dbt for the same files.
  test('is what is written under the flag, the first config() of a text as its syntax tree', () => {
    expect(unrendered({ state_modified_compare_more_unrendered_values: true })).toEqual({
      a: {
        materialized: "{{ var('m', 'table') }}",
        tags: "Keyword(key='tags', value=List(items=[Const(value='x')]))",
        meta: { k: "{{ var('k', 1) }}" },
        alias:
          "Keyword(key='alias', value=Call(node=Name(name='var', ctx='load'), args=[Const(value='al'), Const(value='aa')], kwargs=[], dyn_args=None, dyn_kwargs=None))",
      },
      b: { materialized: "{{ var('m', 'table') }}", tags: 'static' },
      mine_a_: { limit: "Keyword(key='limit', value=Const(value=5))" },
    });
  });

  // dbt's static reader of models knows no escapes and no literals of several pieces; rendering does.
  test('keeps escapes of a model that dbt does not render, in the configuration too', () => {
    const { manifest } = parse({
      'models/a.sql': "{{ config(my='a\\nb', other=['c\\'d']) }} select 1",
      'models/b.sql': "{{ config(my='a\\nb', other='x' 'y') }} select 1",
      'models/c.sql': "{{ config(my='''a''', tags='x') }} select 1",
      'tests/t.sql': "{{ config(my='a\\nb') }} select 1",
    });
    expect(configOf(manifest)).toMatchObject({ my: 'a\\nb', other: ["c\\'d"] });
    expect(configOf(manifest, 'model.shop.b')).toMatchObject({ my: 'a\nb', other: 'xy' });
    expect(manifest.nodes.get('model.shop.c')?.unrendered_config).toEqual({ my: 'a', tags: 'x' });
    expect(configOf(manifest, 'test.shop.t')).toMatchObject({ my: 'a\nb' });
  });

  test('of a text that is no model is never made a list', () => {
    const { manifest } = parse({ 'analyses/one.sql': "{{ config(alias='z', tags='a') }} select 1" });
    expect(manifest.nodes.get('analysis.shop.one')?.unrendered_config).toEqual({ alias: 'z', tags: 'a' });
  });
});

test("a version's lists stand before those of its model", () => {
  const yaml = 'models: [{name: a, config: {tags: [shared]}, versions: [{v: 1, config: {tags: [own]}}]}]';
  const { manifest } = parse({ 'models/a.sql': 'select 1', 'models/s.yml': yaml });
  expect(configOf(manifest, 'model.shop.a.v1')['tags']).toEqual(['own', 'shared']);
});
