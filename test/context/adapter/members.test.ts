import { expect, test } from 'vitest';
import { macroProject, printed } from '../../macros/rig.ts';

test('options of a file follow from its name, and partitions are read as folders', async () => {
  const project = await macroProject();
  const written = [
    ["'a.csv'", '{}', 'format csv, header 1'],
    ["'a.CSV.gz'", '{}', 'format csv, compression gzip, header 1'],
    ["'a'", "{'delimiter': '|'}", "delimiter '|', format csv, header 1"],
    ["'dir.d/a'", "{'partition_by': 'a,b'}", 'partition_by (a,b), format parquet'],
  ];
  const calls = written.map(([file, options]) => `{{ adapter.external_write_options(${file}, ${options}) }}`);
  expect(await printed(project, calls.join(';'))).toBe(written.map(([, , text]) => text).join(';'));
  const read = [
    "{{ adapter.external_read_location('x', {'partition_by': 'a,b'}) }}",
    "{{ adapter.external_read_location('x', {'per_thread_output': true, 'format': 'csv'}) }}",
    "{{ adapter.external_read_location('x.csv', {}) }}",
  ];
  expect(await printed(project, read.join(' '))).toBe('x/*/*/*.parquet x/*.csv x.csv');
});

test('grants are gathered by privilege', async () => {
  const project = await macroProject();
  const rows = "select 'a' as grantee, 'SELECT' as privilege_type union all select 'b', 'SELECT' order by 1";
  const text = await printed(project, `{{ adapter.standardize_grants_dict(run_query("${rows}")) }}`);
  expect(text).toBe("{'SELECT': ['a', 'b']}");
});

test('an index is read from its configuration, and gets another name each time', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `{% set index = adapter.parse_index({'columns': ['n'], 'unique': true}) %}{{ index.columns }} {{ index.unique }}
    {{ index.render(ref('numbers')) != index.render(ref('numbers')) }} {{ index.render(ref('numbers')) | length }}`,
  );
  expect(text).toBe("['n'] True True 32");
  expect(await printed(project, "{{ adapter.parse_index({'column': ['n']}) }}")).toContain(
    "it has no setting 'column'",
  );
  expect(await printed(project, '{{ adapter.parse_index({}) }}')).toContain("needs 'columns'");
});

test('what becomes of deleted rows is asked of a configuration or a dictionary', async () => {
  const project = await macroProject();
  const configs = ["{'hard_deletes': 'new_record'}", "{'invalidate_hard_deletes': true}", '{}', 'config'];
  const calls = configs.map((config) => `{{ adapter.get_hard_deletes_behavior(${config}) }}`);
  expect(await printed(project, calls.join(' '))).toBe('new_record invalidate ignore ignore');
  const asked = (config: string) => printed(project, `{{ adapter.get_hard_deletes_behavior(${config}) }}`);
  expect(await asked("{'hard_deletes': 'ignore', 'invalidate_hard_deletes': false}")).toContain(
    'and not both',
  );
  expect(await asked("{'hard_deletes': 'sometimes'}")).toContain(
    "hard_deletes is one of ignore, invalidate, new_record, not 'sometimes'",
  );
});

test('a table without the columns of a snapshot is no target for one', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    "{{ adapter.valid_snapshot_target(ref('numbers'), {'dbt_valid_to': 'until'}) }}",
  );
  expect(text).toContain('missing "dbt_scd_id", "dbt_valid_from", "until"');
});

test('the macro of a strategy is found by its name', async () => {
  const project = await macroProject();
  const found =
    "{{ adapter.get_incremental_strategy_macro(context, 'delete+insert').name }} {{ adapter.get_incremental_strategy_macro(context, none).name }}";
  expect(await printed(project, found)).toBe('get_incremental_delete_insert_sql get_incremental_default_sql');
  const missing = await printed(project, "{{ adapter.get_incremental_strategy_macro(context, 'nope') }}");
  expect(missing).toContain("'get_incremental_nope_sql' was not found");
});

test('keys of a table, files and flags are asked of the adapter', async () => {
  const project = await macroProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nflags: {enable_truthy_nulls_equals_macro: true}\n',
    'models/keyed.sql':
      "{{ config(materialized='table', post_hook='alter table {{ this }} add primary key (id)') }} select 1 as id",
  });
  const text = await printed(
    project,
    `{{ adapter.existing_key_constraint_types(ref('keyed')) }} {{ adapter.location_exists('nowhere.parquet') }}
    {{ adapter.behavior.enable_truthy_nulls_equals_macro }} {{ adapter.behavior.some_other_flag }} {{ dbt.equals('a', 'b') }}`,
  );
  expect(text).toBe("['primary_key'] False True False ((a = b) or (a is null and b is null))");
});

test('columns of a struct are told one by one for a query', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    "{% for c in adapter.get_column_schema_from_query(\"select {'a': 1, 'b': {'c': 'x'}} as s\") %}{{ c.name }} {{ c.dtype }};{% endfor %}",
  );
  expect(text).toBe('s.a INTEGER;s.b.c VARCHAR;');
});
