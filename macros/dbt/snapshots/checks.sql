{#- One row where a snapshot found changes, none where it found none. -#}
{% macro snapshot_first_change(changes) -%}
  select 1 as found
  from {{ changes }}
  limit 1
{%- endmacro %}

{#- Keys that several rows of the query have, or that are null in a part. -#}
{% macro snapshot_wrong_keys(sql, unique_key) -%}
  {%- set rows -%}
    (
      {{ sql }}
    ) as snapshot_query
  {%- endset -%}
  {{ return(dbt.keys_that_are_wrong(rows, unique_key, with_nulls=true)) }}
{%- endmacro %}

{#- Keys of which a snapshot holds several current versions; at its first build also those that are null in a part. -#}
{% macro snapshot_wrong_versions(relation, unique_key, with_nulls) -%}
  {%- set rows -%}
    {{ relation.render() }} as snapshot_rows
    where {{ dbt.snapshot_is_current('snapshot_rows', dbt.snapshot_columns()) }}
  {%- endset -%}
  {{ return(dbt.keys_that_are_wrong(rows, unique_key, with_nulls)) }}
{%- endmacro %}
