{#- Parts of the Python program that dbt wraps around a Python model; sluice runs SQL models only. -#}
{% macro no_python(macro_name) -%}
  {%- do exceptions.raise_compiler_error(
    "'" ~ macro_name ~ "' serves Python models, which sluice does not run; write the model in SQL"
  ) -%}
{%- endmacro %}

{#- The relation behind a `ref` or `source` of a Python program. -#}
{% macro resolve_model_name(input_model_name) -%}
  {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{%- endmacro %}

{%- macro default__resolve_model_name(input_model_name) -%}
  {{ input_model_name | string | replace('"', '\"') }}
{%- endmacro -%}

{% macro build_ref_function(model) -%}
  {{ dbt.no_python('build_ref_function') }}
{%- endmacro %}

{% macro build_source_function(model) -%}
  {{ dbt.no_python('build_source_function') }}
{%- endmacro %}

{% macro build_config_dict(model) -%}
  {{ dbt.no_python('build_config_dict') }}
{%- endmacro %}

{% macro py_script_postfix(model) -%}
  {{ dbt.no_python('py_script_postfix') }}
{%- endmacro %}

{#- Packages override this one to add lines of their own. -#}
{%- macro py_script_comment() -%}
{%- endmacro -%}
