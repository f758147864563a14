import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { incremental, rowTexts, valuesOf } from './incremental-models.ts';
import { succeeds } from './succeeds.ts';
import { having, warehouses } from './warehouses.ts';

/** A model that gives one set of rows first and another when it adds to them. */
describe.each(warehouses)('$name', ({ project, types }) => {
  test('the first run builds, the next ones add, and a full refresh builds again', async () => {
    const shop = project({
      'models/a.sql': incremental('', 'select 1 as id', 'select 2 as id'),
      'models/never.sql': incremental('full_refresh=false', 'select 1 as id', 'select 2 as id'),
      'models/always.sql': incremental('full_refresh=true', 'select 1 as id', 'select 2 as id'),
    });
    const ids = async (name: string) =>
      (await shop.rows(`select id from ${name} order by id`)).map(([id]) => id);
    await succeeds(shop, 'run');
    expect(await ids('a')).toEqual([1]);
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await ids('a')).toEqual([1, 2, 2]);
    await succeeds(shop, 'run', { fullRefresh: true });
    expect(await ids('a')).toEqual([1]);
    expect(await ids('never')).toEqual([1, 2, 2, 2]);
    expect(await ids('always')).toEqual([1]);
    expect(await shop.relations()).toEqual(['a table', 'always table', 'never table']);
  });

  test('a model may ask its own table where it stopped, whatever became of that table', async () => {
    const shop = project({
      'seeds/events.csv': 'id\n1\n2\n3\n',
      'models/a.sql': `{{ config(materialized='incremental') }}
select id from {{ ref('events') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}`,
    });
    const ids = async () => (await shop.rows('select id from a order by id')).map(([id]) => id);
    await succeeds(shop, 'build');
    shop.write({ 'seeds/events.csv': 'id\n1\n2\n3\n4\n' });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    expect(await ids()).toEqual([1, 2, 3, 4]);
    await shop.rows('drop table a');
    await succeeds(shop, 'build');
    expect(await ids()).toEqual([1, 2, 3, 4]);
    await shop.rows('drop table a');
    await shop.rows('create view a as select 7 as id');
    await succeeds(shop, 'build');
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  test('a key replaces the rows that come again, all of it must match, and null matches nothing', async () => {
    const shop = project({
      'models/single.sql': incremental(
        "unique_key='id'",
        valuesOf('id, v', "(1, 'old'), (2, 'old'), (null, 'old')"),
        valuesOf('id, v', "(2, 'new'), (3, 'new'), (null, 'new')"),
      ),
      'models/composite.sql': incremental(
        "unique_key=['id', 'day']",
        valuesOf('id, day, v', "(1, 1, 'old'), (1, 2, 'old'), (1, null, 'old')"),
        valuesOf('id, day, v', "(1, 2, 'new'), (1, null, 'new')"),
      ),
      'models/expression.sql': incremental(
        'unique_key="lower(id)"',
        valuesOf('id, v', "('A', 'old')"),
        valuesOf('id, v', "('a', 'new')"),
      ),
      'models/bounded.sql': incremental(
        "unique_key='id', incremental_predicates=['id < 2']",
        valuesOf('id, v', "(1, 'old'), (2, 'old')"),
        valuesOf('id, v', "(1, 'new'), (2, 'new')"),
      ),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await rowTexts(shop, 'single')).toEqual([' new', ' old', '1 old', '2 new', '3 new']);
    expect(await rowTexts(shop, 'composite')).toEqual(['1  new', '1  old', '1 1 old', '1 2 new']);
    expect(await rowTexts(shop, 'expression')).toEqual(['a new']);
    expect(await rowTexts(shop, 'bounded')).toEqual(['1 new', '2 new', '2 old']);
  });

  test.each(['delete+insert', 'merge'])(
    'numbers that are none, zeros of both signs and microseconds are keys that stay what they are (%s)',
    async (strategy) => {
      const rows = (n: string): string =>
        [
          `cast('NaN' as ${types.double})`,
          `cast('-0' as ${types.double})`,
          `cast('1e-300' as ${types.double})`,
        ]
          .map(
            (f, at) =>
              `select ${f} as f, cast('2024-01-01 00:00:00.12345${at}' as timestamp) as moment, ${n} as n`,
          )
          .join(' union all ');
      const sql = incremental(
        `incremental_strategy='${strategy}', unique_key=['f', 'moment']`,
        rows('1'),
        rows('2'),
      );
      const shop = project({
        'models/a.sql': sql,
        'snapshots/s.sql': `{% snapshot s %} {{ config(strategy='check', check_cols='all', unique_key='n') }}
          select * from (${rows('1')}) as r where moment > timestamp '2024-01-01 00:00:00.123451'
          {% endsnapshot %}`,
      });
      for (let round = 1; round <= 3; round += 1) await succeeds(shop, 'build');
      expect(await shop.rows('select count(*), min(n), max(n) from a')).toEqual([[3, 2, 2]]);
      expect(await shop.rows('select count(*) from s')).toEqual([[1]]);
    },
  );

  test('a key that is no column is named, and nothing is added', async () => {
    const shop = project({
      'models/near.sql': incremental("unique_key='idd'", 'select 1 as id', 'select 2 as id'),
      'models/gone.sql': incremental(
        "unique_key=['id', 'day']",
        'select 1 as id, 1 as day',
        'select 2 as id',
      ),
      'models/came.sql': incremental("unique_key='day'", 'select 1 as id', 'select 1 as id, 1 as day'),
    });
    await succeeds(shop, 'run');
    const { diagnostics } = await sluice(shop, 'run');
    const said = diagnostics.map(({ code, message, hint }) => `${code}: ${message}; ${hint}`);
    const missing = 'unique-key-column-missing: the unique_key';
    expect(said.sort()).toEqual([
      `${missing} 'day' of model 'came' is no column of the table; there are: id`,
      `${missing} 'day' of model 'gone' is no column of the new rows; there are: id`,
      `${missing} 'idd' of model 'near' is no column of the new rows; did you mean 'id'?`,
    ]);
    for (const name of ['near', 'gone', 'came']) {
      expect(await shop.rows(`select count(*) from ${name}`)).toEqual([[1]]);
    }
  });

  test('columns that come in another order go where their names say', async () => {
    const shop = project({
      'models/appended.sql': incremental('', "select 1 as id, 'x' as name", "select 'y' as name, 2 as id"),
      'models/replaced.sql': incremental(
        "unique_key='id'",
        "select 1 as id, 'x' as name",
        "select 'y' as name, 2 as id",
      ),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    for (const name of ['appended', 'replaced']) {
      expect(await shop.rows(`select id, name from ${name} order by id`)).toEqual([
        [1, 'x'],
        [2, 'y'],
      ]);
    }
  });

  test('on_schema_change ignores, adds, or follows the query in all', async () => {
    const change = (policy: string) =>
      incremental(
        `on_schema_change='${policy}'`,
        'select 1 as id, 1 as old, 1 as v',
        "select 2 as id, 'x' as more, 'text' as v",
      );
    const shop = project({
      'models/ignored.sql': incremental(
        "on_schema_change='ignore'",
        'select 1 as id',
        'select 2 as id, 2 as more',
      ),
      'models/appended.sql': incremental(
        "on_schema_change='append_new_columns'",
        'select 1 as id, 1 as old',
        "select 2 as id, 'x' as more",
      ),
      'models/synced.sql': change('sync_all_columns'),
      'models/failed.sql': change('fail'),
    });
    await succeeds(shop, 'run');
    const { statuses, diagnostics } = await sluice(shop, 'run');
    expect(statuses).toEqual({ ignored: 'success', appended: 'success', synced: 'success', failed: 'error' });
    expect(await shop.rows('select id from ignored order by id')).toEqual([[1], [2]]);
    expect(await shop.columns('ignored')).toEqual([`id ${types.integer}`]);
    expect(await shop.rows('select id, old, more from appended order by id')).toEqual([
      [1, 1, null],
      [2, null, 'x'],
    ]);
    expect(await shop.rows('select id, v, more from synced order by id')).toEqual([
      [1, '1', null],
      [2, 'text', 'x'],
    ]);
    expect([...(await shop.columns('synced'))].sort()).toEqual([
      `id ${types.integer}`,
      `more ${types.text}`,
      `v ${types.text}`,
    ]);
    expect(diagnostics).toMatchObject([{ code: 'schema-changed' }]);
    expect(diagnostics[0]!.message).toBe(
      `The columns of 'failed' have changed (new: more; gone: old; of another type: v, ${types.integer} before and ${types.text} now), and on_schema_change is 'fail'`,
    );
    expect(await shop.rows('select id, old, v from failed')).toEqual([[1, 1, 1]]);
  });

  test('a column that is to get a type which its values do not fit stays, and nothing is added', async () => {
    const shop = project({
      'models/a.sql': incremental(
        "on_schema_change='sync_all_columns'",
        'select 1 as id, 3000000000 as v, 1 as gone',
        'select 2 as id, 2 as v',
      ),
    });
    await succeeds(shop, 'run');
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics).toMatchObject([{ code: 'warehouse-data' }]);
    expect(await shop.rows('select id, v, gone from a')).toEqual([[1, 3000000000, 1]]);
    expect(await shop.columns('a')).toEqual([
      `id ${types.integer}`,
      `v ${types.bigint}`,
      `gone ${types.integer}`,
    ]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test("a strategy of the project's own is its macro", async () => {
    const shop = project({
      'macros/twice.sql': `{% macro get_incremental_insert_twice_sql(arg_dict) %}
        {% for _ in range(2) %}
          {{ get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns']) }};
        {% endfor %}
      {% endmacro %}`,
      'models/a.sql': incremental("incremental_strategy='insert+twice'", 'select 1 as id', 'select 2 as id'),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await shop.rows('select id from a order by id')).toEqual([[1], [2], [2]]);
    expect(await shop.relations()).toEqual(['a table']);
  });

  test('an unknown strategy is told with those that there are', async () => {
    const shop = project({
      'models/a.sql': incremental("incremental_strategy='delete_inserts'", 'select 1 as id', ''),
    });
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics).toMatchObject([
      { code: 'incremental-strategy-unknown', hint: "did you mean 'delete+insert'?" },
    ]);
  });
});

describe.each(having('sized text'))('$name', ({ project, types }) => {
  test('text that grew longer finds room whatever the policy, and never loses any', async () => {
    const text = (type: string, value: string) => `select cast('${value}' as ${type}) as v`;
    const shop = project({
      'models/longer.sql': incremental(
        "on_schema_change='fail'",
        text('varchar(2)', 'ab'),
        text('varchar(5)', 'abcde'),
      ),
      'models/unlimited.sql': incremental(
        "on_schema_change='fail'",
        text('varchar(2)', 'ab'),
        text('text', 'abcdef'),
      ),
      'models/shorter.sql': incremental('', text('varchar(5)', 'abcde'), text('varchar(2)', 'ab')),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await shop.columns('longer')).toEqual(['v character varying(5)']);
    expect(await shop.columns('unlimited')).toEqual([`v ${types.text}`]);
    expect(await shop.columns('shorter')).toEqual(['v character varying(5)']);
    expect(await shop.rows('select v from longer order by 1')).toEqual([['ab'], ['abcde']]);
  });

  test('text of a contract keeps its length, and what does not fit is an error', async () => {
    const shop = project({
      'models/kept.sql': incremental(
        "on_schema_change='fail'",
        "select cast('ab' as varchar(2)) as v",
        "select cast('{{ var('next', 'cd') }}' as text) as v",
      ),
      'models/s.yml':
        'models: [{name: kept, config: {contract: {enforced: true}}, columns: [{name: v, data_type: varchar(2)}]}]',
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await shop.columns('kept')).toEqual(['v character varying(2)']);
    const { diagnostics } = await sluice(shop, 'run', { vars: { next: 'too long' } });
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringMatching(/too long/)]);
    expect(await shop.rows('select v from kept order by 1')).toEqual([['ab'], ['cd']]);
  });
});
