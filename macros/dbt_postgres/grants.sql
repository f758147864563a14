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

{#-
  Only what is missing is granted, and only what is too much is revoked. Roles are compared as the server knows them: an
  unquoted name is lower case, and letters of a quoted one are told apart. A revocation that is not needed would take
  along what the role granted on.
-#}
{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- if grant_config -%}
    {%- set present = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) if should_revoke else {} -%}
    {%- set wanted, to_grant, to_revoke = {}, {}, {} -%}
    {%- for privilege, given in grant_config.items() -%}
      {%- set meant = dbt.privileges_meant(privilege) -%}
      {%- for grantee in ([given] if given is string else given or []) -%}
        {%- set role = dbt.role_meant(grantee) -%}
        {%- for one in meant -%}
          {%- do wanted.setdefault(one, []).append(role) -%}
          {%- if role not in present.get(one, []) and grantee not in to_grant.get(privilege, []) -%}
            {%- do to_grant.setdefault(privilege, []).append(grantee) -%}
          {%- endif -%}
        {%- endfor -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- for privilege, roles in present.items() -%}
      {%- for role in roles if role not in wanted.get(privilege, []) -%}
        {%- do to_revoke.setdefault(privilege, []).append(role) -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- do dbt.change_grants(relation, to_grant, to_revoke) -%}
  {%- endif -%}
{%- endmacro %}

{#- What `default privileges` give to a relation that is new is not taken away from one that stays. -#}
{% macro postgres__apply_grants_in_place(relation, existing_relation) -%}
  {%- set grants = {} -%}
  {%- for privilege, given in (config.get('grants') or {}).items() -%}
    {%- do grants.update({privilege: [given] if given is string else (given or []) | list}) -%}
  {%- endfor -%}
  {%- if existing_relation is not none and grants -%}
    {%- for row in run_query(postgres_default_grants_sql(relation)).rows -%}
      {%- set role = row['grantee'] if row['grantee'] == 'PUBLIC' else adapter.quote(row['grantee']) -%}
      {%- do grants.setdefault(row['privilege_type'], []).append(role) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do apply_grants(relation, grants, should_revoke=existing_relation is not none) -%}
{%- endmacro %}

{#- The grants of a relation that it got when it was made, as far as it still has them. -#}
{% macro postgres_default_grants_sql(relation) -%}
  select distinct coalesce(role.rolname, 'PUBLIC') as grantee, given.privilege_type
  from pg_catalog.pg_class as relation
  join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
  join pg_catalog.pg_default_acl as defaults
    on defaults.defaclrole = relation.relowner
    and defaults.defaclobjtype = 'r'
    and defaults.defaclnamespace in (0, relation.relnamespace)
  cross join lateral pg_catalog.aclexplode(defaults.defaclacl) as given
  join lateral pg_catalog.aclexplode(relation.relacl) as kept
    on kept.grantee = given.grantee and kept.privilege_type = given.privilege_type
  left join pg_catalog.pg_roles as role on role.oid = given.grantee
  where namespace.nspname = '{{ adapter.escape_sql_string(relation.schema) }}'
    and relation.relname = '{{ adapter.escape_sql_string(relation.identifier) }}'
    and given.grantee <> relation.relowner
  order by 1, 2
{%- endmacro %}

{#- A role's name as the server has it; `PUBLIC` for everybody. -#}
{% macro role_meant(grantee) -%}
  {%- set name = grantee | string | trim -%}
  {%- if name.startswith('"') and name.endswith('"') -%}
    {{ return(name[1:-1] | replace('""', '"')) }}
  {%- endif -%}
  {{ return('PUBLIC' if name | lower == 'public' else name | lower) }}
{%- endmacro %}

{% macro privileges_meant(privilege) -%}
  {%- if privilege | upper in ['ALL', 'ALL PRIVILEGES'] -%}
    {{ return(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) }}
  {%- endif -%}
  {{ return([privilege | upper]) }}
{%- endmacro %}

{#- `public` is every role and the name of none, so it is never quoted. -#}
{% macro postgres__get_revoke_sql(relation, privilege, grantees) -%}
  {%- set names = [] -%}
  {%- for grantee in grantees -%}
    {%- do names.append('public' if grantee | lower == 'public' else adapter.quote(grantee)) -%}
  {%- endfor -%}
  revoke {{ privilege }} on {{ relation.render() }} from {{ names | join(', ') }}
{%- endmacro %}
