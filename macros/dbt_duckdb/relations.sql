{#- `create or replace` publishes the table inside the node's transaction: one with an index cannot be renamed here. -#}
{% macro duckdb__create_table_as(temporary, relation, sql) -%}
  {{ sql_header_of_model() }}
  create or replace {{ 'temporary' if temporary }} table {{ relation.include(database=not temporary, schema=not temporary) }} as (
    {{ sql }}
  )
{%- endmacro %}

{#- Views of duckdb follow names, so nothing that reads the relation is dropped with it. -#}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  {%- set names = index.columns | map('string') | join(', ') -%}
  create {{ 'unique' if index.unique }} index {{ adapter.quote(index.render(relation)) }}
  on {{ relation }} ({{ names }})
{%- endmacro %}

{% macro duckdb__truncate_relation(relation) -%}
  {%- call statement('truncate_relation') -%}
    delete from {{ relation.render() }} where true
  {%- endcall -%}
{%- endmacro %}
