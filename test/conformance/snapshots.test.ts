import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import {
  byTime,
  byValue,
  day,
  heldByTime,
  history,
  lives,
  play,
  rounds,
  rowsOf,
  writes,
} from './histories.ts';
import { succeeds } from './succeeds.ts';
import { having, warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project, types }) => {
  test('by time: a later time of change ends a version and begins the next', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    await play(shop, 4);
    expect(await history(shop)).toEqual(heldByTime);
    expect(await shop.columns('history')).toEqual(
      expect.arrayContaining([`dbt_valid_from ${types.timestamp}`, `dbt_valid_to ${types.timestamp}`]),
    );
    expect((await shop.columns('history')).map((column) => column.split(' ')[0])).toEqual([
      ...['id', 'v', 'changed', 'dbt_scd_id', 'dbt_updated_at', 'dbt_valid_from', 'dbt_valid_to'],
    ]);
  });

  test('by value: another value ends a version now, the same one does not, however late it comes', async () => {
    const shop = project(rounds(byValue, lives.map(rowsOf)));
    await play(shop, 4);
    expect(await history(shop)).toEqual([
      [1, 'a', 'now', 'now'],
      [1, 'b', 'now', null],
      [2, 'a', 'now', null],
      [3, 'a', 'now', null],
    ]);
  });

  test('all columns are checked where check_cols says so, and updated_at is the time where it is given', async () => {
    const shop = project(rounds('strategy: check, check_cols: all, updated_at: changed', lives.map(rowsOf)));
    await play(shop, 4);
    expect(await history(shop)).toEqual(heldByTime);
  });

  test.each(['hard_deletes: invalidate', 'invalidate_hard_deletes: true'])(
    'a row that is gone ends now with %s, and begins anew when it comes back',
    async (setting) => {
      const shop = project(rounds(`${byTime}, ${setting}`, lives.map(rowsOf)));
      await play(shop, 4);
      expect((await history(shop)).filter(([id]) => id === 2)).toEqual([
        [2, 'a', '2024-01-01', 'now'],
        [2, 'a', '2024-01-04', null],
      ]);
    },
  );

  test('a row that is gone gets a record of it where asked for, which ends when the row comes back', async () => {
    const shop = project(rounds(`${byTime}, hard_deletes: new_record`, lives.map(rowsOf)));
    await play(shop, 3);
    await succeeds(shop, 'build', { vars: { round: 2 } });
    const of2 = async () => (await history(shop, ['dbt_is_deleted'])).filter(([id]) => id === 2);
    expect(await of2()).toEqual([
      [2, 'a', '2024-01-01', 'now', 'False'],
      [2, 'a', 'now', null, 'True'],
    ]);
    await succeeds(shop, 'build', { vars: { round: 3 } });
    expect(await of2()).toEqual([
      [2, 'a', '2024-01-01', 'now', 'False'],
      [2, 'a', '2024-01-04', null, 'False'],
      [2, 'a', 'now', '2024-01-04', 'True'],
    ]);
  });

  test('null, a value and null again are three versions', async () => {
    const values = [null, 'a', null, null].map((v) => rowsOf([[1, v, 1]]));
    const shop = project(rounds(byValue, values));
    await play(shop, 4);
    expect(await history(shop)).toEqual([
      [1, null, 'now', 'now'],
      [1, 'a', 'now', 'now'],
      [1, null, 'now', null],
    ]);
  });

  test('a query may end in a comment', async () => {
    const block = `{% snapshot history %}{{ config(unique_key='id', strategy='check', check_cols=['v']) }}
select 1 as id, {{ var('round', 0) }} as v -- all that there is
{% endsnapshot %}`;
    const shop = project({ 'snapshots/history.sql': block });
    await play(shop, 2);
    expect(await shop.rows('select v from history order by v')).toEqual([[0], [1]]);
  });

  test('where nothing has changed nothing is written, and the answer is that of no rows', async () => {
    for (const config of [byTime, byValue, `${byTime}, hard_deletes: new_record`]) {
      const shop = project(rounds(config, lives.slice(2).map(rowsOf)));
      await play(shop, 2);
      const before = await shop.rows('select * from history order by dbt_scd_id');
      const ran = await succeeds(shop, 'snapshot', { vars: { round: 1 } });
      expect(writes(ran)).toEqual([]);
      expect(ran.messages).toEqual({ history: expect.stringMatching(/^(OK|INSERT 0 0)$/) });
      expect(ran.outcome!.results[0]!.rowsAffected).toBe(0);
      expect(await shop.rows('select * from history order by dbt_scd_id')).toEqual(before);
    }
  });

  test('versions that hold end at the date of dbt_valid_to_current, those of before it too', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    await succeeds(shop, 'build', { vars: { round: 0 } });
    const endless = `${byTime}, hard_deletes: invalidate, dbt_valid_to_current: "cast('2020-12-31' as timestamp)"`;
    shop.write(rounds(endless, lives.map(rowsOf)));
    for (const round of [1, 2, 3]) await succeeds(shop, 'build', { vars: { round } });
    expect(await history(shop)).toEqual([
      [1, 'a', '2024-01-01', '2024-01-02'],
      [1, 'b', '2024-01-02', '2020-12-31'],
      [2, 'a', '2024-01-01', 'now'],
      [2, 'a', '2024-01-04', '2020-12-31'],
      [3, 'a', '2024-01-02', '2020-12-31'],
    ]);
  });

  test('columns of the snapshot go by the names that it gives them', async () => {
    const names =
      'snapshot_meta_column_names: {dbt_valid_from: begins, dbt_valid_to: ends, dbt_scd_id: version, dbt_is_deleted: gone}';
    const shop = project(rounds(`${byTime}, hard_deletes: new_record, ${names}`, lives.map(rowsOf)));
    await play(shop, 3);
    expect((await shop.columns('history')).map((column) => column.split(' ')[0])).toEqual([
      ...['id', 'v', 'changed', 'version', 'dbt_updated_at', 'begins', 'ends', 'gone'],
    ]);
    const rows = `select id, gone, ${day('begins')}, ${day('ends')} from history order by id, begins`;
    expect(await shop.rows(rows)).toEqual([
      [1, 'False', '2024-01-01', '2024-01-02'],
      [1, 'False', '2024-01-02', null],
      [2, 'False', '2024-01-01', 'now'],
      [2, 'True', 'now', null],
      [3, 'False', '2024-01-02', null],
    ]);
  });

  test('a snapshot written as a block stands where its configuration says', async () => {
    const block = (name: string, config: string): string =>
      `{% snapshot ${name} %}{{ config(strategy='check', check_cols='all', unique_key='id'${config}) }} select 1 as id{% endsnapshot %}`;
    const shop = project({
      'snapshots/all.sql': [
        block('a', ", target_schema=target.schema ~ '_old', target_database=target.database"),
        block('b', ", schema='kept', alias='bee'"),
        block('c', ''),
      ].join('\n'),
    });
    await succeeds(shop, 'snapshot');
    await succeeds(shop, 'snapshot');
    expect(await shop.relations()).toEqual(['c table', 'kept.bee table', 'old.a table']);
  });

  test('build makes snapshots where they stand in the graph, run leaves them out, and no full refresh replaces one', async () => {
    const shop = project({
      ...rounds(byTime, lives.map(rowsOf)),
      'models/below.sql': "{{ config(materialized='table') }} select count(*) as n from {{ ref('history') }}",
      'models/schema.yml': 'models: [{name: source, columns: [{name: id, data_tests: [not_null]}]}]',
    });
    const { statuses } = await succeeds(shop, 'build');
    expect(statuses).toEqual({
      source: 'success',
      not_null_source_id: 'pass',
      history: 'success',
      below: 'success',
    });
    expect(Object.keys((await succeeds(shop, 'run', { vars: { round: 1 } })).statuses)).toEqual([
      'source',
      'below',
    ]);
    expect(Object.keys((await succeeds(shop, 'snapshot', { vars: { round: 1 } })).statuses)).toEqual([
      'history',
    ]);
    await succeeds(shop, 'build', { vars: { round: 3 }, fullRefresh: true });
    expect(await shop.rows('select n from below')).toEqual([[5]]);
    shop.write(rounds(`${byTime}, full_refresh: true`, lives.map(rowsOf)));
    await succeeds(shop, 'build', { vars: { round: 3 } });
    expect(await shop.rows('select n from below')).toEqual([[5]]);
  });

  test('columns that are new are added, those that are gone stay, and values go where the names say', async () => {
    const first = "select 1 as id, 'a' as v, 'old' as gone, cast('2024-01-01' as timestamp) as changed";
    const next =
      "select cast('2024-01-02' as timestamp) as changed, 7 as fresh, 'b' as v, 1 as id union all select cast('2024-01-02' as timestamp), 8, 'c', 2";
    for (const config of [byTime, 'strategy: check, check_cols: all, updated_at: changed']) {
      const shop = project(rounds(config, [first, next]));
      await play(shop, 2);
      expect(
        await shop.rows('select id, v, gone, fresh, dbt_valid_to is null from history order by id, v'),
      ).toEqual([
        [1, 'a', 'old', null, false],
        [1, 'b', null, 7, true],
        [2, 'c', null, 8, true],
      ]);
      expect(await shop.columns('history')).toContain(`fresh ${types.integer}`);
    }
  });

  test('a column that comes in the same run as a row goes is empty in the record of it', async () => {
    const one = rowsOf([[1, 'a', 1]]);
    const both = rowsOf(lives[0]!);
    const shop = project(
      rounds(`${byTime}, hard_deletes: new_record`, [both, `select *, 7 as fresh from (${one}) as t`]),
    );
    await play(shop, 2);
    expect(await history(shop, ['fresh', 'dbt_is_deleted'])).toEqual([
      [1, 'a', '2024-01-01', null, null, 'False'],
      [2, 'a', '2024-01-01', 'now', null, 'False'],
      [2, 'a', 'now', null, null, 'True'],
    ]);
  });

  test('a column of another type takes what fits its type, and where it does not fit all stays as it was', async () => {
    const typed = (v: string, day: number) =>
      `select 1 as id, ${v} as v, cast('2024-01-0${day}' as timestamp) as changed`;
    const shop = project(
      rounds(byTime, [typed('1', 1), typed("cast('2' as bigint)", 2), typed("'three'", 3)]),
    );
    await play(shop, 2);
    expect(await shop.columns('history')).toContain(`v ${types.integer}`);
    const { statuses } = await sluice(shop, 'build', { vars: { round: 2 } });
    expect(statuses).toEqual({ source: 'success', history: 'error' });
    expect(await shop.rows('select v, dbt_valid_to is null from history order by v')).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});

describe.each(having('sized text'))('$name', ({ project, types }) => {
  test('text that grew longer finds room, and views over the table stay', async () => {
    const text = (type: string, value: string, day: number) =>
      `select 1 as id, cast('${value}' as ${type}) as v, cast('2024-01-0${day}' as timestamp) as changed`;
    const shop = project(
      rounds(byTime, [
        text('varchar(2)', 'ab', 1),
        text('varchar(5)', 'abcde', 2),
        text('text', 'abcdef', 3),
      ]),
    );
    await succeeds(shop, 'build');
    await shop.rows('create view over as select v from history');
    await succeeds(shop, 'build', { vars: { round: 1 } });
    expect(await shop.columns('history')).toContain('v character varying(5)');
    await succeeds(shop, 'build', { vars: { round: 2 } });
    expect(await shop.columns('history')).toContain(`v ${types.text}`);
    expect(await shop.rows('select v from over order by v')).toEqual([['ab'], ['abcde'], ['abcdef']]);
  });
});
