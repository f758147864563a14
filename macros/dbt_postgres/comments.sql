{#- Text between dollar quotes, whose label is changed where the text holds it: nothing in it ends the literal. -#}
{% macro postgres_escape_comment(comment) -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('a comment is text, not ' ~ comment) -%}
  {%- endif -%}
  {%- set fence = namespace(text='$dbt_comment_literal_block$') -%}
  {#- Each dollar can begin one label only, so there is one more label than the text can hold. -#}
  {%- for _ in range(comment.count('$')) -%}
    {#- The dollar that closes the literal could end a label that the text begins. -#}
    {%- if fence.text in comment ~ '$' -%}
      {%- set fence.text = '$dbt_comment_literal_block_' ~ loop.index ~ '$' -%}
    {%- endif -%}
  {%- endfor -%}
  {{ fence.text }}{{ comment }}{{ fence.text }}
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
