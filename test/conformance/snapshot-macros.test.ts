import { describe, expect, test } from 'vitest';
import { succeeds } from './succeeds.ts';
import type { Warehouse } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** The steps of a snapshot as a model, one round of rows after the other by `var('round')`. */
const steps = (strategy: string, config: string): string => `
  {{ config(${config}) }}
  {%- set t = api.Relation.create(database=target.database, schema=target.schema, identifier='history', type='table') -%}
  {%- set rounds = [
    "select * from (values (1, 'x', timestamp '2024-01-01'), (2, 'y', timestamp '2024-01-01')) as s(id, v, changed)",
    "select * from (values (1, 'x2', timestamp '2024-01-02')) as s(id, v, changed)",
    "select * from (values (1, 'x2', timestamp '2024-01-02'), (2, 'z', timestamp '2024-01-03')) as s(id, v, changed)",
  ] -%}
  {%- if execute -%}
    {%- set sql = rounds[var('round')] -%}
    {%- set exists = load_relation(t) is not none -%}
    {%- set node = {'database': t.database, 'schema': t.schema, 'alias': t.identifier, 'compiled_code': sql} -%}
    {%- set s = strategy_dispatch('${strategy}')(node, 'snapshotted_data', 'source_data', config, exists) -%}
    {%- if exists -%}
      {%- do adapter.valid_snapshot_target(t) -%}
      {%- set staging = build_snapshot_staging_table(s, sql, t) -%}
      {%- set names = get_columns_in_relation(staging) | map(attribute='quoted')
        | reject('in', ['"dbt_change_type"', '"dbt_unique_key"']) | list -%}
      {%- call statement('merged') -%}{{ snapshot_merge_sql(t, staging, names) }}{%- endcall -%}
      {%- do post_snapshot(staging) -%}
    {%- else -%}
      {%- call statement('made') -%}{{ create_table_as(false, t, build_snapshot_table(s, sql)) }}{%- endcall -%}
    {%- endif -%}
  {%- endif -%}
  select 1 as one`;

/** id, v, first day and last day ('now' for the clock's), by id and age. */
async function historyOf(
  { project }: Warehouse,
  strategy: string,
  config: string,
  more = '',
): Promise<readonly (readonly unknown[])[]> {
  const shop = project({ 'models/steps.sql': steps(strategy, config) });
  for (const round of [0, 1, 2]) await succeeds(shop, 'run', { vars: { round } });
  const day = (column: string) =>
    `case when ${column} between '2025-01-01' and '9000-01-01' then 'now'
     else cast(cast(${column} as date) as varchar(10)) end`;
  return shop.rows(
    `select id, v, ${day('dbt_valid_from')}, ${day('dbt_valid_to')}${more}
     from history order by id, dbt_valid_from`,
  );
}

const byTime = "unique_key='id', updated_at='changed'";
const first = [
  [1, 'x', '2024-01-01', '2024-01-02'],
  [1, 'x2', '2024-01-02', null],
];

describe.each(warehouses)('$name', (warehouse) => {
  const history = (strategy: string, config: string, more?: string) =>
    historyOf(warehouse, strategy, config, more);

  test('a later time of change ends a version and begins the next', async () => {
    expect(await history('timestamp', byTime)).toEqual([
      ...first,
      [2, 'y', '2024-01-01', '2024-01-03'],
      [2, 'z', '2024-01-03', null],
    ]);
  });

  test('a row that is gone ends now, and begins anew when it comes back', async () => {
    expect(await history('timestamp', `${byTime}, hard_deletes='invalidate'`)).toEqual([
      ...first,
      [2, 'y', '2024-01-01', 'now'],
      [2, 'z', '2024-01-03', null],
    ]);
  });

  test('deleted rows get a record where asked for, which ends when they come back', async () => {
    const rows = await history('timestamp', `${byTime}, hard_deletes='new_record'`, ', dbt_is_deleted');
    expect(rows).toEqual([
      ...first.map((row) => [...row, 'False']),
      [2, 'y', '2024-01-01', 'now', 'False'],
      [2, 'z', '2024-01-03', null, 'False'],
      [2, 'y', 'now', '2024-01-03', 'True'],
    ]);
  });

  test('checked columns make a version, whatever else changes', async () => {
    const config = "unique_key='id', updated_at='changed', check_cols=";
    expect(await history('check', `${config}['v']`)).toHaveLength(4);
    expect(await history('check', `${config}['id']`)).toHaveLength(2);
  });

  test('a version that holds ends where dbt_valid_to_current says', async () => {
    const rows = await history('timestamp', `${byTime}, dbt_valid_to_current="timestamp '9999-12-31'"`);
    expect(rows).toContainEqual([1, 'x2', '2024-01-02', '9999-12-31']);
    expect(rows).toContainEqual([1, 'x', '2024-01-01', '2024-01-02']);
  });
});
