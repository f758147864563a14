{#- Where a model's file lies that names no place: beside the others, called as the relation. -#}
{%- macro external_location(relation, config) -%}
  {%- set path = adapter.external_root() ~ '/' ~ relation.identifier -%}
  {%- if (config.get('options') or {}).get('partition_by') is not none -%}
    {{ path }}
  {%- else -%}
    {{ path }}.{{ config.get('format', 'parquet') }}
  {%- endif -%}
{%- endmacro -%}

{#- Options of DuckDB's `copy`, as text by name; format and delimiter have settings of their own. -#}
{% macro render_write_options(config) -%}
  {%- set out = {} -%}
  {%- for name, value in (config.get('options') or {}).items() -%}
    {%- do out.update({name: value | string}) -%}
  {%- endfor -%}
  {%- for name in ['format', 'delimiter'] if config.get(name) is not none -%}
    {%- do out.update({name: out.get(name, config.get(name))}) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{%- macro location_exists(location) -%}
  {%- do return(adapter.location_exists(location)) -%}
{%- endmacro -%}

{% macro write_to_file(relation, location, options) -%}
  {%- call statement('write_to_file') -%}
    copy (select * from {{ relation }}) to '{{ adapter.escape_sql_string(location) }}' ({{ adapter.external_write_options(location, options) }})
  {%- endcall -%}
{%- endmacro %}

{% macro store_relation(plugin, relation, location, format, config) -%}
  {{ dbt.no_program('store_relation', "dbt-duckdb's plugins are Python; write a file with write_to_file(relation, location, options)") }}
{%- endmacro %}

{#- Views over the files of models that this run reads and has not built; a memory database begins without them. -#}
{% macro register_upstream_external_models() -%}
  {%- if execute -%}
    {%- set wanted = {} -%}
    {%- for node in graph.nodes.values() if node.unique_id in selected_resources -%}
      {%- for parent in node.depends_on.nodes if parent not in selected_resources -%}
        {%- do wanted.update({parent: graph.nodes.get(parent)}) -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- for node in wanted.values() if node and node.config.materialized == 'external' -%}
      {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='view') -%}
      {%- set location = node.config.get('location') or external_location(relation, node.config) -%}
      {%- set options = render_write_options(node.config) -%}
      {%- if adapter.location_exists(location) -%}
        {%- do adapter.create_schema(relation) -%}
        {%- do run_query('create or replace view ' ~ relation ~ " as select * from '"
          ~ adapter.escape_sql_string(adapter.external_read_location(location, options)) ~ "'") -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{#- Partitions and order of a DuckLake table; a plain table of DuckDB has neither, which is told. -#}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {#- The strategy insert_overwrite has a use of its own for partition_by. -#}
  {%- set other = none if config.get('incremental_strategy') == 'insert_overwrite' else config.get('partition_by') -%}
  {%- set own = config.get('partitioned_by') -%}
  {%- set wanted = other if own is none or own == '' else own -%}
  {%- set columns = dbt.ducklake_columns(relation, temporary, wanted, 'partitioned_by/partition_by') -%}
  {{ return(columns | join(', ') if columns else none) }}
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set wanted = config.get('sort_by') if config.get('sorted_by') is none else config.get('sorted_by') -%}
  {%- set quoted = [] -%}
  {%- for column in dbt.ducklake_columns(relation, temporary, wanted, 'sorted_by/sort_by') -%}
    {%- do quoted.append(adapter.quote(column)) -%}
  {%- endfor -%}
  {{ return(quoted | join(', ') if quoted else none) }}
{%- endmacro %}

{% macro ducklake_columns(relation, temporary, wanted, name) -%}
  {%- if temporary or wanted is none or wanted == '' -%}
    {{ return([]) }}
  {%- endif -%}
  {%- set columns = normalize_string_or_list(wanted, name) -%}
  {%- if not columns -%}
    {%- do exceptions.raise_compiler_error(name ~ ' names no column') -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once(name ~ ' is for tables of DuckLake, and has no effect on ' ~ relation) -%}
    {{ return([]) }}
  {%- endif -%}
  {{ return(columns) }}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  {%- do run_query('alter table ' ~ relation ~ ' set partitioned by (' ~ partitioned_by ~ ')') -%}
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  {%- do run_query('alter table ' ~ relation ~ ' set sorted by (' ~ sorted_by ~ ')') -%}
{%- endmacro %}
