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

{#-
  Keys are indexes, whose names a schema has once: while the table that stands there has them, the one that is built
  beside it gets others, and the configured ones when it takes its place.
-#}
{% macro constraints_beside(columns_and_constraints, relation) -%}
  {%- set text = namespace(sql=columns_and_constraints) -%}
  {%- if '__sluice_' in relation.identifier -%}
    {%- for constraint in model['constraints'] or [] if constraint.get('name') -%}
      {%- set staged = dbt.constraint_name_beside(constraint['name'], relation) -%}
      {%- set text.sql = text.sql | replace('constraint ' ~ constraint['name'] ~ ' ', 'constraint ' ~ staged ~ ' ') -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(text.sql) }}
{%- endmacro %}

{% macro constraint_name_beside(name, relation) -%}
  {{ return('sluice_' ~ local_md5(relation.identifier ~ ' ' ~ name)) }}
{%- endmacro %}

{#- Gives the constraints of a relation that took its place the names that the contract configures. -#}
{% macro name_constraints(relation, beside) -%}
  {%- set sql -%}
    select conname from pg_catalog.pg_constraint
    where conrelid = '{{ adapter.escape_sql_string(relation.include(database=false).render()) }}'::pg_catalog.regclass
  {%- endset -%}
  {%- set there = run_query(sql).columns[0].values() | list -%}
  {%- for constraint in model['constraints'] or [] if constraint.get('name') -%}
    {%- set staged = dbt.constraint_name_beside(constraint['name'], beside) -%}
    {%- if staged in there -%}
      {%- do run_query('alter table ' ~ relation.render() ~ ' rename constraint ' ~ staged ~ ' to ' ~ constraint['name']) -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}
