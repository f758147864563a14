{#-
  A unit test: the rows that the model's query gives beside those that are expected, in one result. The types are those
  of the query's own columns, for which the warehouse is asked without a table being made.
-#}
{% materialization unit, default -%}
  {%- set rows = config.get('expected_rows') or [] -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in columns_of_query(sql) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
  {%- set expected = config.get('expected_sql') or get_expected_sql(rows, types, quoted) -%}
  {%- set names = [] -%}
  {%- for name in (rows[0] if rows else types) -%}
    {%- do names.append(quoted[name | lower]) -%}
  {%- endfor -%}
  {%- call statement('main', fetch_result=true) -%}
    {{ get_unit_test_sql(sql, expected, names) }}
  {%- endcall -%}
  {{ return({'relations': []}) }}
{%- endmaterialization %}
