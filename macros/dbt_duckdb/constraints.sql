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

{#-
  DuckDB neither replaces a table that foreign keys point to nor drops a foreign key. So the tables whose keys lead to
  the relation are dropped, the farthest first, and their rows put aside; gives where. Only tables that this run builds
  anew after the relation are dropped, so that their keys come back.
-#}
{% macro drop_foreign_key_dependents(relation) -%}
  {%- set parents = dbt.foreign_keys_to(relation) -%}
  {%- set builders = {relation.identifier | lower: model.unique_id} -%}
  {%- for node in graph.nodes.values() if parents and node.resource_type == 'model' -%}
    {%- set same_schema = (node.database | lower, node.schema | lower) == (relation.database | lower, relation.schema | lower) -%}
    {%- if same_schema and node.alias | lower in parents | map('lower') -%}
      {%- do builders.update({node.alias | lower: node.unique_id}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set problems = [] -%}
  {%- for table in parents -%}
    {%- set problem = dbt.why_not_rebuilt(graph.nodes.get(builders.get(table | lower)), parents[table], builders) -%}
    {%- if problem -%}
      {%- do problems.append(table ~ ' (' ~ problem ~ ')') -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if problems -%}
    {%- do exceptions.raise_compiler_error(
      relation.render() ~ ' cannot be replaced: foreign keys of these tables lead to it, and this run does not build them anew after it: '
      ~ problems | join('; ')
    ) -%}
  {%- endif -%}
  {%- set dropped = [] -%}
  {%- for table in parents -%}
    {%- set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=table, type='table') -%}
    {%- set backup = dependent.incorporate(path={'identifier': table ~ '__dbt_fk_backup'}) -%}
    {%- do run_query('create or replace table ' ~ backup ~ ' as select * from ' ~ dependent) -%}
    {%- do run_query('drop table ' ~ dependent) -%}
    {%- do dropped.append({'relation': dependent, 'backup': backup}) -%}
  {%- endfor -%}
  {{ return(dropped) }}
{%- endmacro %}

{#- The rows are there again, without keys, until the models that build their tables run. -#}
{% macro restore_foreign_key_dependents(dropped) -%}
  {%- for item in dropped | reverse -%}
    {%- do run_query('alter table ' ~ item['backup'] ~ ' rename to ' ~ adapter.quote(item['relation'].identifier)) -%}
  {%- endfor -%}
{%- endmacro %}

{#- Tables by name, each with those that its foreign keys point to; a table comes after those that point to it. -#}
{% macro foreign_keys_to(relation) -%}
  {%- set sql -%}
    with recursive pointing as (
      select distinct table_name as child, lower(referenced_table) as parent
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ adapter.escape_sql_string(relation.database) }}')
        and lower(schema_name) = lower('{{ adapter.escape_sql_string(relation.schema) }}')
        and lower(table_name) <> lower(referenced_table)
    ), reached as (
      select child, 1 as far from pointing where parent = lower('{{ adapter.escape_sql_string(relation.identifier) }}')
      union
      select pointing.child, reached.far + 1 from pointing join reached on pointing.parent = lower(reached.child)
    )
    select child, parent
    from pointing join (select child, max(far) as far from reached group by child) using (child)
    order by far desc, child, parent
  {%- endset -%}
  {%- set parents = {} -%}
  {%- for row in run_query(sql).rows -%}
    {%- do parents.update({row[0]: parents.get(row[0], []) + [row[1]]}) -%}
  {%- endfor -%}
  {{ return(parents) }}
{%- endmacro %}

{% macro why_not_rebuilt(node, parents, builders) -%}
  {%- if not node -%}
    {{ return('no model of this project builds it') }}
  {%- elif node.unique_id not in selected_resources -%}
    {{ return("model '" ~ node.name ~ "' is not selected") }}
  {%- endif -%}
  {%- set read = [] -%}
  {%- for parent in parents if builders.get(parent) in node.depends_on.nodes -%}
    {%- do read.append(parent) -%}
  {%- endfor -%}
  {%- if not read -%}
    {{ return("model '" ~ node.name ~ "' has no ref to what its key points to: write the constraint with to: ref(...)") }}
  {%- endif -%}
  {%- set materialized = node.config.materialized -%}
  {%- set anew = flags.FULL_REFRESH if node.config.full_refresh is none else node.config.full_refresh -%}
  {%- if materialized != 'table' and not (materialized == 'incremental' and anew) -%}
    {{ return("model '" ~ node.name ~ "' adds to it: run it with --full-refresh") }}
  {%- endif -%}
  {{ return('') }}
{%- endmacro %}

{#- Gives what was dropped with the relation, to be restored. -#}
{% macro drop_relation_for_rebuild(relation) -%}
  {%- set dropped = drop_foreign_key_dependents(relation) if may_be_foreign_key_target(relation) else [] -%}
  {%- do adapter.drop_relation(relation) -%}
  {{ return(dropped) }}
{%- endmacro %}
