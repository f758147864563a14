import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';
import { macroProject, printed } from './rig.ts';

const made = (name: string) =>
  `{% set r = api.Relation.create(database=target.database, schema=target.schema, identifier='${name}', type='table') %}`;
const create = `{% call statement('made') %}{{ get_create_table_as_sql(false, r, 'select 1 as a, 2 as b') }}{% endcall %}`;
const columns = "{{ get_columns_in_relation(r) | map(attribute='name') | join(',') }}";

test('a relation is made, emptied, renamed, changed and dropped by macros', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${made('life')}${create}${columns}
    {% do truncate_relation(r) %}{{ run_query('select count(*) from ' ~ r).columns[0].values()[0] }}
    {% set other = r.incorporate(path={'identifier': 'life_2'}) %}{% do rename_relation(r, other) %}
    {% set r = other %}${columns}
    {% do alter_relation_add_remove_columns(r, [api.Column('c', 'text')], [api.Column('b', 'integer')]) %}${columns}
    {% do alter_column_type(r, 'a', 'bigint') %}{{ get_columns_in_relation(r)[0].data_type }}
    {% do drop_relation_if_exists(r) %}{{ get_columns_in_relation(r) | length }}`,
  );
  expect(text).toBe('a,b 0 a,b a,c BIGINT 0');
});

test('names on the way to a relation keep its schema, and temporary ones have none', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${made('orders')}{{ make_intermediate_relation(r) }} {{ make_backup_relation(r, 'view') }} {{ make_backup_relation(r, 'view').type }}
    {{ make_temp_relation(r) }}`,
  );
  expect(text).toMatch(
    /^"shop"\."main"\."orders__dbt_tmp" "shop"\."main"\."orders__dbt_backup" view "orders__dbt_tmp\d{20}"$/,
  );
});

test('get_or_create_relation tells whether it is there, and gives it as the warehouse has it', async () => {
  const project = await macroProject();
  const call = (name: string) => `get_or_create_relation(target.database, target.schema, '${name}', 'view')`;
  const text = await printed(
    project,
    `{{ ${call('numbers')} }} {{ ${call('numbers')}[1].type }} {{ ${call('nope')}[0] }}`,
  );
  expect(text).toBe('[True, <DuckDBRelation "shop"."main"."numbers">] table False');
});

test('an incremental table follows new columns as on_schema_change says', async () => {
  const project = await macroProject();
  const pair = `${made('old')}${create}{% set old = r %}${made('new')}
    {% call statement('made') %}{{ get_create_table_as_sql(false, r, 'select 1::bigint as a, 3 as c') }}{% endcall %}`;
  const change = (policy: string) =>
    `${pair}{{ process_schema_changes('${policy}', r, old) | map(attribute='name') | join(',') }}
    {% for c in get_columns_in_relation(old) %}{{ c.name }} {{ c.data_type }};{% endfor %}`;
  expect(await printed(project, change('append_new_columns'))).toBe('a,c a INTEGER;b INTEGER;c INTEGER;');
  expect(await printed(project, change('sync_all_columns'))).toBe('a,c a BIGINT;c INTEGER;');
  expect(await printed(project, change('ignore'))).toBe('a INTEGER;b INTEGER;');
  expect(await printed(project, change('fail'))).toContain("on_schema_change is 'fail'");
});

test('schemas are made, found and dropped', async () => {
  const project = await macroProject();
  const there =
    "{{ check_schema_exists(s.information_schema(), 'beside').rows[0][0] }}{{ adapter.check_schema_exists(target.database, 'beside') }}";
  const text = await printed(
    project,
    `{% set s = api.Relation.create(database=target.database, schema='beside') %}
    {% do create_schema(s) %}${there} {{ list_schemas(target.database).columns[0].values() | sort | join(',') }}
    {% do drop_schema_named('beside') %}${there}`,
  );
  expect(text).toBe('1True beside,main 0False');
});

test('descriptions become comments where persist_docs asks for them, whatever quotes they hold', async () => {
  const project = await macroProject({
    'analyses/told.sql': '',
    'models/told.sql': `{{ config(materialized='table', persist_docs={'relation': true, 'columns': true},
      post_hook="{{ persist_docs(this.incorporate(type='table'), model) }}") }} select 1 as id, 2 as other`,
    'models/told.yml': `models: [{name: told, description: "it's \\"all\\"", columns: [{name: ID, description: its $key$}, {name: gone, description: x}]}]`,
  });
  const text = await printed(
    project,
    `{{ run_query("select comment from duckdb_tables() where table_name = 'told'").columns[0].values()[0] }} |
    {{ run_query("select column_name, comment from duckdb_columns() where table_name = 'told' and comment is not null").rows[0].values() | list }}`,
  );
  expect(text).toBe(`it's "all" | ['id', 'its $key$']`);
});

test('partitions and an order that a table of DuckDB does not have are told, and must make sense', async () => {
  const project = testProject({
    'models/laid.sql':
      "{{ config(materialized='table', partition_by='id', sorted_by=['id', 'v']) }} select 1 as id, 2 as v",
    'models/overwritten.sql':
      "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='id') }} select 1 as id",
    'models/odd.sql': "{{ config(materialized='table', sort_by=[1]) }} select 1 as id",
    'models/none.sql': "{{ config(materialized='incremental', partitioned_by=[]) }} select 1 as id",
  });
  const { statuses, messages, events } = await sluice(project, 'run');
  expect(statuses).toEqual({ laid: 'success', overwritten: 'success', odd: 'error', none: 'error' });
  expect(messages['odd']).toContain('sorted_by/sort_by is one text or a list of texts, not [1]');
  expect(messages['none']).toContain('partitioned_by/partition_by names no column');
  const told = events.flatMap((event) =>
    event.name === 'message' && event.level === 'warn' ? [event.text] : [],
  );
  expect(told).toEqual([
    'partitioned_by/partition_by is for tables of DuckLake, and has no effect on "shop"."main"."laid"',
    'sorted_by/sort_by is for tables of DuckLake, and has no effect on "shop"."main"."laid"',
  ]);
});

test('columns that are described and not there are told at once, and keep no run from succeeding', async () => {
  const project = testProject({
    'models/told.sql':
      "{{ config(materialized='table', persist_docs={'columns': true}) }} select 1 as id, 2 as \"Other\"",
    'models/told.yml': `models: [{name: told, columns: [{name: ID, description: the key}, {name: other, quote: true, description: x},
      {name: gone, description: x}, {name: never, description: x}]}]`,
  });
  const { statuses, warnings } = await sluice(project, 'run');
  expect(statuses).toEqual({ told: 'success' });
  expect(warnings.map(({ event, message }) => [event, message])).toEqual([
    ['JinjaLogWarning', 'Columns are described that "shop"."main"."told" does not have: other, gone, never'],
  ]);
});
