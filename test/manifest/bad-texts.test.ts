import { expect, test } from 'vitest';
import { type Files, mistakes } from './rig.ts';

const good: Files = { 'models/good.sql': 'select 1 as id' };

/** What is told of files, each with where: `code file:marked`. */
const told = (files: Files): readonly string[] =>
  mistakes({ ...good, ...files }).map(({ code, span }) => {
    const { file, text, start, end } = span!;
    return `${code} ${file}:${text.slice(start, end).split('\n')[0]}`;
  });

test.each<[string, Files, string]>([
  ['a model', { 'models/a.sql': 'select {{ 1 + }}' }, 'template-syntax models/a.sql:}}'],
  ['an analysis', { 'analyses/a.sql': '{% if x %}' }, 'template-syntax analyses/a.sql:{% if'],
  ['a singular test', { 'tests/t.sql': 'select {{ a b }}' }, 'template-syntax tests/t.sql:b'],
  [
    'a generic test',
    { 'tests/generic/t.sql': '{% test t(model) %}{{ ) }}{% endtest %}' },
    'template-syntax tests/generic/t.sql:)',
  ],
  [
    'a generic test without parameters',
    { 'tests/generic/t.sql': '{% test t %}{% endtest %}' },
    'template-syntax tests/generic/t.sql:%}',
  ],
  ['a macro', { 'macros/m.sql': '{% macro m(a, %}{% endmacro %}' }, 'template-syntax macros/m.sql:%'],
  [
    'a macro that does not end',
    { 'macros/m.sql': '{% macro m() %}' },
    'template-unclosed-block macros/m.sql:{% macro m() %}',
  ],
  [
    'a snapshot',
    {
      'snapshots/s.sql':
        "{% snapshot s %}{{ config(strategy='check', unique_key='id', check_cols='all') }}{{ [ }}{% endsnapshot %}",
    },
    'template-syntax snapshots/s.sql:}',
  ],
  [
    'a snapshot that does not end',
    { 'snapshots/s.sql': '{% snapshot s %}' },
    'template-unclosed-block snapshots/s.sql:{% snapshot s %}',
  ],
  [
    'a docs block that does not end',
    { 'models/d.md': '{% docs d %}' },
    'template-unclosed-block models/d.md:{% docs d %}',
  ],
  ['a function', { 'functions/f.sql': '{% endif %}' }, 'template-syntax functions/f.sql:endif'],
  [
    'a Python model',
    { 'models/p.py': 'def model(dbt, session):\n  return (1' },
    'python-syntax models/p.py:(',
  ],
  [
    'a hook',
    { 'dbt_project.yml': 'name: shop\non-run-start: "{{ a( }}"\n' },
    'template-syntax dbt_project.yml (on-run-start[0]):}',
  ],
  [
    "a model's hook",
    { 'models/a.sql': "{{ config(pre_hook='{{ a( }}') }} select 1" },
    'template-syntax models/a.sql (hook):}',
  ],
  [
    'a value of a properties file',
    { 'models/s.yml': 'models: [{name: good, config: {alias: "{{ a( }}"}}]' },
    'template-syntax models/s.yml:"{{ a( }}"',
  ],
  [
    'a description',
    { 'models/s.yml': 'models: [{name: good, description: "{{ doc( }}"}]' },
    'template-syntax models/s.yml:"{{ doc( }}"',
  ],
  [
    'an argument of a test',
    {
      'models/s.yml':
        'models: [{name: good, columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: "{{ a( }}"}}}]}]}]',
    },
    'template-syntax models/s.yml:{accepted_values: {arguments: {values: "{{ a( }}"}}}',
  ],
])('a template that is broken is shown in %s', (_, files, expected) => {
  expect(told(files)).toEqual([expected]);
});
