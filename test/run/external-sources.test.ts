import { expect, test } from 'vitest';
import { query, sluice, testProject } from '../rig.ts';

test('a source may be a file or a function call, as its meta or config says', async () => {
  const project = testProject({
    'data/raw_cities.csv': 'id,name\n1,Oslo\n2,Bergen\n',
    'data/raw_rivers.json': '[{"id": 7, "name": "Glomma"}]',
    'models/sources.yml': [
      'sources:',
      '  - name: files',
      '    meta: {external_location: "data/raw_{name}.csv"}',
      '    tables:',
      '      - name: cities',
      '      - name: rivers',
      '        config: {meta: {external_location: "read_json(\'data/raw_{name}.json\')"}}',
      '',
    ].join('\n'),
    'models/places.sql': [
      "{{ config(materialized='table') }}",
      "select id, name from {{ source('files', 'cities') }}",
      'union all',
      "select id, name from {{ source('files', 'rivers') }}",
    ].join('\n'),
  });
  // As in dbt, the engine resolves such paths against the working directory.
  process.chdir(project.directory);
  const { outcome } = await sluice(project, 'build');
  expect(outcome?.success).toBe(true);
  expect(await query(project, 'select id::int, name from places order by id')).toEqual([
    [1, 'Oslo'],
    [2, 'Bergen'],
    [7, 'Glomma'],
  ]);
});

test('rows of a unit test that stand for a file have the types of its columns', async () => {
  const project = testProject({
    'data/cities.csv': 'id,name\n1,Oslo\n',
    'models/places.sql': "select id, name from {{ source('files', 'cities') }}",
    'models/schema.yml': `
sources: [{name: files, meta: {external_location: "data/{name}.csv"}, tables: [{name: cities}]}]
unit_tests:
  - name: reads
    model: places
    given: [{input: "source('files', 'cities')", rows: [{id: '7'}]}]
    expect: {rows: [{id: 7, name: null}]}
`,
  });
  process.chdir(project.directory);
  expect((await sluice(project, 'test')).statuses).toEqual({ reads: 'pass' });
});
