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
  {{ return(dbt.snapshot_keys_that_are_wrong(rows, unique_key, with_nulls=true)) }}
{%- endmacro %}

{#- Keys of which a snapshot holds several current versions; at its first build also those that are null in a part. -#}
{% macro snapshot_wrong_versions(relation, unique_key, with_nulls) -%}
  {%- set rows -%}
    {{ relation.render() }} as snapshot_rows
    where {{ dbt.snapshot_is_current('snapshot_rows', dbt.snapshot_columns()) }}
  {%- endset -%}
  {{ return(dbt.snapshot_keys_that_are_wrong(rows, unique_key, with_nulls)) }}
{%- endmacro %}

{#-
  Five keys at most, those of most rows first: how many are wrong in all, the number of the key's rows, and the key's
  columns as text. A key with a null in it is no key; it is wrong only where that is asked for.
-#}
{% macro snapshot_keys_that_are_wrong(rows, unique_key, with_nulls) -%}
  {%- set keys = [unique_key] if unique_key is string or unique_key is not iterable else unique_key | list -%}
  {%- set names, given, nulls, texts = [], [], [], [] -%}
  {%- for key in keys -%}
    {%- set name = 'key_' ~ loop.index -%}
    {%- do names.append(name) -%}
    {%- do given.append(key ~ ' as ' ~ name) -%}
    {%- do nulls.append(name ~ ' is null') -%}
    {%- do texts.append('cast(' ~ name ~ ' as ' ~ api.Column.translate_type('string') ~ ') as ' ~ name) -%}
  {%- endfor -%}
  {%- set has_null = '(' ~ nulls | join(' or ') ~ ')' -%}
  select count(*) over () as number_of_keys, number_of_rows, {{ texts | join(', ') }}
  from (
    select {{ names | join(', ') }}, count(*) as number_of_rows
    from (
      select {{ given | join(', ') }}
      from {{ rows }}
    ) as snapshot_keys
    group by {{ names | join(', ') }}
  ) as counted_keys
  where {{ has_null ~ ' or number_of_rows > 1' if with_nulls else 'number_of_rows > 1 and not ' ~ has_null }}
  order by number_of_rows desc, {{ names | join(', ') }}
  limit 5
{%- endmacro %}
