{% macro copy_grants() -%}
  {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{%- endmacro %}

{#- Whether a relation that is replaced keeps its grants. -#}
{% macro default__copy_grants() -%}
  {{ return(true) }}
{%- endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() -%}
  {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{%- endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(true) }}
{%- endmacro %}

{#- A relation that is new has nothing to take away; one that was replaced may have kept grants of before. -#}
{% macro should_revoke(existing_relation, full_refresh_mode=True) -%}
  {%- if not existing_relation -%}
    {{ return(false) }}
  {%- endif -%}
  {{ return(copy_grants() if full_refresh_mode else true) }}
{%- endmacro %}

{% macro get_show_grant_sql(relation) -%}
  {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_show_grant_sql(relation) -%}
  show grants on {{ relation.render() }}
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) -%}
  {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{%- macro default__get_grant_sql(relation, privilege, grantees) -%}
  grant {{ privilege }} on {{ 'function ' if relation.is_function }}{{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro -%}

{% macro get_revoke_sql(relation, privilege, grantees) -%}
  {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{#- Who has a privilege was listed by the warehouse, in its own spelling: the names are quoted. -#}
{%- macro default__get_revoke_sql(relation, privilege, grantees) -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ get_quoted_csv(grantees) }}
{%- endmacro -%}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{%- endmacro %}

{%- macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {%- set together = support_multiple_grantees_per_dcl_statement() -%}
  {%- set out = [] -%}
  {%- for privilege, grantees in grant_config.items() if grantees -%}
    {%- for group in ([grantees] if together else grantees) -%}
      {%- do out.append(get_dcl_macro(relation, privilege, group if together else [group])) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{% macro call_dcl_statements(dcl_statement_list) -%}
  {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{%- endmacro %}

{% macro default__call_dcl_statements(dcl_statement_list) -%}
  {%- call statement('grants') -%}
    {%- for one in dcl_statement_list %}
{{ one }};
    {%- endfor -%}
  {%- endcall -%}
{%- endmacro %}

{#- The grants that the model configures; `made_anew` where the relation took the place of the existing one. -#}
{% macro apply_grants_of_model(relation, existing_relation, made_anew) -%}
  {%- do apply_grants(relation, config.get('grants'), should_revoke=should_revoke(existing_relation, made_anew)) -%}
{%- endmacro %}

{#- The same for a relation that stays where another warehouse, or dbt, would make a new one. -#}
{% macro apply_grants_in_place(relation, existing_relation) -%}
  {{ return(adapter.dispatch('apply_grants_in_place', 'dbt')(relation, existing_relation)) }}
{%- endmacro %}

{% macro default__apply_grants_in_place(relation, existing_relation) -%}
  {%- do apply_grants(relation, config.get('grants'), should_revoke=existing_relation is not none) -%}
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke) -%}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}

{#- With `should_revoke`, only what differs from the present grants is said; else all of it. -#}
{% macro default__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- if grant_config -%}
    {%- set to_grant, to_revoke = grant_config, {} -%}
    {%- if should_revoke -%}
      {%- set present = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
      {%- set to_grant = diff_of_two_dicts(grant_config, present) -%}
      {%- set to_revoke = diff_of_two_dicts(present, grant_config) -%}
    {%- endif -%}
    {%- do dbt.change_grants(relation, to_grant, to_revoke) -%}
  {%- endif -%}
{%- endmacro %}

{#- Both are dictionaries of grantees by privilege. -#}
{% macro change_grants(relation, to_grant, to_revoke) -%}
  {%- set statements = get_dcl_statement_list(relation, to_revoke, get_revoke_sql)
    + get_dcl_statement_list(relation, to_grant, get_grant_sql) -%}
  {%- if statements -%}
    {%- do call_dcl_statements(statements) -%}
  {%- endif -%}
{%- endmacro %}
