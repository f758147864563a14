import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

const project = {
  'models/m.sql': "select 1 as id, 2 as amount, cast('2024-01-01' as date) as day",
  'models/v_v1.sql': 'select 1 as id',
  'models/v_v2.sql': 'select 1 as id',
  'models/spine.sql': "select cast('2024-01-01' as date) as day",
  'seeds/s.csv': 'id\n1\n',
  'models/all.yml': `
models:
  - name: m
    columns: [{name: id, data_tests: [not_null]}]
  - name: v
    latest_version: 2
    versions: [{v: 1}, {v: 2}]
  - name: spine
    time_spine: {standard_granularity_column: day}
    columns: [{name: day, granularity: day}]
sources:
  - {name: raw.events, schema: main, tables: [{name: t.one}]}
exposures:
  - {name: board, type: dashboard, owner: {name: x}, depends_on: [ref('m')]}
semantic_models:
  - name: sm
    model: ref('m')
    defaults: {agg_time_dimension: at}
    entities: [{name: id, type: primary}]
    dimensions: [{name: at, type: time, expr: day, type_params: {time_granularity: day}}]
    measures: [{name: amount, agg: sum}]
metrics:
  - {name: total, label: Total, type: simple, type_params: {measure: amount}}
saved_queries:
  - {name: sq, query_params: {metrics: [total]}}
unit_tests:
  - {name: ut, model: m, given: [], expect: {rows: [{id: 1}]}}
`,
};

test('every type of resource is listed as dbt 1.11 lists it, whether it was parsed or is remembered', async () => {
  const shop = testProject(project);
  const expected = [
    'exposure:shop.board',
    'metric:shop.total',
    'shop.m',
    'shop.spine',
    'shop.v.v1',
    'shop.v.v2',
    'saved_query:shop.sq',
    'shop.s',
    'semantic_model:shop.sm',
    'source:shop.raw.events.t.one',
    'shop.not_null_m_id',
    'unit_test:shop.ut',
  ];
  expect((await sluice(shop, 'list', { partialParse: false })).outcome?.lines).toEqual(expected);
  expect((await sluice(shop, 'list')).outcome?.lines).toEqual(expected);
});
