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
  {%- if changes and changes[-1].action == 'create' -%}
    {%- set there = dbt.indexes_already_there(existing_relation, changes) -%}
    {%- set changes = changes | rejectattr('context.compared', 'in', there.configured) | rejectattr('context.name', 'in', there.names) | list -%}
  {%- endif -%}
  {{ return({'indexes': changes, 'requires_full_refresh': false} if changes else none) }}
{%- endmacro %}

{#-
  Of the indexes to create, those that stand there under other words: the server compares them, made of the same columns
  without rows, because names of columns do not tell of expressions, orders and operator classes. `names` are the indexes
  that stand there, `configured` is what they are in the configuration.
-#}
{% macro indexes_already_there(relation, changes) -%}
  {%- set columns = relation.incorporate(path={'database': none, 'schema': none, 'identifier': 'sluice_indexed'}, type='table') -%}
  {%- set there, configured, names = {}, [], [] -%}
  {%- for row in run_query(dbt.index_definitions_sql(relation.include(database=false).render())).rows -%}
    {%- do there.update({row['definition']: row['name']}) -%}
  {%- endfor -%}
  {%- for change in changes if change.action == 'create' and there -%}
    {%- do run_query('create temporary table sluice_indexed as select * from ' ~ relation.render() ~ ' with no data') -%}
    {%- do run_query(get_create_index_sql(columns, change.context.as_node_config)) -%}
    {%- set definition = run_query(dbt.index_definitions_sql('pg_temp.sluice_indexed')).rows[0]['definition'] -%}
    {%- do run_query('drop table pg_temp.sluice_indexed') -%}
    {%- if definition in there -%}
      {%- do configured.append(change.context.compared) -%}
      {%- do names.append(there[definition]) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return({'configured': configured, 'names': names}) }}
{%- endmacro %}

{#- All that makes two indexes of the same columns the same, names and rows aside. -#}
{% macro index_definitions_sql(relation) -%}
  select
    index_class.relname as name,
    concat_ws(' | ', index_class.relam, index.indisunique, index.indnkeyatts, index.indoption, index.indclass,
      index.indcollation, index_class.reloptions, pg_catalog.pg_get_expr(index.indpred, index.indrelid),
      pg_catalog.to_jsonb(index) -> 'indnullsnotdistinct',
      (
        select string_agg(pg_catalog.pg_get_indexdef(index.indexrelid, place, false), ', ' order by place)
        from generate_series(1, index.indnatts) as place
      )
    ) as definition
  from pg_catalog.pg_index as index
  join pg_catalog.pg_class as index_class on index_class.oid = index.indexrelid
  where index.indrelid = '{{ adapter.escape_sql_string(relation) }}'::pg_catalog.regclass
  order by 1
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
