import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { byTime, history, lives, play, rounds, rowsOf } from './histories.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project }) => {
  test('macros of the project take the place of those that snapshots are made with', async () => {
    const shop = project({
      ...rounds('strategy: by_version, updated_at: changed', lives.map(rowsOf)),
      'macros/ours.sql': `{% macro build_snapshot_table(strategy, sql) %}
{{ dbt.build_snapshot_table(strategy, "select *, 'first' as made from (" ~ sql ~ ") as q") }}{% endmacro %}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) %}
{{ dbt.snapshot_staging_table(strategy, "select *, 'later' as made from (" ~ source_sql ~ ") as q", target_relation) }}{% endmacro %}
{% macro post_snapshot(staging_relation) %}{% do log('after ' ~ staging_relation.is_table ~ target.schema, info=true) %}{{ dbt.post_snapshot(staging_relation) }}{% endmacro %}
{% macro snapshot_merge_sql(target, source, insert_cols) %}{% do log('merge ' ~ insert_cols | length, info=true) %}{{ dbt.snapshot_merge_sql(target, source, insert_cols) }}{% endmacro %}
{% macro snapshot_by_version_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
{{ return({'unique_key': config.get('unique_key'), 'updated_at': 'changed', 'scd_id': snapshot_hash_arguments(['id', 'changed']),
  'row_changed': snapshotted_rel ~ '.v <> ' ~ current_rel ~ '.v', 'hard_deletes': 'ignore', 'invalidate_hard_deletes': false}) }}{% endmacro %}`,
    });
    await succeeds(shop, 'build');
    const { events } = await succeeds(shop, 'build', { vars: { round: 1 } });
    const said = events.flatMap((event) =>
      event.name === 'template-log' ? [event.text.replace(/\S+$/, '')] : [],
    );
    expect(said).toEqual(['merge ', 'after ']);
    expect(await history(shop, ['made'])).toEqual([
      [1, 'a', '2024-01-01', '2024-01-02', 'first'],
      [1, 'b', '2024-01-02', null, 'later'],
      [2, 'a', '2024-01-01', null, 'first'],
      [3, 'a', '2024-01-02', null, 'later'],
    ]);
  });

  test('a strategy without a macro is an error that names the macro', async () => {
    const shop = project(rounds('strategy: by_guess', lives.map(rowsOf)));
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics[0]!.message).toContain('snapshot_by_guess_strategy');
    expect(await shop.relations()).toEqual(['source table']);
  });

  test('hooks run before and after, and one that fails in the transaction takes the versions back', async () => {
    const note = (what: string): string => `insert into {{ target.schema }}.log values ('${what}')`;
    const hooks = (last: string): string =>
      `${byTime}, pre_hook: [{sql: "${note('out')}", transaction: false}, "${note('in')}"], post_hook: ["insert into {{ target.schema }}.log select 'rows ' || count(*) from {{ this }}"${last}]`;
    const shop = project({
      ...rounds(hooks(''), lives.map(rowsOf)),
      'dbt_project.yml': `name: shop
profile: shop
on-run-start: ["create table if not exists {{ target.schema }}.log (line varchar(99))"]
`,
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build', { vars: { round: 1 } });
    const lines = async () => (await shop.rows('select line from log')).map(([line]) => line);
    expect(await lines()).toEqual(['out', 'in', 'rows 2', 'out', 'in', 'rows 4']);
    const before = await history(shop);
    shop.write(rounds(hooks(', select nothing'), lives.map(rowsOf)));
    const { statuses } = await sluice(shop, 'build', { vars: { round: 3 } });
    expect(statuses).toMatchObject({ history: 'error' });
    expect(await history(shop)).toEqual(before);
    expect((await lines()).slice(6)).toEqual(['out']);
  });

  test('a first build makes the indexes, and they are there ever after', async () => {
    const shop = project(
      rounds(`${byTime}, indexes: [{columns: [dbt_scd_id], unique: true}]`, lives.map(rowsOf)),
    );
    await play(shop, 4);
    await expect(shop.rows('insert into history select * from history')).rejects.toThrow(/unique|duplicate/i);
  });

  test('times that are no timestamps as the clock of the warehouse are warned of, and kept', async () => {
    const dated = (day: number) => `select 1 as id, date '2024-01-0${day}' as changed`;
    const shop = project(rounds(byTime, [dated(1), dated(2)]));
    for (const round of [0, 1]) {
      const { warnings } = await sluice(shop, 'build', { vars: { round } });
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^Data type of snapshot table timestamp columns/),
      ]);
    }
    expect(await shop.rows('select count(*) from history')).toEqual([[2]]);
  });

  test('two runs at once take turns, and one version of a key holds', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    for (const round of [0, 1, 3]) {
      await succeeds(shop, 'run', { vars: { round } });
      await Promise.all([succeeds(shop, 'snapshot'), succeeds(shop, 'snapshot'), succeeds(shop, 'snapshot')]);
    }
    expect(await history(shop)).toHaveLength(5);
  });
});
