/** Materializations as projects write them, after the shape of dbt's own: for tests of what runs them. */
export const programs = `
{% materialization swapped, default %}
  {%- set standing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set beside = make_intermediate_relation(goal) -%}
  {%- set aside = make_backup_relation(goal, 'table' if standing is none else standing.type) -%}
  {{ drop_relation_if_exists(load_cached_relation(beside)) }}
  {{ drop_relation_if_exists(load_cached_relation(aside)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    {{ get_create_table_as_sql(False, beside, sql) }}
  {%- endcall %}
  {% if config.get('indexes') and adapter.type() == 'postgres' %}{% do create_indexes(beside) %}{% endif %}
  {% if standing is not none %}{{ adapter.rename_relation(standing, aside) }}{% endif %}
  {{ adapter.rename_relation(beside, goal) }}
  {% do persist_docs(goal, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(standing, full_refresh_mode=True)) %}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(aside) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{% endmaterialization %}

{% materialization upserted, default %}
  {%- set standing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set fresh = make_temp_relation(goal) -%}
  {%- set beside = make_intermediate_relation(goal) -%}
  {%- set aside = make_backup_relation(goal, 'table' if standing is none else standing.type) -%}
  {%- set policy = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set rebuilds = standing is not none and (should_full_refresh() or standing.is_view) -%}
  {{ drop_relation_if_exists(load_cached_relation(beside)) }}
  {{ drop_relation_if_exists(load_cached_relation(aside)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if standing is none %}
    {% set build = get_create_table_as_sql(False, goal, sql) %}
  {% elif rebuilds %}
    {% set build = get_create_table_as_sql(False, beside, sql) %}
  {% else %}
    {% do run_query(get_create_table_as_sql(True, fresh, sql)) %}
    {% do adapter.expand_target_column_types(from_relation=fresh, to_relation=goal) %}
    {% set columns = process_schema_changes(policy, fresh, standing) or adapter.get_columns_in_relation(standing) %}
    {% set strategy = adapter.get_incremental_strategy_macro(context, 'delete+insert') %}
    {% set build = strategy({
      'target_relation': goal, 'temp_relation': fresh, 'unique_key': config.get('unique_key'),
      'dest_columns': columns, 'incremental_predicates': none
    }) %}
  {% endif %}
  {% call statement('main') %}{{ build }}{% endcall %}
  {% if rebuilds %}
    {% do adapter.rename_relation(standing, aside) %}
    {% do adapter.rename_relation(beside, goal) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do adapter.commit() %}
  {% if rebuilds %}{% do adapter.drop_relation(aside) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{% endmaterialization %}
`;
