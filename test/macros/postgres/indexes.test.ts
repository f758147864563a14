import { expect, test } from 'vitest';
import { ask } from '../../postgres.ts';
import { sluice } from '../../rig.ts';
import { printed } from '../rig.ts';
import { macroProject } from './rig.ts';

const definitions = async (schema: string, name: string): Promise<readonly string[]> => {
  const rows = await ask(
    `select regexp_replace(indexdef, ' INDEX \\S+ ON \\S+ ', ' ') from pg_indexes
     where schemaname = $1 and tablename = $2 order by 1`,
    [schema, name],
  );
  return rows.map(([text]) => String(text));
};

const indexed = `{{ config(materialized='table', indexes=[
  {'columns': ['n', 'name']}, {'columns': ['n'], 'unique': true}, {'columns': ['name'], 'type': 'hash'},
  {'columns': ['lower(name) text_pattern_ops', 'n desc']}]) }}
  select n, n::text as name from {{ ref('numbers') }}`;

const expected = [
  'CREATE UNIQUE USING btree (n)',
  'CREATE USING btree (lower(name) text_pattern_ops, n DESC)',
  'CREATE USING btree (n, name)',
  'CREATE USING hash (name)',
];

test('a model has the indexes that it configures, after every run', async () => {
  const project = await macroProject({ 'models/indexed.sql': indexed });
  expect(await definitions(project.schema, 'indexed')).toEqual(expected);
  expect((await sluice(project, 'run', { select: ['indexed'] })).statuses).toEqual({ indexed: 'success' });
  expect(await definitions(project.schema, 'indexed')).toEqual(expected);
});

test('indexes are listed with their columns in order, and dropped by name', async () => {
  const project = await macroProject({
    'models/indexed.sql': indexed.replace("['n', 'name']", "['name', 'n']"),
  });
  const text = await printed(
    project,
    `{% set r = ref('indexed') %}{% for row in run_query(get_show_indexes_sql(r)).rows | sort(attribute='column_names,unique') %}
      {{ row['column_names'] }} {{ row['method'] }} {{ row['unique'] }};
      {%- do run_query(get_drop_index_sql(r, row['name'])) -%}
    {% endfor %} {{ run_query(get_show_indexes_sql(r)).rows | length }}`,
  );
  // Expressions are no columns: of the last index only `n` is listed.
  expect(text).toBe('n btree False; n btree True; name hash False; name,n btree False; 0');
});

test('an entry of indexes that is none is refused', async () => {
  const project = await macroProject();
  const refused = (index: string) => printed(project, `{{ get_create_index_sql(ref('numbers'), ${index}) }}`);
  expect(await refused("{'column': ['n']}")).toContain("it has no setting 'column'");
  expect(await refused("{'columns': ['n'], 'type': 3}")).toContain("its 'type' is no name: 3");
});
