{#-
  A data test as a program, for packages that wrap it: `dbt.materialization_test_default()` inside a test
  materialization of their own. Tests without such a program are counted by sluice itself.
-#}
{% materialization test, default -%}
  {%- set relations = [] -%}
  {%- if should_store_failures() -%}
    {%- set type = 'view' if config.get('store_failures_as') == 'view' else 'table' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=type) -%}
    {%- if existing -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement(auto_begin=true) -%}
      {{ get_create_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- do relations.append(target_relation) -%}
    {%- do adapter.commit() -%}
  {%- endif -%}
  {%- set rows = 'select * from ' ~ relations[0] if relations else sql -%}
  {%- call statement('main', fetch_result=true) -%}
    {{ get_test_sql(rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
  {%- endcall -%}
  {{ return({'relations': relations}) }}
{%- endmaterialization %}
