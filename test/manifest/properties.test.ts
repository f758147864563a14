import { describe, expect, test } from 'vitest';
import { mistakes, parse } from './rig.ts';

const model = { 'models/a.sql': 'select 1 as id' };

describe('a properties file', () => {
  test('needs no version', () => {
    const { manifest } = parse({ ...model, 'models/s.yml': 'models: [{name: a, description: Described}]' });
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({ description: 'Described' });
  });

  test('has no say in doc_blocks', () => {
    const { manifest } = parse({
      ...model,
      'models/s.yml': 'models: [{name: a, doc_blocks: 2, columns: [{name: id, doc_blocks: [x, 2]}]}]',
    });
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({
      doc_blocks: [],
      columns: { id: { doc_blocks: [] } },
    });
  });

  test('that describes nothing known is worth a warning, with the nearest name', () => {
    const { manifest } = parse({
      'models/orders.sql': 'select 1',
      'models/s.yml': 'models: [{name: order}]',
    });
    expect(manifest.warnings).toMatchObject([
      { event: 'NoNodeForYamlKey', hint: "did you mean 'orders'?", span: { file: 'models/s.yml' } },
    ]);
  });

  test('that describes a node again is an error', () => {
    const found = mistakes({
      ...model,
      'models/s.yml': 'models: [{name: a}]',
      'models/t.yml': 'models: [{name: a}]',
    });
    expect(found).toMatchObject([{ code: 'duplicate-properties', span: { file: 'models/t.yml' } }]);
    expect(found[0]?.message).toContain('models/s.yml');
  });

  test('with a mistyped key gets a warning with the right one', () => {
    const yaml = 'models: [{name: a, descripton: x}]\nmodles: []\n';
    const told = parse({ ...model, 'models/s.yml': yaml }).manifest.warnings;
    expect(told.map(({ code, hint }) => [code, hint])).toEqual([
      ['unknown-section', "did you mean 'models'?"],
      ['unknown-key', "did you mean 'description'?"],
    ]);
  });

  test('with values of a wrong type is an error at each of them', () => {
    const yaml = 'models:\n  - name: a\n    description: 3\n    columns: {id: x}\n  - 5\n';
    const found = mistakes({ ...model, 'models/s.yml': yaml });
    expect(found.map(({ message, span }) => [message, span?.text.slice(span.start, span.end)])).toEqual([
      ["'item 2' of 'models' must be a mapping, not 5", '5'],
      ["'description' of model 'a' must be a text, not 3", '3'],
      ["'columns' of model 'a' must be a list, not a mapping", '{id: x}'],
    ]);
  });

  test.each([
    ['exposures', '{name: e, type: ml, owner: {name: x}, oops: 1}'],
    ['groups', '{name: g, owner: {name: x}, oops: 1}'],
    ['sources', '{name: r, oops: 1}'],
    ['unit_tests', '{name: t, model: a, given: [], expect: {rows: []}, oops: 1}'],
    ['saved_queries', '{name: q, query_params: {metrics: []}, oops: 1}'],
  ])('refuses a key in %s that dbt does not know', (section, entry) => {
    const found = mistakes({ ...model, 'models/s.yml': `${section}: [${entry}]` });
    expect(found).toMatchObject([{ code: 'key-not-allowed', family: 'Parsing Error' }]);
    expect(found[0]?.span?.text.slice(found[0].span.start, found[0].span.end)).toBe('oops');
  });

  test('with an entry of data_tests that describes nothing says so, and reads no further in that section', () => {
    const { manifest } = parse({
      ...model,
      'tests/early.sql': 'select 1 where false',
      'tests/late.sql': 'select 1 where false',
      'tests/s.yml':
        'data_tests:\n  - {name: early, description: read, nam: x}\n  - {description: of what?}\n  - {name: late, description: unread}\nanalyses: [{name: gone}]\n',
    });
    const described = (name: string) => manifest.nodes.get(`test.shop.${name}`)?.description;
    expect([described('early'), described('late')]).toEqual(['read', '']);
    expect(manifest.warnings.map(({ code, event, span }) => [code, event, span?.file])).toEqual([
      ['unknown-key', 'CustomKeyInObjectDeprecation', 'tests/s.yml'],
      ['data-tests-cut-short', 'Note', 'tests/s.yml'],
      ['properties-without-node', 'NoNodeForYamlKey', 'tests/s.yml'],
    ]);
  });

  test('leaves the descriptions of what is disabled as they are written', () => {
    const { manifest } = parse({
      'models/a.sql': '{{ config(enabled=false) }} select 1',
      'models/s.yml': 'models: [{name: a, description: "{{ doc(\'nowhere\') }}"}]',
    });
    const [node] = manifest.disabled.get('model.shop.a')!;
    expect(node).toMatchObject({ description: "{{ doc('nowhere') }}", doc_blocks: [] });
  });

  test('cannot name a latest version where a model has none', () => {
    const found = mistakes({ ...model, 'models/s.yml': 'models: [{name: a, latest_version: 1}]' });
    expect(found.map(({ code }) => code)).toEqual(['property-value']);
  });

  test('with an exposure whose name is no identifier gets the deprecation of dbt', () => {
    const yaml = 'exposures: [{name: two words, type: ml, owner: {name: x}}]';
    const told = parse({ ...model, 'models/s.yml': yaml }).manifest.warnings;
    expect(told).toMatchObject([{ event: 'ExposureNameDeprecation' }]);
  });
});

