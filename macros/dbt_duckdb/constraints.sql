{#- Keys of the contract that the warehouse will enforce, of the model that is rendered. -#}
{% macro enforced_constraint_types() -%}
  {%- set contract = config.get('contract') -%}
  {%- if not contract or not contract.enforced or not adapter.catalog_supports_foreign_keys(this.database) -%}
    {{ return([]) }}
  {%- endif -%}
  {%- set found = [] -%}
  {%- for constraint in model.get('constraints') or [] -%}
    {%- do found.append(constraint['type'] | string) -%}
  {%- endfor -%}
  {%- for column in (model.get('columns') or {}).values() -%}
    {%- for constraint in column.get('constraints') or [] -%}
      {%- do found.append(constraint['type'] | string) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}

{#- Keys that stand in the warehouse. -#}
{% macro existing_constraint_types(relation) -%}
  {{ return(adapter.existing_key_constraint_types(relation)) }}
{%- endmacro %}

{% macro has_foreign_key_constraints(relation=none) -%}
  {{ return(
    'foreign_key' in enforced_constraint_types()
    or (relation is not none and 'foreign_key' in existing_constraint_types(relation))
  ) }}
{%- endmacro %}

{#- A foreign key can refer to a unique column only. -#}
{% macro may_be_foreign_key_target(relation=none) -%}
  {%- set types = enforced_constraint_types() + (existing_constraint_types(relation) if relation is not none else []) -%}
  {{ return('primary_key' in types or 'unique' in types) }}
{%- endmacro %}

{#- sluice replaces a table in place and never drops the tables that refer to it. -#}
{% macro drop_foreign_key_dependents(relation) -%}
  {{ return([]) }}
{%- endmacro %}

{% macro restore_foreign_key_dependents(dropped) -%}
  {%- if dropped -%}
    {{ dbt.no_program('restore_foreign_key_dependents', 'drop_foreign_key_dependents drops nothing that could be restored') }}
  {%- endif -%}
{%- endmacro %}

{#- Gives what was dropped with the relation: nothing, as a drop never takes other relations along. -#}
{% macro drop_relation_for_rebuild(relation) -%}
  {%- do adapter.drop_relation(relation) -%}
  {{ return([]) }}
{%- endmacro %}
