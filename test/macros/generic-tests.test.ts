import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

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
          - relationships: {arguments: {to: ref('ranks'), field: rank}}
`;

test('generic tests count what dbt counts: nulls are neither doubles, wrong values nor orphans', async () => {
  const project = testProject({
    'models/facts.sql': `{{ config(materialized='table') }}
      select * from (values (1, 'a', 1), (2, 'b', 2), (2, 'c', 9), (null, null, null)) as facts(id, kind, rank)`,
    'models/ranks.sql': 'select 1 as rank union all select 2',
    'models/schema.yml': schema,
  });
  await sluice(project, 'run');
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
});
