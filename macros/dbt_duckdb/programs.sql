{#- What dbt-duckdb runs as programs of its own. -#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {{ return(dbt.run_built_in('table')) }}
{%- endmaterialization %}

{% materialization incremental, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {{ return(dbt.run_built_in('incremental')) }}
{%- endmaterialization %}

{% materialization external, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {{ return(dbt.run_built_in('external')) }}
{%- endmaterialization %}

{% materialization table_function, adapter='duckdb' -%}
  {{ return(dbt.run_built_in('table_function')) }}
{%- endmaterialization %}

{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
  {{ dbt.no_python('py_write_table') }}
{%- endmacro %}

{#- The name that dbt-duckdb would give a Python model's program on MotherDuck. -#}
{% macro flight_name(parsed_model) -%}
  {{ return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) }}
{%- endmacro %}

{% macro default__flight_name(parsed_model) -%}
  {{ return(['dbt', project_name, parsed_model['database'], parsed_model['schema'], parsed_model['alias']] | join('-')) }}
{%- endmacro %}

{% macro duckdb__flight_name(parsed_model) -%}
  {{ return(default__flight_name(parsed_model)) }}
{%- endmacro %}
