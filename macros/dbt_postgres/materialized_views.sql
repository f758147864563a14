{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
  create materialized view if not exists {{ relation }} as (
    {{ sql }}
  );
  {%- for index in config.get('indexes', []) or [] %}
  {{ get_create_index_sql(relation, index) }};
  {%- endfor %}
{%- endmacro %}

{#- Only indexes can be changed in place. -#}
{% macro postgres__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
  {%- if configuration_changes.requires_full_refresh -%}
    {{ get_replace_sql(existing_relation, relation, sql) }}
  {%- else -%}
    {{ postgres__update_indexes_on_materialized_view(relation, configuration_changes.indexes) }}
  {%- endif -%}
{%- endmacro %}

{#- A drop keeps readers out until the end of the transaction, so it comes last. -#}
{% macro postgres__update_indexes_on_materialized_view(relation, index_changes) -%}
  {%- for change in index_changes if change.action == 'create' %}
  {{ get_create_index_sql(relation, change.context.as_node_config) }};
  {%- endfor %}
  {%- for change in index_changes if change.action == 'drop' %}
  {{ get_drop_index_sql(relation, change.context.name) }};
  {%- endfor %}
{%- endmacro %}

{#- The indexes that stand in the warehouse, as get_show_indexes_sql lists them. -#}
{% macro postgres__describe_materialized_view(relation) -%}
  {{ return({'indexes': run_query(get_show_indexes_sql(relation))}) }}
{%- endmacro %}

{#-
  None where the indexes are those of the configuration; else what to drop and then to create, under `indexes`. Names
  are not compared: they carry the time of their making.
-#}
{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {%- set present, wanted, changes = [], [], [] -%}
  {%- for row in postgres__describe_materialized_view(existing_relation).indexes.rows -%}
    {%- do present.append(dbt.index_settings(row['column_names'].split(','), row['unique'], row['method'], row['name'])) -%}
  {%- endfor -%}
  {%- for index in new_config.get('indexes', []) or [] -%}
    {%- do wanted.append(dbt.index_settings(index.get('columns', []), index.get('unique'), index.get('type'))) -%}
  {%- endfor -%}
  {%- for index in present if index.compared not in (wanted | map(attribute='compared') | list) -%}
    {%- do changes.append({'action': 'drop', 'context': index}) -%}
  {%- endfor -%}
  {%- for index in wanted if index.compared not in (present | map(attribute='compared') | list) -%}
    {%- do changes.append({'action': 'create', 'context': index}) -%}
  {%- endfor -%}
  {{ return({'indexes': changes, 'requires_full_refresh': false} if changes else none) }}
{%- endmacro %}

{#- An index as dbt describes it, and `compared`, which is the same text for indexes that are the same. -#}
{% macro index_settings(columns, unique, method, name=none) -%}
  {%- set names = columns | map('trim', '"') | map('lower') | unique | sort | list -%}
  {%- set settings = {'columns': columns, 'unique': true if unique else false, 'type': method or 'btree'} -%}
  {{ return({
    'name': name,
    'column_names': names,
    'unique': settings.unique,
    'method': settings.type,
    'as_node_config': settings,
    'compared': names | join(',') ~ ' ' ~ settings.unique ~ ' ' ~ settings.type,
  }) }}
{%- endmacro %}

{% macro postgres__refresh_materialized_view(relation) -%}
  refresh materialized view {{ relation }}
{%- endmacro %}

{% macro postgres__get_rename_materialized_view_sql(relation, new_name) -%}
  alter materialized view {{ relation.render() }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{% macro postgres__drop_materialized_view(relation) -%}
  {{ return(default__drop_materialized_view(relation)) }}
{%- endmacro %}
