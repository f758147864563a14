{{ config(materialized='table') }}
{% set seeds = ['values', 'zeros', 'big', 'nulls', 'semicolons', 'typed', 'bom', 'crlf', 'blank_lines', 'only_header', 'booleans'] -%}
{% for seed in seeds %}
-- depends_on: {{ ref(seed) }}
{%- endfor %}
{% if execute -%}
{% for seed in seeds -%}
select '{{ seed }}' as seed, '{{ adapter.get_columns_in_relation(ref(seed)) | map(attribute="dtype") | join(" ") }}' as types
{{ "union all" if not loop.last }}
{% endfor -%}
{% endif %}