describe('a description', () => {
  test('holds the docs blocks it names', () => {
    const { manifest } = parse({
      ...model,
      'models/d.md': '{% docs one %}First{% enddocs %}{% docs two %}Second{% enddocs %}',
      'models/s.yml': `models:\n  - name: a\n    description: "{{ doc('one') }} and {{ doc('two') }}"\n`,
    });
    const expected = { description: 'First and Second', doc_blocks: ['doc.shop.one', 'doc.shop.two'] };
    expect(manifest.nodes.get('model.shop.a')).toMatchObject(expected);
  });

  test('that names a docs block which does not exist is an error', () => {
    const yaml = `models:\n  - name: a\n    description: "{{ doc('orders') }}"\n`;
    const files = { ...model, 'models/d.md': '{% docs order %}x{% enddocs %}', 'models/s.yml': yaml };
    expect(mistakes(files)).toMatchObject([{ code: 'doc-not-found', hint: "did you mean 'order'?" }]);
  });

  test('finds docs blocks of the root project, then of its own package', () => {
    const tools = {
      'models/t.sql': 'select 1',
      'models/t.yml': `models:\n  - name: t\n    description: "{{ doc('shared') }} {{ doc('own') }}"\n`,
      'models/d.md': '{% docs shared %}tools{% enddocs %}{% docs own %}mine{% enddocs %}',
    };
    const files = { ...model, 'models/d.md': '{% docs shared %}root{% enddocs %}' };
    const { manifest } = parse(files, { packages: { tools } });
    expect(manifest.nodes.get('model.tools.t')?.description).toBe('root mine');
  });
});

test('of several names with a space the first is told by itself, and then all of them', () => {
  const { manifest } = parse(
    { 'models/a b.sql': 'select 1', 'models/c d.sql': 'select 1' },
    { flags: { require_resource_names_without_spaces: false } },
  );
  expect(manifest.warnings.map(({ code, message }) => [code, message])).toEqual([
    ['name-with-space', 'the name of model.shop.a b contains a space'],
    ['name-with-spaces', 'names of resources cannot contain spaces: model.shop.a b, model.shop.c d'],
  ]);
});

test('two docs blocks of one name in a package are an error', () => {
  const text = '{% docs one %}x{% enddocs %}';
  expect(mistakes({ 'models/a.md': text, 'models/b.md': text })).toMatchObject([{ code: 'duplicate-docs' }]);
});

test('values are templates that see variables and the target', () => {
  const yaml = `sources:\n  - name: raw\n    schema: "{{ target.schema }}_{{ var('suffix') }}"\n    tables: [{name: t}]\n`;
  const { manifest } = parse({ 'models/s.yml': yaml }, { vars: { suffix: 'raw' } });
  const source = manifest.sources.get('source.shop.raw.t');
  expect(source).toMatchObject({
    schema: 'main_raw',
    unrendered_schema: "{{ target.schema }}_{{ var('suffix') }}",
  });
});

