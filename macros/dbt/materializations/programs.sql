{#-
  dbt's materializations are programs in Jinja; sluice plans them from the adapter's recipes. A program of a project that
  calls one of these by name gets what the recipe does; what has no recipe of its own says what to write instead.
-#}
{% macro run_built_in(materialized) -%}
  {%- if built_in_recipe is not defined -%}
    {%- do exceptions.raise_compiler_error("'materialization_" ~ materialized ~ "' can only be called by a materialization of the project: configure materialized='" ~ materialized ~ "'") -%}
  {%- endif -%}
  {%- set made = built_in_recipe(materialized, sql, should_full_refresh()) -%}
  {%- do write(made.sql) -%}
  {%- do store_raw_result('main', message=made.response.get('_message', 'OK'), code=made.response.get('code'), rows_affected=made.response.get('rows_affected')) -%}
  {{ return({'relations': [made.relation]}) }}
{%- endmacro %}

{% macro no_program(name, instead) -%}
  {%- do exceptions.raise_compiler_error("'" ~ name ~ "' is a part of dbt's own materialization programs: " ~ instead) -%}
{%- endmacro %}

{% materialization view, default -%}
  {{ return(dbt.run_built_in('view')) }}
{%- endmaterialization %}

{% materialization table, default -%}
  {{ return(dbt.run_built_in('table')) }}
{%- endmaterialization %}

{% materialization incremental, default -%}
  {{ return(dbt.run_built_in('incremental')) }}
{%- endmaterialization %}

{% materialization seed, default -%}
  {{ dbt.no_program('materialization_seed_default', 'leave materialized out; create_csv_table can be overridden') }}
{%- endmaterialization %}

{% materialization snapshot, default -%}
  {{ return(dbt.run_built_in('snapshot')) }}
{%- endmaterialization %}

{% materialization materialized_view, default -%}
  {{ return(dbt.run_built_in('materialized_view')) }}
{%- endmaterialization %}

{% materialization clone, default -%}
  {{ dbt.no_program('materialization_clone_default', 'run `sluice clone`; create_or_replace_clone can be overridden') }}
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
