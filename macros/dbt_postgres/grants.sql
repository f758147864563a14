{#- A relation is built beside its destination, so it has no grants but those that it is given. -#}
{% macro postgres__copy_grants() -%}
  {{ return(false) }}
{%- endmacro %}

{#-
  What the present role has granted to others, on materialized views too, which the information schema leaves out. Only
  the privileges that it knows: others are none that dbt would take away.
-#}
{% macro postgres__get_show_grant_sql(relation) -%}
  select coalesce(role.rolname, 'PUBLIC') as grantee, given.privilege_type
  from pg_catalog.pg_class as relation
  join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
  cross join lateral pg_catalog.aclexplode(relation.relacl) as given
  left join pg_catalog.pg_roles as role on role.oid = given.grantee
  where namespace.nspname = '{{ adapter.escape_sql_string(relation.schema) }}'
    and relation.relname = '{{ adapter.escape_sql_string(relation.identifier) }}'
    and pg_catalog.pg_get_userbyid(given.grantor) = current_role
    and given.grantee <> given.grantor
    and given.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')
  order by 1, 2
{%- endmacro %}

{#- `public` is every role and the name of none, so it is never quoted. -#}
{% macro postgres__get_revoke_sql(relation, privilege, grantees) -%}
  {%- set names = [] -%}
  {%- for grantee in grantees -%}
    {%- do names.append('public' if grantee | lower == 'public' else adapter.quote(grantee)) -%}
  {%- endfor -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ names | join(', ') }}
{%- endmacro %}
