import { describe, expect, test } from 'vitest';
import { formatLocation } from '../../src/core/frame.ts';
import { sluice } from '../rig.ts';
import { byTime, byValue, history, lives, play, rounds, rowsOf } from './histories.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

describe.each(warehouses)('$name', ({ project }) => {
  test('rows that share a key, or have none, are refused before anything is written', async () => {
    const twice = rowsOf([
      [1, 'a', 1],
      [1, 'b', 9],
      [2, 'a', 1],
    ]);
    const equal = rowsOf([...lives[0]!, ...lives[0]!]);
    const without = `${rowsOf(lives[0]!)} union all select null, 'x', cast('2024-01-09' as timestamp)`;
    const message = (keys: string): string =>
      `the unique_key of snapshot 'history' (id) does not tell the rows of its query apart: ${keys}`;
    const bad: readonly (readonly [sql: string, keys: string])[] = [
      [twice, "'1' in 2 rows"],
      [equal, "'1' in 2 rows; '2' in 2 rows"],
      [without, 'null in 1 row'],
    ];
    for (const [sql, keys] of bad) {
      const shop = project(rounds(byTime, [sql, rowsOf(lives[0]!), sql, rowsOf(lives[1]!)]));
      const first = await sluice(shop, 'build', { vars: { round: 0 } });
      expect(first.diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['snapshot-keys', message(keys)],
      ]);
      expect(await shop.relations()).toEqual(['source table']);
      await succeeds(shop, 'build', { vars: { round: 1 } });
      const before = await history(shop);
      const next = await sluice(shop, 'build', { vars: { round: 2 } });
      expect(next.diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['snapshot-keys', message(keys)],
      ]);
      expect(await history(shop)).toEqual(before);
      await succeeds(shop, 'build', { vars: { round: 3 } });
    }
  });

  test('a key of several columns is one key, and a null in any of them is none', async () => {
    const rows = (values: string) =>
      `select a, b, v, cast('2024-01-01' as timestamp) as changed from (values ${values}) as t(a, b, v)`;
    const files = (values: readonly string[]) => {
      const made = rounds(byValue, values.map(rows));
      return {
        ...made,
        'snapshots/history.yml': made['snapshots/history.yml'].replace(
          'unique_key: id, ',
          'unique_key: [a, b], ',
        ),
      };
    };
    const shop = project(files(["(1, 'x', 1), (1, 'y', 1)", "(1, 'x', 1), (1, 'y', 2)"]));
    await play(shop, 2);
    expect(await shop.rows('select a, b, v, dbt_valid_to is null from history order by a, b, v')).toEqual([
      [1, 'x', 1, true],
      [1, 'y', 1, false],
      [1, 'y', 2, true],
    ]);
    shop.write(files(["(1, 'x', 1), (1, 'x', 2), (2, null, 1), (3, 'z', 1)"]));
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics[0]!.message).toBe(
      "the unique_key of snapshot 'history' (a, b) does not tell the rows of its query apart: ('1', 'x') in 2 rows; ('2', null) in 1 row",
    );
  });

  test('versions that an older tool left twice are named, and nothing is added to them', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    await succeeds(shop, 'build');
    await shop.rows('insert into history select * from history where id = 2');
    const { diagnostics } = await sluice(shop, 'build', { vars: { round: 1 } });
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "snapshot-current-rows: snapshot 'history' would hold more than one current version of a key (id): '2' in 2 rows",
    ]);
    expect(await shop.rows('select count(*) from history')).toEqual([[3]]);
  });

  test('columns of the configuration that the query does not give are all named, at the first build too', async () => {
    const shop = project({
      'snapshots/all.yml': `snapshots:
  - {name: a, relation: ref('source'), config: {unique_key: [id, idd], strategy: timestamp, updated_at: change}}
  - {name: b, relation: ref('source'), config: {unique_key: id, strategy: check, check_cols: [v, w]}}
  - {name: c, relation: ref('source'), config: {unique_key: id, strategy: check, check_cols: [v], updated_at: current_timestamp}}`,
      'models/source.sql': rowsOf(lives[0]!),
    });
    const { diagnostics, statuses } = await sluice(shop, 'build');
    const said = diagnostics.flatMap(({ code, message, related }) => [
      `${code}: ${message}`,
      ...related.map((one) => one.message),
    ]);
    expect(said.sort()).toEqual([
      "snapshot-column-missing: check_cols of snapshot 'b' names 'w', which is no column of its query",
      "snapshot-column-missing: unique_key of snapshot 'a' names 'idd', which is no column of its query",
      "updated_at of snapshot 'a' names 'change', which is no column of its query",
    ]);
    expect(statuses).toMatchObject({ a: 'error', b: 'error', c: 'success' });
  });

  test('a table that is no snapshot is not added to, nor is a view replaced', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    await succeeds(shop, 'run');
    await shop.rows('create table history as select 1 as id, 7 as mine');
    const table = await sluice(shop, 'snapshot');
    expect(table.diagnostics[0]!.message).toMatch(
      /missing configured columns.*"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"/,
    );
    expect(await shop.rows('select * from history')).toEqual([[1, 7]]);
    await shop.rows('drop table history');
    await shop.rows('create view history as select 1 as id, 7 as mine');
    const view = await sluice(shop, 'build', { fullRefresh: true });
    expect(view.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "snapshot-target: snapshot 'history' needs a table, and a view named 'history' stands in its place",
    ]);
    expect(await shop.rows('select * from history')).toEqual([[1, 7]]);
    await shop.rows('drop view history');
    await succeeds(shop, 'build');
  });

  test('a table that was made since the snapshot looked for one is not replaced', async () => {
    const hook = `pre_hook: "create table {{ this }} as select 7 as mine"`;
    const shop = project(rounds(`${byTime}, ${hook}`, lives.map(rowsOf)));
    const { diagnostics } = await sluice(shop, 'build');
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "snapshot-target: a relation named 'history' was made while snapshot 'history' was about to make its table",
    ]);
    expect(await shop.relations()).toEqual(['source table']);
  });

  test('a mistake in one of several blocks is told with its line in the file', async () => {
    const block = (name: string, sql: string): string =>
      `{% snapshot ${name} %}\n{{ config(unique_key='id', strategy='check', check_cols='all') }}\n${sql}\n{% endsnapshot %}\n\n`;
    const shop = project({
      'snapshots/many.sql': `-- blocks\n\n${block('fine', 'select 1 as id')}${[
        ['undefined_name', 'select {{ nope() }} as id'],
        ['of_nothing', 'select {{ nope.x }} as id'],
        ['missing', 'select missing_column as id'],
        ['again', 'select missing_column as id'],
        ['divided', 'select {{ (1 // 0) if execute else 1 }} as id'],
      ]
        .map(([name, sql]) => block(name!, sql!))
        .join('')}`,
    });
    const { outcome } = await sluice(shop, 'snapshot');
    const places = outcome!.results.flatMap(({ node, diagnostic }) =>
      diagnostic?.span ? [`${node.name} ${formatLocation(diagnostic.span)}`] : [],
    );
    expect(places.sort()).toEqual([
      expect.stringMatching(/^again snapshots\/many\.sql:25:8$/),
      expect.stringMatching(/^divided snapshots\/many\.sql:30:/),
      expect.stringMatching(/^missing snapshots\/many\.sql:20:8$/),
      expect.stringMatching(/^of_nothing snapshots\/many\.sql:15:/),
      expect.stringMatching(/^undefined_name snapshots\/many\.sql:10:11$/),
    ]);
  });

  test('a query that means nothing to the warehouse is told with its place, on either run', async () => {
    const shop = project({
      'snapshots/history.sql': `{% snapshot history %}
{{ config(strategy='check', unique_key='id', check_cols='all') }}
select 1 as id,
  {{ var('column', '2') }} as v
{% endsnapshot %}`,
    });
    const place = async (): Promise<string> => {
      const { diagnostics } = await sluice(shop, 'snapshot', { vars: { column: 'nothing' } });
      const { span } = diagnostics[0]!;
      return `${span?.file} ${span?.text.slice(span.start, span.end)}`;
    };
    const written = "snapshots/history.sql {{ var('column', '2') }} as v";
    expect(await place()).toBe(written);
    await succeeds(shop, 'snapshot');
    expect(await place()).toBe(written);
    expect(await shop.rows('select count(*) from history')).toEqual([[1]]);
  });

  test('a snapshot without deletion records does not begin to keep them', async () => {
    const shop = project(rounds(byTime, lives.map(rowsOf)));
    await succeeds(shop, 'build');
    shop.write(rounds(`${byTime}, hard_deletes: new_record`, lives.map(rowsOf)));
    const { diagnostics } = await sluice(shop, 'build', { vars: { round: 1 } });
    expect(diagnostics[0]!.message).toMatch(/missing configured columns.*"dbt_is_deleted"/);
    expect(await history(shop)).toHaveLength(2);
  });
});
