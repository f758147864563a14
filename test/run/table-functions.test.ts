import { describe, expect, test } from 'vitest';
import { query, relations, sluice, type TestProject, testProject } from '../rig.ts';

const tableFunction = (config: string, sql: string): string =>
  `{{ config(materialized='table_function'${config === '' ? '' : `, ${config}`}) }} ${sql}`;

async function succeeds(project: TestProject): Promise<void> {
  const { diagnostics } = await sluice(project, 'run');
  expect(diagnostics).toEqual([]);
}

const functions = (project: TestProject) =>
  query(
    project,
    'select function_name, parameters::varchar, function_type, comment from duckdb_functions() where not internal order by 1',
  );

describe('a table function', () => {
  test.each([
    ['', '', '[]'],
    ["parameters='n'", '4', '[n]'],
    ["parameters='n, m'", '4, 5', '[n, m]'],
    ["parameters=['n', 'm']", '4, m := 5', '[n, m]'],
    ["parameters=['n', 'm := 5']", '4', '[n, m]'],
  ])('with %j is called by the name of its model', async (config, given, parameters) => {
    const sum = parameters === '[]' ? '9' : parameters === '[n]' ? 'n + 5' : 'n + m';
    const shop = testProject({
      'models/f.sql': tableFunction(config, `select ${sum} as id`),
      'models/t.sql': `{{ config(materialized='table') }} select id from {{ ref('f') }}(${given})`,
    });
    await succeeds(shop);
    await succeeds(shop);
    expect(await query(shop, 'select id from t')).toEqual([[9]]);
    expect(await functions(shop)).toEqual([['f', parameters, 'table_macro', null]]);
    expect(await relations(shop)).toEqual(['main.t table']);
  });

  test('has a description and hooks, and is replaced in one transaction with them', async () => {
    const described = (sql: string, hook: string): string =>
      tableFunction(`persist_docs={'relation': true, 'columns': true}, post_hook="${hook}"`, sql);
    const shop = testProject({
      'models/f.sql': described('select 1 as id', 'create or replace table seen as from f()'),
      'models/f.yml':
        "models: [{name: f, description: it's one, columns: [{name: id, description: a number}]}]",
    });
    await succeeds(shop);
    expect(await query(shop, 'from seen')).toEqual([[1]]);
    expect(await functions(shop)).toEqual([['f', '[]', 'table_macro', "it's one"]]);
    shop.write({ 'models/f.sql': described('select 2 as id', "select error('no')") });
    expect((await sluice(shop, 'run')).statuses).toEqual({ f: 'error' });
    expect(await query(shop, 'from f()')).toEqual([[1]]);
  });

  test('leaves the table or view that has its name, as in dbt', async () => {
    const shop = testProject({ 'models/f.sql': "{{ config(materialized='table') }} select 1 as id" });
    await succeeds(shop);
    shop.write({ 'models/f.sql': tableFunction('', 'select 2 as id') });
    await succeeds(shop);
    expect(await query(shop, 'select f.id, g.id from f, f() as g')).toEqual([[1, 2]]);
  });

  test('is built by a materialization of the project that calls ours', async () => {
    const shop = testProject({
      'macros/own.sql':
        "{% materialization called, adapter='duckdb' %}{{ return(materialization_table_function_duckdb()) }}{% endmaterialization %}",
      'models/f.sql': "{{ config(materialized='called', parameters='n') }} select n as id",
    });
    await succeeds(shop);
    expect(await query(shop, 'from f(3)')).toEqual([[3]]);
  });
});
