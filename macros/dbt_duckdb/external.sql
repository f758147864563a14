{#- Where a model's file lies that names no place: beside the others, called as the relation. -#}
{%- macro external_location(relation, config) -%}
  {%- set path = adapter.external_root() ~ '/' ~ relation.identifier -%}
  {%- if (config.get('options') or {}).get('partition_by') is not none -%}
    {{ path }}
  {%- else -%}
    {{ path }}.{{ config.get('format', 'parquet') }}
  {%- endif -%}
{%- endmacro -%}

{#- Options of DuckDB's `copy`, as text by name; format and delimiter have settings of their own, which stand before. -#}
{% macro render_write_options(config) -%}
  {%- set given = config.get('options') or {} -%}
  {%- if given is not mapping -%}
    {%- do exceptions.raise_compiler_error("'options' must be a dictionary, not " ~ given) -%}
  {%- endif -%}
  {%- set out = {} -%}
  {%- for name, value in given.items() -%}
    {%- do out.update({name: render(value)}) -%}
  {%- endfor -%}
  {%- for name in ['format', 'delimiter'] if config.get(name) -%}
    {%- do out.update({name: render(config.get(name))}) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{%- macro location_exists(location) -%}
  {%- do return(adapter.location_exists(location)) -%}
{%- endmacro -%}

{#- `options` is the text in the parentheses, or a dictionary to make it of. -#}
{% macro write_to_file(relation, location, options) -%}
  {%- set written = adapter.external_write_options(location, options) if options is mapping else options -%}
  {%- call statement('write_to_file') -%}
    copy (select * from {{ relation }}) to '{{ adapter.escape_sql_string(location) }}' ({{ written }})
  {%- endcall -%}
{%- endmacro %}

{% macro store_relation(plugin, relation, location, format, config) -%}
  {{ dbt.no_program('store_relation', "dbt-duckdb's plugins are Python; write a file with write_to_file(relation, location, options)") }}
{%- endmacro %}

{#-
  Where the rows of an external model go, with which options of `copy`, and how they are read again: what is written
  compressed must be read so, whatever its name looks like.
-#}
{% macro file_of_relation(relation, config) -%}
  {%- set options = render_write_options(config) -%}
  {%- set location = render(config.get('location') or external_location(relation, config)) -%}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set known = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') or options['format'] | lower -%}
  {%- if config.get('format') and format not in known -%}
    {%- do exceptions.raise_compiler_error("the format '" ~ format ~ "' is none that models are written in: " ~ known | join(', ')) -%}
  {%- endif -%}
  {%- set format = format if format in known else 'parquet' -%}
  {%- set read_options = {} -%}
  {%- do read_options.update(config.get(format ~ '_read_options') or ({'union_by_name': false} if format == 'parquet' else {'auto_detect': true})) -%}
  {%- if options.get('compression') and format != 'parquet' and 'compression' not in read_options -%}
    {%- do read_options.update({'compression': options['compression']}) -%}
  {%- endif -%}
  {{ return({
    'location': location,
    'options': options,
    'write_options': write_options,
    'format': format,
    'read_location': adapter.external_read_location(location, options),
    'read_options': read_options,
    'is_empty': false,
  }) }}
{%- endmacro %}

{% macro file_of_model() -%}
  {{ return(dbt.file_of_relation(this, config)) }}
{%- endmacro %}

{#- A file of no rows tells no types, or is no file: one row of nulls stands for none, which the view leaves out. -#}
{% macro write_file_of_model(relation, file) -%}
  {%- if run_query('select count(*) from ' ~ relation).rows[0][0] == 0 -%}
    {%- do file.update({'is_empty': true}) -%}
    {%- set nulls = ['null'] * (adapter.get_columns_in_relation(relation) | length) -%}
    {%- do run_query('insert into ' ~ relation ~ ' values (' ~ nulls | join(', ') ~ ')') -%}
  {%- endif -%}
  {{- write_to_file(relation, file.beside, file.write_options) -}}
{%- endmacro %}

{#- `written` has the columns of the file. -#}
{% macro get_view_of_file_sql(relation, file, written=none) -%}
  create or replace view {{ relation }} as (
    select * from read_{{ file.format }}('{{ adapter.escape_sql_string(file.read_location) }}'
    {%- for name, value in file.read_options.items() -%}
      , {{ name }} = {{ "'" ~ adapter.escape_sql_string(value) ~ "'" if value is string else value }}
    {%- endfor -%}
    )
    {%- if file.is_empty %}
    where
      {%- for column in adapter.get_columns_in_relation(written) %}
      {{ 'or ' if not loop.first }}{{ adapter.quote(column.name) }} is not null
      {%- endfor %}
    {%- endif %}
  )
{%- endmacro %}

{#- Only a project's own store_relation comes to be called. -#}
{% macro store_file_of_model(relation, file) -%}
  {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register') else config.get('plugin') -%}
  {%- do store_relation(plugin, relation, file.location, file.format, config) -%}
{%- endmacro %}

{#- Views over the files of models that this run reads and does not build; a memory database begins without them. -#}
{% macro register_upstream_external_models() -%}
  {%- if execute -%}
    {%- set wanted = {} -%}
    {%- for name in selected_resources if name in graph.nodes -%}
      {%- for parent in graph.nodes[name].depends_on.nodes if parent not in selected_resources -%}
        {%- do wanted.update({parent: graph.nodes.get(parent)}) -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- for node in wanted.values() if node and node.config.materialized == 'external' -%}
      {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='view') -%}
      {%- do adapter.create_schema(relation) -%}
      {%- do run_query(dbt.get_view_of_file_sql(relation, dbt.file_of_relation(relation, node.config))) -%}
    {%- endfor -%}
    {%- if wanted -%}
      {%- do adapter.commit() -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- `parameters` is a text, as it stands in the parentheses, or a list of such. -#}
{% macro get_create_table_function_sql(relation, sql) -%}
  {%- set given = config.get('parameters') or [] -%}
  {%- set parameters = [given] if given is string or given is number else given -%}
  create or replace function {{ relation.render() }}({{ parameters | join(', ') }}) as table (
    {{ sql }}
  )
{%- endmacro %}

{#- A function has no columns that could be described. -#}
{% macro comment_on_table_function(relation, model) -%}
  {%- if config.persist_relation_docs() and model.description -%}
    {%- do run_query('comment on macro table ' ~ relation.render() ~ ' is ' ~ duckdb_escape_comment(model.description)) -%}
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
