import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';
import { rowsOf } from './rig.ts';

const schema = `
models:
  - name: bound
    config: {contract: {enforced: true}, materialized: table}
    constraints: [{type: primary_key, columns: [id]}]
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}]}
      - {name: full name, data_type: varchar, quote: true}
`;

const bound = (sql: string) => testProject({ 'models/bound.yml': schema, 'models/bound.sql': sql });

test('a table with a contract has its types and constraints, whatever the order in the query', async () => {
  const project = bound(`select 'a' as "full name", 1 as id`);
  expect((await sluice(project, 'run')).statuses).toEqual({ bound: 'success' });
  const catalog = `select column_name, data_type, is_nullable from duckdb_columns() where table_name = 'bound' order by column_index`;
  expect(await rowsOf(project, catalog)).toEqual([
    ['id', 'INTEGER', false],
    ['full name', 'VARCHAR', true],
  ]);
  expect(await rowsOf(project, 'select * from bound')).toEqual([[1, 'a']]);
});

test('a query that breaks its contract is refused with what differs', async () => {
  const project = bound(`select 'a' as id, 2 as other`);
  const { statuses, messages } = await sluice(project, 'run');
  expect(statuses).toEqual({ bound: 'error' });
  const lines = messages['bound']!.split('\n').map((line) => line.trim());
  expect(lines).toEqual(
    expect.arrayContaining([
      '| column_name | definition_type | contract_type | mismatch_reason       |',
      '| full name   |                 | VARCHAR       | missing in definition |',
      '| id          | VARCHAR         | INTEGER       | data type mismatch    |',
      '| other       | INTEGER         |               | missing in contract   |',
    ]),
  );
});

test('rows that break a constraint leave the table as it was', async () => {
  const project = bound(`select 1 as id, 'a' as "full name"`);
  await sluice(project, 'run');
  project.write({ 'models/bound.sql': `select null::int as id, 'b' as "full name"` });
  expect((await sluice(project, 'run')).statuses).toEqual({ bound: 'error' });
  expect(await rowsOf(project, 'select * from bound')).toEqual([[1, 'a']]);
});
