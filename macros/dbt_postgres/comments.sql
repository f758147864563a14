{% macro postgres_escape_comment(comment) -%}
  {{ return(dbt.dollar_quoted(comment)) }}
{%- endmacro %}

{% macro postgres__alter_relation_comment(relation, comment) -%}
  comment on {{ (relation.type or 'table') | replace('_', ' ') }} {{ relation.render() }} is {{ postgres_escape_comment(comment) }};
{%- endmacro %}

{#- Names are compared as they stand; one that the relation lacks is left out. -#}
{% macro postgres__alter_column_comment(relation, column_dict) -%}
  {%- set known = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- for name, column in column_dict.items() if name in known %}
  comment on column {{ relation.render() }}.{{ adapter.quote(name) if column.get('quote') else name }} is {{ postgres_escape_comment(column['description'] or '') }};
  {%- endfor %}
{%- endmacro %}
