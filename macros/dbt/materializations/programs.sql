{#-
  dbt's materializations are programs in Jinja; sluice plans them from the adapter's recipes. These names are here for
  programs of a project that call them, and each says what to write instead.
-#}
{% macro no_program(name, instead) -%}
  {%- do exceptions.raise_compiler_error("'" ~ name ~ "' is a part of dbt's own materialization programs: " ~ instead) -%}
{%- endmacro %}

{% materialization view, default -%}
  {{ dbt.no_program('materialization_view_default', "configure materialized='view', or send get_create_view_as_sql(this, sql) as the main statement") }}
{%- endmaterialization %}

{% materialization table, default -%}
  {{ dbt.no_program('materialization_table_default', "configure materialized='table', or send get_create_table_as_sql(false, this, sql) as the main statement") }}
{%- endmaterialization %}

{% materialization incremental, default -%}
  {{ dbt.no_program('materialization_incremental_default', "configure materialized='incremental', or call get_incremental_<strategy>_sql(arg_dict)") }}
{%- endmaterialization %}

{% materialization seed, default -%}
  {{ dbt.no_program('materialization_seed_default', 'leave materialized out; create_csv_table and load_csv_rows can be overridden') }}
{%- endmaterialization %}

{% materialization snapshot, default -%}
  {{ dbt.no_program('materialization_snapshot_default', 'leave materialized out; snapshot_staging_table and snapshot_merge_sql can be overridden') }}
{%- endmaterialization %}

{% materialization materialized_view, default -%}
  {{ dbt.no_program('materialization_materialized_view_default', "configure materialized='materialized_view' on a warehouse that has them") }}
{%- endmaterialization %}

{% materialization clone, default -%}
  {{ dbt.no_program('materialization_clone_default', 'run `sluice clone`; create_or_replace_clone can be overridden') }}
{%- endmaterialization %}

{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] -%}
  {{ dbt.no_program('materialization_function_default', 'define the function under functions:; scalar_function_sql can be overridden') }}
{%- endmaterialization %}

{% materialization unit, default -%}
  {{ dbt.no_program('materialization_unit_default', 'define the test under unit_tests:; get_unit_test_sql can be overridden') }}
{%- endmaterialization %}

{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}
  {{ dbt.no_program('materialized_view_setup', 'call run_hooks(pre_hooks) and drop_relation_if_exists(relation)') }}
{%- endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
  {{ dbt.no_program('materialized_view_teardown', 'call drop_relation_if_exists(relation) and run_hooks(post_hooks)') }}
{%- endmacro %}

{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
  {{ dbt.no_program('materialized_view_get_build_sql', 'call get_create_materialized_view_as_sql, get_replace_sql or refresh_materialized_view') }}
{%- endmacro %}

{% macro materialized_view_execute_no_op(target_relation) -%}
  {{ dbt.no_program('materialized_view_execute_no_op', "call store_raw_result(name='main', message='skip ' ~ relation)") }}
{%- endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
  {{ dbt.no_program('materialized_view_execute_build_sql', "send the SQL as statement('main')") }}
{%- endmacro %}
