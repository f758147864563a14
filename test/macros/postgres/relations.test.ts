import { expect, test } from 'vitest';
import { ask } from '../../postgres.ts';
import { sluice } from '../../rig.ts';
import { printed } from '../rig.ts';
import { macroProject } from './rig.ts';

const made = (name: string, type = 'table') =>
  `{% set r = api.Relation.create(database=target.database, schema=target.schema, identifier='${name}', type='${type}') %}`;
const create = `{% call statement('made') %}{{ get_create_table_as_sql(false, r, 'select 1 as a, 2 as b') }}{% endcall %}`;
const columns = "{{ get_columns_in_relation(r) | map(attribute='name') | join(',') }}";

test('a relation is made, emptied, renamed, changed and dropped by macros', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${made('life')}${create}${columns}
    {% do truncate_relation(r) %}{{ run_query('select count(*) from ' ~ r).columns[0].values()[0] }}
    {% set other = r.incorporate(path={'identifier': 'Life 2'}) %}{% do rename_relation(r, other) %}
    {% set r = other %}${columns}
    {% do alter_relation_add_remove_columns(r, [api.Column('c', 'text')], [api.Column('b', 'integer')]) %}${columns}
    {% do alter_column_type(r, 'a', 'bigint') %}{{ get_columns_in_relation(r)[0].data_type }}
    {% do drop_relation_if_exists(r) %}{{ get_columns_in_relation(r) | length }}`,
  );
  expect(text).toBe('a,b 0 a,b a,c bigint 0');
});

test('views and materialized views are renamed by their own statements', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    ['table', 'view', 'materialized_view']
      .map((type) => `${made('a', type)}{{ get_rename_sql(r, 'B c') }};`)
      .join(''),
  );
  const name = `"postgres"."${project.schema}"."a" rename to "B c"`;
  expect(text.replaceAll(/alter (.*?) "\w+"\./g, 'alter $1 "postgres".')).toBe(
    `alter table ${name};alter view ${name};alter materialized view ${name};`,
  );
});

test('nothing is dropped along with a relation but what a schema holds', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    ['table', 'view', 'materialized_view'].map((type) => `${made('a', type)}{{ get_drop_sql(r) }};`).join(''),
  );
  expect(text).toMatch(
    /^drop table if exists \S+;drop view if exists \S+;drop materialized view if exists \S+;$/,
  );
  expect(
    await printed(
      project,
      `{% set s = api.Relation.create(database=target.database, schema=target.schema ~ '_beside') %}
      {% do create_schema(s) %}{% do create_schema(s) %}{% do run_query('create table ' ~ s.schema ~ '.t as select 1 as a') %}
      {{ adapter.check_schema_exists(target.database, s.schema) }}
      {% do drop_schema(s) %}{{ adapter.check_schema_exists(target.database, s.schema) }}`,
    ),
  ).toBe('True False');
});

/** What dbt-postgres 1.11 keeps of a name, in characters: intermediate, backup and temporary relations. */
const kept = [
  { size: 6, intermediate: 6, backup: 6, temporary: 6 },
  { size: 51, intermediate: 51, backup: 51, temporary: 42 },
  { size: 52, intermediate: 52, backup: 51, temporary: 42 },
  { size: 54, intermediate: 54, backup: 51, temporary: 42 },
  { size: 63, intermediate: 54, backup: 51, temporary: 42 },
];

test('names on the way to a relation are shortened as dbt shortens them', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    kept
      .map(
        ({ size }) =>
          `${made('a'.repeat(size))}{{ make_intermediate_relation(r) }} {{ make_backup_relation(r, 'view') }} {{ make_backup_relation(r, 'view').type }} {{ make_temp_relation(r) }};`,
      )
      .join(''),
  );
  const base = `"\\w+"\\."${project.schema}"\\.`;
  const a = (count: number): string => 'a'.repeat(count);
  expect(text).toMatch(
    new RegExp(
      `^${kept.map((one) => `${base}"${a(one.intermediate)}__dbt_tmp" ${base}"${a(one.backup)}__dbt_backup" view "${a(one.temporary)}__dbt_tmp\\d{12}";`).join('')}$`,
    ),
  );
});

test('names are measured in bytes, as the server does, so that it cuts none', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${made('é'.repeat(40))}{{ make_intermediate_relation(r).identifier }}
    {% set temporary = make_temp_relation(r) %}
    {% call statement('made') %}{{ get_create_table_as_sql(true, temporary, 'select 1 as a') }}{% endcall %}
    {{ get_columns_in_relation(temporary) | map(attribute='name') | join(',') }}`,
  );
  expect(text).toBe(`${'é'.repeat(27)}__dbt_tmp a`);
  expect(await printed(project, `${made('a')}{{ make_intermediate_relation(r, '_' * 64) }}`)).toContain(
    'takes 64 bytes, and a name has at most 63',
  );
});

test('an unlogged table is one, and a temporary one is temporary whatever the configuration', async () => {
  const unlogged = "{{ config(unlogged=true, materialized='incremental', unique_key='a') }} select 1 as a";
  const project = await macroProject({ 'models/fast.sql': unlogged });
  await sluice(project, 'run', { select: ['fast'] });
  expect((await sluice(project, 'run', { select: ['fast'] })).statuses).toEqual({ fast: 'success' });
  const persistence = await ask('select relpersistence from pg_class where oid = $1::regclass', [
    `${project.schema}.fast`,
  ]);
  expect(persistence).toEqual([['u']]);
});

test('a table is replaced with what is printed for that, and a view that keeps its columns', async () => {
  const project = await macroProject();
  const text = await printed(
    project,
    `${made('swapped')}${create}{% call statement('new') %}{{ get_replace_sql(r, r, "select 'x' as other") }}{% endcall %}${columns}
    ${made('seen', 'view')}{% call statement('made') %}{{ get_create_sql(r, 'select 1 as a') }}{% endcall %}
    {% call statement('new') %}{{ get_replace_sql(r, r, 'select 2 as a, 3 as b') }}{% endcall %}{{ run_query('select * from ' ~ r).rows[0].values() }}`,
  );
  expect(text).toBe('other (2, 3)');
});

test('an incremental table follows new columns as on_schema_change says', async () => {
  const project = await macroProject();
  const pair = `${made('old')}{% do drop_relation(r) %}${create}{% set old = r %}${made('new')}{% do drop_relation(r) %}
    {% call statement('made') %}{{ get_create_table_as_sql(false, r, 'select 1::bigint as a, 3 as c') }}{% endcall %}`;
  const change = (policy: string) =>
    `${pair}{{ process_schema_changes('${policy}', r, old) | map(attribute='name') | join(',') }}
    {% for c in get_columns_in_relation(old) %}{{ c.name }} {{ c.data_type }};{% endfor %}`;
  expect(await printed(project, change('append_new_columns'))).toBe('a,c a integer;b integer;c integer;');
  expect(await printed(project, change('sync_all_columns'))).toBe('a,c a bigint;c integer;');
  expect(await printed(project, change('ignore'))).toBe('a integer;b integer;');
  expect(await printed(project, change('fail'))).toContain("on_schema_change is 'fail'");
});
