{#-
  The server cuts names at 63 bytes without an error, and with them the suffix that makes them another: the base is
  shortened instead. `dstring` adds the local time, for names that no other run has.
-#}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) -%}
  {%- if dstring -%}
    {%- set suffix = suffix ~ modules.datetime.datetime.now().strftime('%H%M%S') ~ dbt.temporary_relation_number() -%}
  {%- endif -%}
  {%- set limit = base_relation.relation_max_name_length() -%}
  {%- set size = dbt.identifier_bytes(suffix) -%}
  {%- if size > limit -%}
    {%- do exceptions.raise_compiler_error("the suffix '" ~ suffix ~ "' takes " ~ size ~ ' bytes, and a name has at most ' ~ limit) -%}
  {%- endif -%}
  {%- set kept = namespace(base=base_relation.identifier) -%}
  {%- for _ in base_relation.identifier -%}
    {%- if dbt.identifier_bytes(kept.base) + size > limit -%}
      {%- set kept.base = kept.base[:-1] -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(base_relation.incorporate(path={'identifier': kept.base ~ suffix})) }}
{%- endmacro %}

{#- Bytes of UTF-8, which is what the server counts: an encoded one stands as three characters. -#}
{% macro identifier_bytes(name) -%}
  {%- set encoded = name | urlencode -%}
  {{ return(encoded | length - 2 * encoded.count('%')) }}
{%- endmacro %}

{% macro postgres__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=false)) }}
{%- endmacro %}

{#- A temporary table: it stands in a schema of the session, which has no name that could be given. -#}
{% macro postgres__make_temp_relation(base_relation, suffix) -%}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=true) -%}
  {{ return(named.incorporate(path={'schema': none, 'database': none})) }}
{%- endmacro %}

{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {%- set named = postgres__make_relation_with_suffix(base_relation, suffix, dstring=false) -%}
  {{ return(named.incorporate(type=backup_relation_type)) }}
{%- endmacro %}
