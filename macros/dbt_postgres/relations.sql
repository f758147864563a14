{#-
  A table is built beside its destination and renamed into its place, so there is nothing to replace. Constraints cannot
  be said where the columns come from a query: a table with a contract is made of its columns and filled afterwards.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
  {%- set contract = config.get('contract') -%}
  {%- set bound = contract and contract.enforced -%}
  {%- set persistence = 'unlogged' if config.get('unlogged', default=false) else '' -%}
  {{ dbt.sql_header_of_model() }}
  create {{ 'temporary' if temporary else persistence }} table {{ relation.include(database=not temporary, schema=not temporary) }}
  {%- if bound -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif -%}
  {%- if bound and not temporary %}
  {{ dbt.constraints_beside(get_table_columns_and_constraints(), relation) }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }}) (
    {{ get_select_subquery(sql) }}
  );
  {%- else %} as (
    {{ sql }}
  );
  {%- endif %}
{%- endmacro %}

{#- PostgreSQL refuses where a column is gone or of another type; dependents keep reading the view. -#}
{% macro postgres__get_replace_view_sql(relation, sql) -%}
  {{ return(default__create_view_as(relation, sql)) }}
{%- endmacro %}

{#- There is no statement that replaces a table: the new one is made beside it and takes its name. -#}
{% macro postgres__get_replace_table_sql(relation, sql) -%}
  {{ get_create_intermediate_sql(relation, sql) }}
  {{ get_drop_sql(relation) }};
  {{ get_rename_intermediate_sql(relation) }};
{%- endmacro %}

{#- As everywhere, without `cascade`: what hangs on the relation is not ours to drop. -#}
{% macro postgres__drop_table(relation) -%}
  {{ return(default__drop_table(relation)) }}
{%- endmacro %}

{% macro postgres__drop_view(relation) -%}
  {{ return(default__drop_view(relation)) }}
{%- endmacro %}

{% macro postgres__get_rename_table_sql(relation, new_name) -%}
  {{ return(default__get_rename_table_sql(relation, new_name)) }}
{%- endmacro %}

{% macro postgres__get_rename_view_sql(relation, new_name) -%}
  {{ return(default__get_rename_view_sql(relation, new_name)) }}
{%- endmacro %}

{#- A schema is named without its database: only that of the connection can be meant. -#}
{% macro postgres__create_schema(relation) -%}
  {{ adapter.verify_database(relation.database) if relation.database }}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier().include(database=false) }}
  {%- endcall -%}
{%- endmacro %}

{% macro postgres__drop_schema(relation) -%}
  {{ adapter.verify_database(relation.database) if relation.database }}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier().include(database=false) }} cascade
  {%- endcall -%}
{%- endmacro %}

{#- The rows of another table of the same columns, in the place of a table's own. Readers see the old ones until the commit. -#}
{% macro get_replace_rows_sql(relation, source) -%}
  {%- set columns = adapter.get_columns_in_relation(source) | map(attribute='quoted') | join(', ') -%}
  delete from {{ relation }};
  insert into {{ relation }} ({{ columns }})
  select {{ columns }} from {{ source }};
{%- endmacro %}
