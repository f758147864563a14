import { expect, test } from 'vitest';
import type { TestNode } from '../../src/manifest/node.ts';
import { mistakes, parse, type RigOptions } from './rig.ts';

function testsOf(yaml: string, options: RigOptions = {}, macros = ''): readonly TestNode[] {
  const files = { 'models/a.sql': 'select 1', 'models/s.yml': yaml, 'macros/m.sql': macros };
  const { manifest } = parse(files, options);
  return [...manifest.nodes.values()].filter((node): node is TestNode => node.resource_type === 'test');
}

const onColumn = (item: string): string =>
  `models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - ${item}\n`;

test('the same test is written as a name, a mapping, and a mapping with test_name', () => {
  const [plain] = testsOf(onColumn('unique'));
  const [mapping] = testsOf(onColumn('unique: {}'));
  const [named] = testsOf(onColumn('{test_name: unique}'));
  expect(plain?.unique_id).toMatch(/^test\.shop\.unique_a_id\.[0-9a-f]{10}$/);
  expect(mapping?.unique_id).toBe(plain?.unique_id);
  expect(named?.unique_id).toBe(plain?.unique_id);
});

test('arguments under arguments: are those at the top level, which are deprecated', () => {
  const nested = parse({
    'models/a.sql': 'select 1',
    'models/s.yml': onColumn('accepted_values: {arguments: {values: [1]}}'),
  });
  const flat = parse({
    'models/a.sql': 'select 1',
    'models/s.yml': onColumn('accepted_values: {values: [1]}'),
  });
  expect([...flat.manifest.nodes.keys()]).not.toEqual([]);
  expect(flat.manifest.warnings.map(({ event }) => event)).toEqual([
    'MissingArgumentsPropertyInGenericTestDeprecation',
  ]);
  expect(nested.manifest.warnings).toEqual([]);
  const kwargs = (parsed: typeof nested) =>
    [...parsed.manifest.nodes.values()].map((node) => (node as TestNode).test_metadata?.kwargs).at(-1);
  expect(kwargs(nested)).toEqual(kwargs(flat));
});

test('configuration may stand in config, or beside it with a deprecation', () => {
  const [inside] = testsOf(onColumn('unique: {config: {severity: warn, where: "x > 1", limit: 3}}'));
  expect(inside?.config).toMatchObject({ severity: 'warn', where: 'x > 1', limit: 3 });
  expect(inside?.raw_code).toBe(
    '{{ test_unique(**_dbt_generic_test_kwargs) }}{{ config(severity="warn",where="x > 1",limit=3) }}',
  );
  const beside = parse({ 'models/a.sql': 'select 1', 'models/s.yml': onColumn('unique: {severity: warn}') });
  expect(beside.manifest.warnings.map(({ event }) => event)).toEqual(['PropertyMovedToConfigDeprecation']);
});

test('what is false beside a config is passed over, and kept where there is none', () => {
  const values = 'store_failures: false, tags: [], limit: 0';
  const [beside] = testsOf(onColumn(`unique: {${values}, config: {limit: 2}}`));
  expect(beside?.raw_code).toBe('{{ test_unique(**_dbt_generic_test_kwargs) }}{{ config(limit=2) }}');
  const [alone] = testsOf(onColumn(`unique: {${values}}`));
  expect(alone?.raw_code).toBe(
    '{{ test_unique(**_dbt_generic_test_kwargs) }}{{ config(tags=[],limit=0,store_failures=False) }}',
  );
});

test('configuration is rendered, arguments are kept for the run', () => {
  const item =
    'accepted_values: {arguments: {values: "{{ var(\'v\') }}"}, config: {severity: "{{ var(\'s\') }}"}}';
  const [node] = testsOf(onColumn(item), { vars: { v: ['x'], s: 'warn' } });
  expect(node?.config['severity']).toBe('warn');
  expect(node?.test_metadata?.kwargs['values']).toBe("{{ var('v') }}");
});

test('a test of the project hides the built-in one of its name', () => {
  const macro =
    '{% test unique(model, column_name) %} select * from {{ model }} join {{ ref("a") }} {% endtest %}';
  const [node] = testsOf(onColumn('unique'), {}, macro);
  expect(node?.depends_on.macros[0]).toBe('macro.shop.test_unique');
  expect(node?.refs).toHaveLength(2);
});

test('a ref in an argument is a parent, before the tested node', () => {
  const yaml = onColumn('relationships: {arguments: {to: ref("b"), field: id}}');
  const { manifest } = parse({
    'models/a.sql': 'select 1',
    'models/b.sql': 'select 1',
    'models/s.yml': yaml,
  });
  const node = [...manifest.nodes.values()].at(-1) as TestNode;
  expect(node.depends_on.nodes).toEqual(['model.shop.b', 'model.shop.a']);
  expect(node.attached_node).toBe('model.shop.a');
});

test('the version of the tested model is a text where dbt renders the test, as it stands in the call', () => {
  const { manifest } = parse({
    'models/a_v1.sql': 'select 1 as id',
    'macros/m.sql': '{% test own(model, column_name) %} select * from {{ model }} {% endtest %}',
    'models/s.yml': `models:
  - name: a
    versions: [{v: 1}]
    columns: [{name: id, data_tests: [unique, own, {accepted_values: {arguments: {values: [1]}}}]}]
`,
  });
  const tests = [...manifest.nodes.values()].filter(
    (node): node is TestNode => node.resource_type === 'test',
  );
  expect(tests.map(({ refs }) => refs.map(({ version }) => version))).toEqual([[1], ['1'], ['1']]);
  expect(tests.map(({ attached_node }) => attached_node)).toEqual(Array(3).fill('model.shop.a.v1'));
});

test('a name of its own replaces the made one, and a long name is shortened in the alias only', () => {
  const [named] = testsOf(onColumn('unique: {name: my_test}'));
  expect(named).toMatchObject({ name: 'my_test', alias: 'my_test', path: 'my_test.sql' });
  const long = 'x'.repeat(80);
  const [node] = testsOf(onColumn(`accepted_values: {arguments: {values: [${long}]}}`));
  expect(node?.name).toBe(`accepted_values_a_id__${long}`);
  expect(node?.alias).toMatch(/^accepted_values_a_[0-9a-f]{32}$/);
});

test('a test that exists nowhere is worth a warning with the nearest name', () => {
  const { manifest } = parse({ 'models/a.sql': 'select 1', 'models/s.yml': onColumn('uniqe') });
  expect(manifest.warnings).toMatchObject([{ code: 'test-macro-missing', hint: "did you mean 'unique'?" }]);
});

test('definitions that make no sense are told one by one', () => {
  const items = [
    '5',
    '{a: 1, b: 2}',
    'accepted_values: [1]',
    'unique: {model: x}',
    'unique: {where: a, config: {where: b}}',
  ];
  const yaml = `models:\n  - name: a\n    data_tests:\n${items.map((item) => `      - ${item}\n`).join('')}`;
  const found = mistakes({ 'models/a.sql': 'select 1', 'models/s.yml': yaml });
  expect(found.map(({ code }) => code)).toEqual(Array(5).fill('test-definition'));
});

test('the same test twice shows both places', () => {
  const yaml = 'models:\n  - name: a\n    columns:\n      - name: id\n        tests: [unique, unique]\n';
  const found = mistakes({ 'models/a.sql': 'select 1', 'models/s.yml': yaml });
  expect(found).toMatchObject([{ code: 'duplicate-test', related: [{ span: { file: 'models/s.yml' } }] }]);
});
