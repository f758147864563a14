import { expect, test } from 'vitest';
import { query, sluice, testProject } from '../rig.ts';

test('a macro may stand in for ref and call the real one', async () => {
  const project = testProject({
    'macros/ref.sql': `{% macro ref() %}
{%- set relation = builtins.ref(*varargs, **kwargs) -%}
{%- do return(relation.include(database=false)) -%}
{% endmacro %}`,
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
  });
  await sluice(project, 'build');
  expect(project.read('target/compiled/shop/models/b.sql')).toContain('from "main"."a"');
});

test('a variable may be a template, rendered where it is read', async () => {
  const project = testProject({
    'dbt_project.yml': `name: shop
profile: shop
vars:
  word: hello
  sentence: "{{ var('word') }} {{ env_var('WHO', 'you') }} of {{ target.name }}"
  ring: "{{ var('other') }}"
  other: "{{ var('ring') }}"
`,
    'models/a.sql': "select '{{ var('sentence') }}' as sentence, {{ var.has_var('ring') }} as has",
  });
  await sluice(project, 'build', { env: { WHO: 'World' } });
  expect(await query(project, 'from a')).toEqual([['hello World of dev', true]]);
  project.write({ 'models/a.sql': "select '{{ var('ring') }}'" });
  const { diagnostics } = await sluice(project, 'build');
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'the variables need each other: ring -> other -> ring',
  ]);
});

test('a disabled model is no part of the project', async () => {
  const project = testProject({
    'models/a.sql': '{{ config(enabled=false) }} select nothing',
    'models/b.sql': "{{ config(enabled=var('on', false)) }} select 1 as id",
    'models/c.sql': 'select 1 as id',
  });
  expect((await sluice(project, 'build')).statuses).toEqual({ c: 'success' });
  expect((await sluice(project, 'build', { vars: { on: true } })).statuses).toEqual({
    b: 'success',
    c: 'success',
  });
});

test('log and print of a template are events of their node', async () => {
  const project = testProject({
    'models/a.sql':
      "{% if execute %}{% do log('aloud', info=true) %}{% do log('softly') %}{% do print('printed') %}{% endif %} select 1 as id",
  });
  const { events } = await sluice(project, 'run');
  expect(events.filter(({ name }) => name === 'template-log' || name === 'template-print')).toMatchObject([
    { text: 'aloud', level: 'info' },
    { text: 'softly', level: 'debug' },
    { text: 'printed' },
  ]);
});

test('what a template puts into context is there for the macros that follow', async () => {
  const project = testProject({
    'macros/state.sql': `
{% macro remember(key, value) %}{% do context.update({key: value}) %}{% endmacro %}
{% macro recall(key) %}{{ context.get(key, 'nothing') }}{% endmacro %}
{% macro by_name() %}{{ __seen }}|{{ column }}|{{ doubled }}{% endmacro %}
{% macro doubled() %}macro{% endmacro %}`,
    'models/a.sql': `select '{{ recall('__seen') }}' as first,
{%- do remember('__seen', 'yes') -%}{% do context.update({'column': 'c'}, doubled='d') %}
'{{ recall('__seen') }} {{ context['__seen'] }} {{ '__seen' in context }}' as then, '{{ by_name() }}' as named,
'{{ context.setdefault('__seen', 'no') }} {{ context.setdefault('__new', 'new') }} {{ context.__new }}' as kept`,
    'models/b.sql': "select '{{ recall('__seen') }}' as other",
  });
  await sluice(project, 'build');
  expect(await query(project, 'from a')).toEqual([['nothing', 'yes yes True', 'yes|c|d', 'yes new new']]);
  expect(await query(project, 'from b')).toEqual([['nothing']]);
});

test('macros that a text calls only when it runs join those it depends on', async () => {
  const project = testProject({
    'macros/m.sql': `
{% macro early() %}{{ later() }}{% endmacro %}
{% macro later() %}1{% endmacro %}
{% macro running() %}{{ inner() }}{% endmacro %}
{% macro inner() %}2{% endmacro %}`,
    'models/a.sql': 'select {{ early() }} as a{% if execute %}, {{ running() }} as b{% endif %}',
  });
  const macros = async (command: 'parse' | 'build') => {
    await sluice(project, command);
    return JSON.parse(project.read('target/manifest.json')).nodes['model.shop.a'].depends_on.macros;
  };
  expect(await macros('parse')).toEqual(['macro.shop.early']);
  expect(await macros('build')).toEqual(['macro.shop.early', 'macro.shop.running']);
});
