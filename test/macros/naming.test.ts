import { expect, test } from 'vitest';
import { macroProject, printed } from './rig.ts';

test("schemas are the target's, with a custom one behind it", async () => {
  const project = await macroProject();
  const calls = ['generate_schema_name()', "generate_schema_name('x')", "generate_schema_name(' x ', model)"];
  const forEnv = ["generate_schema_name_for_env('x', model)"];
  const text = await printed(project, [...calls, ...forEnv].map((call) => `{{ ${call} }}`).join('|'));
  expect(text).toBe('main|main_x|main_x|main');
});

test('aliases carry the version, with an underscore for its dot', async () => {
  const project = await macroProject();
  const calls = [
    "generate_alias_name('a', {'name': 'n', 'version': 2})",
    "generate_alias_name(none, {'name': 'n', 'version': 2})",
    "generate_alias_name(none, {'name': 'n', 'version': 2.1})",
    "generate_alias_name(none, {'name': 'n'})",
    "generate_latest_version_pointer_alias(none, {'name': 'n', 'version': 2})",
    'generate_database_name()',
    "generate_database_name('d')",
  ];
  const text = await printed(project, calls.map((call) => `{{ ${call} }}`).join('|'));
  expect(text).toBe('a|n_v2|n_v2_1|n|n|shop|d');
});

test('a naming macro of the project decides where models are built', async () => {
  const project = await macroProject({
    'macros/names.sql':
      "{% macro generate_schema_name(custom_schema_name, node) %}{{ (custom_schema_name or 'plain') | trim }}{% endmacro %}",
    'models/filed.sql': "{{ config(schema='files') }} select 1 as a",
  });
  expect(await printed(project, "{{ ref('numbers') }} {{ ref('filed') }}")).toBe(
    '"shop"."plain"."numbers" "shop"."files"."filed"',
  );
});
