{#- Sends the body of a call block to the warehouse and keeps the result under a name for load_result. -#}
{%- macro statement(name=none, fetch_result=false, auto_begin=true, language='sql') -%}
  {%- if execute -%}
    {%- if language != 'sql' -%}
      {%- do exceptions.raise_compiler_error('statement() runs sql, not ' ~ language) -%}
    {%- endif -%}
    {%- set code = caller() -%}
    {%- if name == 'main' -%}
      {{ write(code) }}
    {%- endif -%}
    {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
    {%- if name is not none -%}
      {{ store_result(name, response=response, agate_table=table) }}
    {%- endif -%}
  {%- endif -%}
{%- endmacro -%}

{#- As statement, but nothing is sent: the result that the caller names is stored. -#}
{%- macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) -%}
  {%- set body = caller() -%}
  {%- if name == 'main' -%}
    {{ write(body) }}
  {%- endif -%}
  {%- if name is not none -%}
    {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
  {%- endif -%}
{%- endmacro -%}

{#- Rows of a query as a table; none while the project is parsed. -#}
{%- macro run_query(sql) -%}
  {%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
    {{ sql }}
  {%- endcall -%}
  {#- Undefined while the project is parsed, not none: loops over it are empty then, and `is none` is false. -#}
  {%- do return(load_result('run_query_statement').table) -%}
{%- endmacro -%}
