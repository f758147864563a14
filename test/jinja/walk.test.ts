import { expect, test } from 'vitest';
import { parseTemplate } from '../../src/jinja/template.ts';
import { repr } from '../../src/jinja/text.ts';
import { mentionsOf } from '../../src/jinja/walk.ts';

const mentions = (text: string) => mentionsOf(parseTemplate({ path: 'model.sql', text }));

test('calls of dependency functions are found with their literal arguments and places', () => {
  const text = [
    "{{ config(materialized='table', tags=['a', 'b'], meta={'x': -1}) }}",
    "select * from {{ ref('a') }} join {{ ref('pkg', 'b', v=2) }} join {{ source('s', 't') }}",
    "{% if var('x', 1) and env_var('Y') %}{{ builtins.ref('c') }}{{ doc('d') }}{% endif %}",
  ].join('\n');
  const found = mentions(text).dependencies.map((call) => [
    call.function,
    call.args === null ? null : repr([...call.args]),
    [...call.kwargs].map(([name, value]) => `${name}=${repr(value)}`).join(' '),
    text.slice(call.start, call.end),
  ]);
  expect(found).toEqual([
    [
      'config',
      '[]',
      "materialized='table' tags=['a', 'b'] meta={'x': -1}",
      text.slice(3, text.indexOf(' }}')),
    ],
    ['ref', "['a']", '', "ref('a')"],
    ['ref', "['pkg', 'b']", 'v=2', "ref('pkg', 'b', v=2)"],
    ['source', "['s', 't']", '', "source('s', 't')"],
    ['var', "['x', 1]", '', "var('x', 1)"],
    ['env_var', "['Y']", '', "env_var('Y')"],
    ['ref', "['c']", '', "builtins.ref('c')"],
    ['doc', "['d']", '', "doc('d')"],
  ]);
});

test('arguments that have to be evaluated are told apart', () => {
  const [first, second, third] = mentions(
    "{{ ref(x) }}{{ ref('a' ~ 'b') }}{{ source(*names) }}",
  ).dependencies;
  expect(first!.args).toBeNull();
  expect(second!.args).toEqual(['ab']);
  expect(third!.args).toBeNull();
});

test('every called name is found, wherever it stands', () => {
  const text = [
    '{% macro m(a=default_of()) %}{{ dbt_utils.star(from=inner()) }}{% endmacro %}',
    '{% for x in items() if keep(x) %}{{ x.method() }}{% else %}{{ none_left() }}{% endfor %}',
    '{% call statement("s") %}{{ in_caller() }}{% endcall %}',
    '{% set y %}{{ in_set() | join(sep()) }}{% endset %}{% do log(f()[g():h()]) %}',
  ].join('');
  expect([...mentions(text).calls].sort()).toEqual(
    [
      ...[
        'dbt_utils.star',
        'default_of',
        'f',
        'g',
        'h',
        'in_caller',
        'in_set',
        'inner',
        'items',
        'keep',
        'log',
      ],
      ...['none_left', 'sep', 'statement', 'x.method'],
    ].sort(),
  );
});

test('dispatches are found with their literals', () => {
  const found = mentions(
    "{{ adapter.dispatch('a', 'pkg')() }}{{ adapter.dispatch(macro_name='b')() }}{{ adapter.dispatch(c, macro_namespace='q')() }}",
  ).dispatches.map(({ macro, namespace }) => [macro, namespace]);
  expect(found).toEqual([
    ['a', 'pkg'],
    ['b', null],
    [null, 'q'],
  ]);
});

test('names that are read are found, assigned ones are not', () => {
  expect([...mentions('{% set a = b %}{{ this.schema ~ target["x"] }}').names]).toEqual([
    'b',
    'this',
    'target',
  ]);
});
