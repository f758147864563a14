{#- Descriptions of a node as comments in the warehouse, as far as `persist_docs` asks for them. -#}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}

{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- set code = alter_column_comment(relation, validate_doc_columns(this, model.columns, names)) -%}
    {%- if code | trim -%}
      {%- do run_query(code) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{% macro alter_relation_comment(relation, relation_comment) -%}
  {{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}
{%- endmacro %}

{% macro default__alter_relation_comment(relation, relation_comment) -%}
  {{ exceptions.raise_not_implemented('alter_relation_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro alter_column_comment(relation, column_dict) -%}
  {{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}
{%- endmacro %}

{% macro default__alter_column_comment(relation, column_dict) -%}
  {{ exceptions.raise_not_implemented('alter_column_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{#- The described columns that the relation has; those it lacks are told. A column in quotes is one of its exact name. -#}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
  {%- set known = existing_column_names | map('lower') | list -%}
  {%- set found = {} -%}
  {%- set missing = [] -%}
  {%- for name, column in column_dict.items() -%}
    {%- if name in existing_column_names or (not column.get('quote') and name | lower in known) -%}
      {%- do found.update({name: column}) -%}
    {%- else -%}
      {%- do missing.append(name) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if missing -%}
    {%- do exceptions.warn('Columns are described that ' ~ relation.render() ~ ' does not have: ' ~ missing | join(', ')) -%}
  {%- endif -%}
  {{ return(found) }}
{%- endmacro %}

{#- Text between dollar quotes, whose label is changed where the text holds it: nothing in it ends the literal. -#}
{% macro dollar_quoted(comment) -%}
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
