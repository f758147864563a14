import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

const schema = `sources:
  - name: main
    tables:
      - name: other
      - name: plain
        columns:
          - name: id
            data_tests: [odd]
models:
  - name: orders
    latest_version: 2
    columns:
      - name: id
        data_tests:
          - unique
    versions:
      - v: 1
      - v: 2
        columns:
          - include: all
          - name: id
            data_tests:
              - odd: {arguments: {size: 5}}
              - odd: {arguments: {size: 7}}
              - odd: {name: called, arguments: {size: 8}}
              - test_name: odd
                arguments: {size: 9}
unit_tests:
  - name: first
    model: plain
    given: []
    expect: {rows: [{id: 1}]}
  - name: second
    model: plain
    given: []
    expect: {rows: [{id: 2}]}
`;

test('a failed test is placed at its item in the YAML file, whatever it is written on', async () => {
  const project = testProject({
    'models/orders_v1.sql': 'select 1 as id\n',
    'models/orders_v2.sql': 'select 1 as id union all select 1\n',
    'models/plain.sql': "{{ config(materialized='table') }} select 1 as id\n",
    'models/schema.yml': schema,
    'tests/generic/odd.sql':
      '{% test odd(model, column_name, size=1) %} select * from {{ model }} where {{ column_name }} = 1 and {{ size }} > 0 {% endtest %}\n',
    'tests/single.sql': "\nselect * from {{ ref('plain') }}\n",
  });
  await sluice(project, 'run');
  const { events } = await sluice(project, 'test');
  const ended = events.find((event) => event.name === 'run-finished');
  const places = ended?.problems.map(({ node, place }) => {
    if (place === undefined) return `${node.name} nowhere`;
    const line = place.text.slice(0, place.start).split('\n').length;
    return `${node.name} ${place.file}:${line} ${place.text.slice(place.start, place.end)}`;
  });
  expect(places?.toSorted()).toEqual([
    'called models/schema.yml:25 odd: {name: called, arguments: {size: 8}}',
    'odd_orders_v2_id__5 models/schema.yml:23 odd: {arguments: {size: 5}}',
    'odd_orders_v2_id__7 models/schema.yml:24 odd: {arguments: {size: 7}}',
    'odd_orders_v2_id__9 models/schema.yml:26 test_name: odd',
    'second models/schema.yml:33 name: second',
    'single tests/single.sql:1 ',
    'source_odd_main_plain_id models/schema.yml:8 odd',
    'unique_orders_v2_id models/schema.yml:15 unique',
  ]);
});
