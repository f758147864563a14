{#-
  A contract is kept by any type of the declared one's kind, as in dbt, which knows types by the names of its driver:
  text of every length is one kind, and so are the smaller whole numbers, and both floating ones. Other types are
  themselves only.
-#}
{% macro postgres__format_column(column) -%}
  {%- set kind = dbt.type_kind(column.dtype) -%}
  {{ return({'name': column.name, 'data_type': kind, 'formatted': column.column ~ ' ' ~ kind}) }}
{%- endmacro %}

{#- Takes the type's name as format_type writes it, without length or precision. -#}
{% macro type_kind(type) -%}
  {%- if type.endswith('[]') -%}
    {{ return(dbt.type_kind(type[:-2]) ~ 'ARRAY') }}
  {%- endif -%}
  {{ return({
    'smallint': 'INTEGER',
    'integer': 'INTEGER',
    'bigint': 'LONGINTEGER',
    'numeric': 'DECIMAL',
    'real': 'FLOAT',
    'double precision': 'FLOAT',
    'text': 'TEXT',
    'character varying': 'TEXT',
    'character': 'TEXT',
    '"char"': 'TEXT',
    'name': 'TEXT',
    'boolean': 'BOOLEAN',
    'bytea': 'BINARY',
    'date': 'DATE',
    'timestamp without time zone': 'DATETIME',
    'timestamp with time zone': 'DATETIMETZ',
    'time without time zone': 'TIME',
    'time with time zone': 'TIME',
    'interval': 'INTERVAL',
    'json': 'JSON',
    'jsonb': 'JSONB',
    'oid': 'ROWID',
  }.get(type, type)) }}
{%- endmacro %}
