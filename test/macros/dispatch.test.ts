import { expect, test } from 'vitest';
import { query, sluice } from '../rig.ts';
import { macroProject, printed } from './rig.ts';

const overriding = (macro: string) => ({ 'macros/own.sql': macro });

test('a project overrides a macro for its warehouse, and dbt.* calls see it', async () => {
  const project = await macroProject(
    overriding('{% macro duckdb__hash(field) %}own({{ field }}){% endmacro %}'),
  );
  expect(await printed(project, "{{ dbt.hash('a') }} {{ hash('a') }}")).toBe('own(a) own(a)');
});

test("a project's override of the general form stands before our own for the warehouse", async () => {
  const own =
    '{% macro default__length(e) %}own({{ e }}){% endmacro %}{% macro default__any_value(e) %}own{% endmacro %}';
  const project = await macroProject(overriding(own));
  expect(await printed(project, "{{ dbt.length('a') }} {{ dbt.any_value('a') }}")).toBe('own(a) own');
});

test("a package's override of our macros counts only where the dispatch list names it, or none is named", async () => {
  const project = await macroProject({
    'packages.yml': 'packages: [{local: helper}]\n',
    'dbt_packages/helper/dbt_project.yml': 'name: helper\n',
    'dbt_packages/helper/macros/own.sql': [
      '{% macro default__length(e) %}helped({{ e }}){% endmacro %}',
      "{% macro own() %}{{ dbt.length('a') }} {{ adapter.dispatch('length')('a') }}{% endmacro %}",
    ].join('\n'),
    'dbt_packages/helper/models/inside.sql':
      'select \'{{ dbt.length(1) }} {{ adapter.dispatch("length")(1) }}\' as answer',
  });
  await sluice(project, 'build');
  expect(await query(project, 'select answer from inside')).toEqual([['length(1) helped(1)']]);
});

test('a project overrides the outer name for plain calls only', async () => {
  const project = await macroProject(overriding('{% macro length(e) %}own({{ e }}){% endmacro %}'));
  expect(await printed(project, "{{ length('a') }} {{ dbt.length('a') }}")).toBe('own(a) length(a)');
});

test('the dispatch list of the project puts a package before dbt', async () => {
  const project = await macroProject({
    'dbt_project.yml':
      'name: shop\nprofile: shop\ndispatch: [{macro_namespace: dbt, search_order: [helper, dbt]}]\n',
    'packages.yml': 'packages: [{local: helper}]\n',
    'dbt_packages/helper/dbt_project.yml': 'name: helper\n',
    'dbt_packages/helper/macros/own.sql': '{% macro default__hash(field) %}helped({{ field }}){% endmacro %}',
  });
  expect(await printed(project, "{{ dbt.hash('a') }}")).toBe('helped(a)');
});

test('an override of any level of create_table_as builds the model', async () => {
  const marked = (name: string, parameters: string, relation: string) =>
    overriding(
      `{% macro ${name}(${parameters}) %}create or replace table {{ ${relation} }} as select '${name}' as made_by{% endmacro %}`,
    );
  const overrides = [
    marked('get_create_table_as_sql', 'temporary, relation, sql', 'relation'),
    marked('default__get_create_table_as_sql', 'temporary, relation, sql', 'relation'),
    marked(
      'duckdb__create_table_as',
      "temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none",
      'relation',
    ),
  ];
  for (const files of overrides) {
    const project = await macroProject(files);
    const { outcome } = await sluice(project, 'show', { inline: "select * from {{ ref('numbers') }}" });
    expect(`${files['macros/own.sql']}`).toContain(`macro ${String(outcome?.shown[0]?.rows[0]?.[0])}(`);
  }
});

test("parts of dbt's own programs say what to use in their place", async () => {
  const project = await macroProject();
  const configured = "configure materialized='table'";
  expect(await printed(project, '{{ dbt.materialization_table_default() }}')).toContain(configured);
  expect(await printed(project, '{{ dbt.materialization_seed_default() }}')).toContain(
    'leave materialized out',
  );
  expect(await printed(project, '{{ build_ref_function(model) }}')).toContain('write the model in SQL');
});
