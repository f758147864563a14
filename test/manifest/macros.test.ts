import { describe, expect, test } from 'vitest';
import { mistakes, parse, warnings } from './rig.ts';

test('macros, tests and materializations get the names that they are called by', () => {
  const text = [
    '{% macro one(x) %}{{ x }}{% endmacro %}',
    '{% test two(model) %}select 1{% endtest %}',
    "{% materialization three, adapter='duckdb' %}{% endmaterialization %}",
    "{% materialization four, default, supported_languages=['sql', 'python'] %}{% endmaterialization %}",
  ].join('\n');
  const { manifest } = parse({ 'macros/m.sql': text });
  const own = [...manifest.macros.values()].filter((macro) => macro.package_name === 'shop');
  expect(own.map(({ name, supported_languages: languages }) => [name, languages])).toEqual([
    ['one', null],
    ['test_two', null],
    ['materialization_three_duckdb', ['sql']],
    ['materialization_four_default', ['sql', 'python']],
  ]);
});

test('a macro lists the macros that its text calls, dispatched ones included', () => {
  const { manifest } = parse(
    {
      'macros/m.sql': [
        "{% macro a() %}{{ b() }} {{ tools.c() }} {{ adapter.dispatch('d', 'tools')() }} {{ ref('x') }}{% endmacro %}",
        '{% macro b() %}{% endmacro %}',
      ].join('\n'),
    },
    {
      packages: {
        tools: {
          'macros/t.sql':
            '{% macro c() %}{% endmacro %}{% macro default__d() %}{% endmacro %}{% macro d() %}{% endmacro %}',
        },
      },
    },
  );
  expect(manifest.macros.get('macro.shop.a')?.depends_on.macros).toEqual([
    'macro.shop.b',
    'macro.tools.c',
    'macro.tools.d',
    'macro.tools.default__d',
  ]);
});

test('a generic test of a package may dispatch without a namespace while it is parsed; a model may not', () => {
  const tools = {
    'macros/t.sql':
      "{% test odd(model) %}{{ adapter.dispatch('odd_rows')(model) }}{% endtest %}" +
      '{% macro default__odd_rows(model) %}select 1 from {{ model }} where false{% endmacro %}',
  };
  const files = {
    'models/a.sql': 'select 1 as a',
    'models/a.yml': 'models: [{name: a, data_tests: [tools.odd]}]',
  };
  const { manifest } = parse(files, { packages: { tools } });
  const tests = [...manifest.nodes.values()].filter((node) => node.resource_type === 'test');
  expect(tests.map(({ name, depends_on }) => [name, depends_on.nodes])).toEqual([
    ['tools_odd_a_', ['model.shop.a']],
  ]);
  const calling = { 'models/b.sql': "{{ adapter.dispatch('odd_rows')('a') }}" };
  expect(mistakes(calling, { packages: { tools } }).map(({ code }) => code)).toEqual(['dispatch-not-found']);
});

test('a dispatch without a namespace, and any plain name, lists what some package has', () => {
  const { manifest } = parse(
    {
      'macros/m.sql': [
        "{% macro a() %}{{ adapter.dispatch('d')() }} {{ c() }}{% endmacro %}",
        '{% macro default__shared() %}{% endmacro %}',
      ].join('\n'),
    },
    {
      packages: {
        tools: {
          'macros/t.sql': [
            '{% macro c() %}{% endmacro %}{% macro default__d() %}{% endmacro %}',
            "{% macro s() %}{{ adapter.dispatch('shared')() }}{{ others.s() }}{{ log('x') }}{% endmacro %}",
            '{% macro log(x) %}{% endmacro %}{% macro default__shared() %}{% endmacro %}',
          ].join('\n'),
        },
        others: { 'macros/t.sql': '{% macro s() %}{% endmacro %}' },
      },
    },
  );
  const listed = (id: string) => manifest.macros.get(id)?.depends_on.macros;
  expect(listed('macro.shop.a')).toEqual(['macro.tools.default__d', 'macro.tools.c']);
  expect(listed('macro.tools.s')).toEqual(['macro.shop.default__shared', 'macro.others.s']);
});

test('a node lists the macros that its text called, not those that they call', () => {
  const { manifest } = parse({
    'macros/m.sql': '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}1{% endmacro %}',
    'models/x.sql': 'select {{ a() }}',
  });
  expect(manifest.nodes.get('model.shop.x')).toMatchObject({ depends_on: { macros: ['macro.shop.a'] } });
});

test('two macros of one name in a package show both places', () => {
  const text = '{% macro m() %}{% endmacro %}';
  const found = mistakes({ 'macros/a.sql': text, 'macros/b.sql': `\n${text}` });
  expect(found).toMatchObject([
    {
      code: 'duplicate-macro',
      span: { file: 'macros/b.sql', start: 1 },
      related: [{ span: { file: 'macros/a.sql' } }],
    },
  ]);
});

test('a macro may hide ref, and then decides what is captured', () => {
  const { manifest } = parse({
    'macros/ref.sql': "{% macro ref(name) %}{% do return(builtins.ref(name ~ '_v')) %}{% endmacro %}",
    'models/a.sql': "select * from {{ ref('b') }}",
    'models/b_v.sql': 'select 1',
  });
  expect(manifest.nodes.get('model.shop.a')).toMatchObject({
    depends_on: { nodes: ['model.shop.b_v'], macros: ['macro.shop.ref'] },
  });
});

test('a tag outside every block of a macro file is worth a warning', () => {
  const { manifest } = parse({ 'macros/m.sql': '{% set x = 1 %}{% macro m() %}{% endmacro %}' });
  expect(manifest.warnings).toMatchObject([{ event: 'UnexpectedJinjaBlockDeprecation' }]);
});

describe('under the flag validate_macro_args', () => {
  const flags = { validate_macro_args: true };
  const macro = { 'macros/m.sql': '{% macro m(first, second=none) %}{% endmacro %}' };

  test('a macro is published with its parameters', () => {
    const { manifest } = parse(macro, { flags });
    expect(manifest.macros.get('macro.shop.m')!.arguments.map(({ name }) => name)).toEqual([
      'first',
      'second',
    ]);
    expect(parse(macro).manifest.macros.get('macro.shop.m')!.arguments).toEqual([]);
  });

  test('properties that do not fit it are told', () => {
    const argument = (name: string, type: string) => `{name: ${name}, type: "${type}"}`;
    const yaml = (...list: string[]) => ({
      'macros/s.yml': `macros: [{name: m, arguments: [${list.join(', ')}]}]`,
    });
    const told = (...list: string[]) => warnings({ ...macro, ...yaml(...list) }, { flags });
    expect(told(argument('first', 'string'), argument('second', 'list[dict[str, any]]'))).toEqual([]);
    expect(told(argument('first', 'list'), argument('last', 'str'))).toEqual([
      'macro-annotation: Argument last in yaml for macro m does not match the jinja definition.',
      'macro-annotation: Argument first in the yaml for macro m has an invalid type.',
    ]);
    expect(told(argument('first', 'any'))).toEqual([
      'macro-annotation: The number of arguments in the yaml for macro m does not match the jinja definition.',
    ]);
  });
});