test('values lose one newline at their end, as every template does; descriptions and nested test configs keep it', () => {
  const { manifest } = parse({
    'models/a.sql': 'select 1',
    'macros/m.sql': "{% test named(model, text) %}{{ config(alias=text ~ '|') }}{% endtest %}",
    'models/s.yml': `
models:
  - name: a
    description: |
      stays
    meta: {text: "one\\n", list: ["two\\n\\n"]}
    data_tests:
      - named:
          arguments: {text: "x\\n"}
          config: {where: "id > 0\\n", meta: {text: "y\\n"}}
sources:
  - {name: raw, tables: [{name: t, identifier: "i\\n"}]}
`,
    'selectors.yml': 'selectors:\n  - name: s\n    description: |\n      d\n    definition: "tag:x"\n',
  });
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({
    description: 'stays\n',
    meta: { text: 'one', list: ['two\n'] },
  });
  expect(manifest.sources.get('source.shop.raw.t')).toMatchObject({ identifier: 'i' });
  expect(manifest.selectors.get('s')).toMatchObject({ description: 'd' });
  const [named] = [...manifest.nodes.values()].filter(({ resource_type: type }) => type === 'test');
  expect(named).toMatchObject({
    alias: 'x|',
    config: { where: 'id > 0', meta: { text: 'y\n' } },
    test_metadata: { kwargs: { text: 'x\n' } },
  });
});

test('an enforced contract needs columns and a fitting on_schema_change', () => {
  const found = mistakes({
    'models/a.sql': "{{ config(contract={'enforced': true}, materialized='incremental') }} select 1",
    'models/b.sql': "{{ config(contract={'enforced': true}) }} select 1",
    'models/s.yml': 'models: [{name: b}]',
  });
  expect(found.map(({ code }) => code)).toEqual(['property-value', 'config-value']);
});

test('the contract checksum is that of dbt', () => {
  const { manifest } = parse({
    'models/a.sql': "{{ config(materialized='table', contract={'enforced': true}) }} select 1 as id",
    'models/s.yml':
      'models:\n  - name: a\n    columns:\n      - name: id\n        data_type: int\n        constraints: [{type: not_null}]\n',
  });
  // dbt-core 1.11.16 for the same model.
  const checksum = '3e1618b3bf71f9b2f1c1ce987203cbaaf4a9cd275f139b108bbe6745bc135b95';
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({ contract: { enforced: true, checksum } });
});

test('the key of a model is inferred from its tests and constraints', () => {
  const yaml = [
    'models:',
    '  - name: a',
    '    columns:',
    '      - {name: id, tests: [unique, not_null]}',
    '      - {name: code, tests: [unique]}',
    '  - name: b',
    '    columns:',
    '      - {name: y, tests: [unique]}',
    '      - {name: x, tests: [unique]}',
  ].join('\n');
  const { manifest } = parse({ ...model, 'models/b.sql': 'select 1', 'models/s.yml': yaml });
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({ primary_key: ['id'] });
  expect(manifest.nodes.get('model.shop.b')).toMatchObject({ primary_key: ['x', 'y'] });
});

test('a colour of a node is a name that pages know or a hexadecimal code, wherever it is written', () => {
  const colours = (colour: string) =>
    [
      { 'models/a.sql': `{{ config(docs={'node_color': '${colour}'}) }} select 1` },
      { 'models/a.sql': 'select 1', 'models/s.yml': `models: [{name: a, docs: {node_color: '${colour}'}}]` },
      {
        'models/a.sql': 'select 1',
        'models/s.yml': `models: [{name: a, config: {docs: {node_color: '${colour}'}}}]`,
      },
    ].map((files) => mistakes(files).map(({ code }) => code));
  for (const good of ['Teal', '#F80', '#ff8800', '']) expect(colours(good), good).toEqual([[], [], []]);
  for (const bad of ['tealish', '#ff88', 'ff8800'])
    expect(colours(bad), bad).toEqual(Array(3).fill(['config-value']));
});

test("a project has the overview of dbt's own package, and its own one stands before it", () => {
  const own = { 'models/d.md': '{% docs __overview__ %}Ours{% enddocs %}' };
  const described = {
    'models/a.sql': 'select 1',
    'models/s.yml': 'models: [{name: a, description: "{{ doc(\'__overview__\') }}"}]',
  };
  const builtIn = parse(described).manifest;
  const text = builtIn.docs.get('doc.dbt.__overview__')!.block_contents;
  expect(builtIn.docs.get('doc.dbt.__overview__')).toMatchObject({
    path: 'overview.md',
    original_file_path: 'docs/overview.md',
  });
  expect(builtIn.nodes.get('model.shop.a')!.description).toBe(text);
  expect(parse({ ...described, ...own }).manifest.nodes.get('model.shop.a')!.description).toBe('Ours');
});
