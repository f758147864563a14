import { expect, test } from 'vitest';
import { postgresProject } from '../../postgres.ts';
import { sluice } from '../../rig.ts';
import { printed, rowsOf } from '../rig.ts';
import { macroProject } from './rig.ts';

const schema = `
models:
  - name: facts
    columns:
      - name: id
        data_tests: [unique, not_null]
      - name: kind
        data_tests:
          - accepted_values: {arguments: {values: [a, b]}}
          - not_null: {config: {where: "id > 1"}}
      - name: rank
        data_tests:
          - accepted_values: {arguments: {values: [1, 2], quote: false}}
          - relationships: {arguments: {to: ref('ranks'), field: rank}, config: {store_failures: true}}
`;

test('generic tests count what dbt counts on PostgreSQL, and keep what they found', async () => {
  const project = postgresProject({
    'models/facts.sql': `{{ config(materialized='table') }}
      select * from (values (1, 'a', 1), (2, 'b', 2), (2, 'c', 9), (null, null, null)) as facts(id, kind, rank)`,
    'models/ranks.sql': 'select 1 as rank union all select 2',
    'models/schema.yml': schema,
  });
  await sluice(project, 'run');
  for (const _ of ['first', 'again']) {
    const { outcome } = await sluice(project, 'test');
    const failures = outcome!.results.map(({ node, failures: count }) => [node.name, count]);
    expect(Object.fromEntries(failures)).toEqual({
      unique_facts_id: 1,
      not_null_facts_id: 1,
      accepted_values_facts_kind__a__b: 1,
      not_null_facts_kind: 0,
      accepted_values_facts_rank__False__1__2: 1,
      relationships_facts_rank__rank__ref_ranks_: 1,
    });
  }
});

test('fixture rows of a unit test have the types that they are given, and nulls where they say nothing', async () => {
  const project = await macroProject();
  const types = "{'id': 'integer', 'name': 'character varying(5)', 'day': 'date', 'list': 'text[]'}";
  const fixture = `{{ get_fixture_sql([{'ID': 1, 'name': "it's", 'list': '{a,b}'}, {'day': '2024-02-29'}], ${types}) }}`;
  const rows = await rowsOf(
    project,
    `select id, name, day::text, list[2], pg_typeof(list)::text from (${fixture}) as rows order by id`,
  );
  expect(rows).toEqual([
    [1, "it's", null, 'b', 'text[]'],
    [null, null, '2024-02-29', null, 'text[]'],
  ]);
  expect(await rowsOf(project, `{{ get_fixture_sql([], ${types}) }}`)).toEqual([]);
  const compared = `{{ get_unit_test_sql('select 1 as id', 'select 2 as id', ['id']) }} order by id`;
  expect(await rowsOf(project, compared)).toEqual([
    [1, 'actual'],
    [2, 'expected'],
  ]);
});

test('columns of a relation stand for types that a fixture leaves out', async () => {
  const project = await macroProject({
    'models/typed.sql':
      "{{ config(materialized='table') }} select 'a'::varchar(9) as name, 1.5::numeric(5, 2) as price, now() as at, array[1] as list",
  });
  const text = await printed(
    project,
    `{% for column in get_columns_in_relation(ref('typed')) %}{{ column.name }} {{ column.dtype }} {{ column.data_type }};{% endfor %}`,
  );
  expect(text).toBe(
    'name character varying character varying(9);price numeric numeric(5,2);at timestamp with time zone timestamp with time zone;list integer[] integer[];',
  );
});
