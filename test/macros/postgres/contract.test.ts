import { expect, test } from 'vitest';
import { ask, postgresProject } from '../../postgres.ts';
import { sluice } from '../../rig.ts';

const schema = `
models:
  - name: bound
    config: {contract: {enforced: true}, materialized: table}
    constraints: [{type: primary_key, columns: [id]}, {type: check, expression: 'id < 100'}]
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}]}
      - {name: full name, data_type: text, quote: true}
`;

const bound = (sql: string) => postgresProject({ 'models/bound.yml': schema, 'models/bound.sql': sql });

test('a table with a contract has its types and constraints, whatever the order in the query', async () => {
  const project = bound(`select 'a' as "full name", 1 as id`);
  for (const _ of ['made', 'replaced']) {
    expect((await sluice(project, 'run')).statuses).toEqual({ bound: 'success' });
  }
  const where = [`${project.schema}.bound`];
  const columns = await ask(
    `select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`,
    where,
  );
  expect(columns).toEqual([
    ['id', 'integer', true],
    ['full name', 'text', false],
  ]);
  const keys = await ask(
    `select contype, pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and contype in ('p', 'c') order by contype`,
    where,
  );
  expect(keys).toEqual([
    ['c', 'CHECK ((id < 100))'],
    ['p', 'PRIMARY KEY (id)'],
  ]);
  expect(await ask(`select * from ${project.schema}.bound`)).toEqual([[1, 'a']]);
});

test('a query that breaks its contract is refused with what differs', async () => {
  const project = bound(`select 'a'::text as id, 2 as other`);
  const { statuses, messages } = await sluice(project, 'run');
  expect(statuses).toEqual({ bound: 'error' });
  const lines = messages['bound']!.split('\n').map((line) => line.trim());
  expect(lines).toEqual(
    expect.arrayContaining([
      '| column_name | definition_type | contract_type | mismatch_reason       |',
      '| full name   |                 | TEXT          | missing in definition |',
      '| id          | TEXT            | INTEGER       | data type mismatch    |',
      '| other       | INTEGER         |               | missing in contract   |',
    ]),
  );
});

test('a contract is kept by every type of the kind that it declares, as in dbt', async () => {
  const kinds = [
    ['varchar', `'a'`],
    ['varchar(5)', `'a'::text`],
    ['text', `'a'::char(3)`],
    ['smallint', '1'],
    ['numeric(10, 2)', '1.5'],
    ['real', '1.5::float8'],
    ['timestamp(3)', 'now()::timestamp'],
    ['time', `'10:00'::timetz`],
    ['varchar[]', `array['a']`],
    ['uuid', "uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  ];
  const columns = kinds.map(([type], index) => `{name: c${index}, data_type: '${type}'}`);
  const project = postgresProject({
    'models/bound.yml': `models: [{name: bound, config: {contract: {enforced: true}, materialized: table}, columns: [${columns}]}]`,
    'models/bound.sql': `select ${kinds.map(([, value], index) => `${value} as c${index}`)}`,
  });
  expect((await sluice(project, 'run')).messages).toEqual({ bound: 'INSERT 0 1' });
  project.write({ 'models/bound.sql': `select ${kinds.map((_, index) => `now() as c${index}`)}` });
  const { messages } = await sluice(project, 'run');
  expect(messages['bound']!.match(/data type mismatch/g)).toHaveLength(kinds.length);
});

test('a contract holds for the rows that an incremental model adds, too', async () => {
  const project = postgresProject({
    'models/bound.yml': schema.replace(
      'materialized: table',
      'materialized: incremental, on_schema_change: append_new_columns',
    ),
    'models/bound.sql': `select 1 as id, 'a' as "full name"`,
  });
  expect((await sluice(project, 'run')).statuses).toEqual({ bound: 'success' });
  project.write({ 'models/bound.sql': `select 2::bigint as id, 'b' as "full name"` });
  expect((await sluice(project, 'run')).messages['bound']).toContain('data type mismatch');
  expect(await ask(`select * from ${project.schema}.bound`)).toEqual([[1, 'a']]);
});

test('rows that break a constraint leave the table as it was', async () => {
  const project = bound(`select 1 as id, 'a' as "full name"`);
  await sluice(project, 'run');
  for (const id of ['null::int', '100']) {
    project.write({ 'models/bound.sql': `select ${id} as id, 'b' as "full name"` });
    expect((await sluice(project, 'run')).statuses).toEqual({ bound: 'error' });
  }
  expect(await ask(`select * from ${project.schema}.bound`)).toEqual([[1, 'a']]);
});
