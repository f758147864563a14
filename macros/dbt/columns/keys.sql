{#-
  Five keys at most, those with a null behind the others, and of each those of most rows first: how many are wrong in
  all, the number of the key's rows, and the key's columns as text. A key with a null in it is no key; it is wrong only
  where that is asked for.
-#}
{% macro keys_that_are_wrong(rows, unique_key, with_nulls) -%}
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
    ) as all_keys
    group by {{ names | join(', ') }}
  ) as counted_keys
  where {{ has_null ~ ' or number_of_rows > 1' if with_nulls else 'number_of_rows > 1 and not ' ~ has_null }}
  order by {{ has_null }}, number_of_rows desc, {{ names | join(', ') }}
  limit 5
{%- endmacro %}
