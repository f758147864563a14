{#- Sends those hooks of a list that belong inside the transaction, or outside of it. -#}
{% macro run_hooks(hooks, inside_transaction=True) -%}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {#- What stands open must not hold what a hook outside of it does. -#}
    {%- if not inside_transaction and loop.first -%}
      {%- do adapter.commit() -%}
    {%- endif -%}
    {%- set code = render(hook.get('sql')) | trim -%}
    {%- if code -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ code }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) -%}
  {{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{%- endmacro %}

{% macro before_begin(sql) -%}
  {{ make_hook_config(sql, inside_transaction=false) }}
{%- endmacro %}

{% macro in_transaction(sql) -%}
  {{ make_hook_config(sql, inside_transaction=true) }}
{%- endmacro %}

{% macro after_commit(sql) -%}
  {{ make_hook_config(sql, inside_transaction=false) }}
{%- endmacro %}
