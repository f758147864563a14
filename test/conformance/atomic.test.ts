import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { sluice, start } from '../rig.ts';
import { byTime, history, lives, rounds, rowsOf } from './histories.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

const table = (sql: string, config = ''): string => `{{ config(materialized='table'${config}) }} ${sql}`;
const incremental = (sql: string, config = ''): string =>
  `{{ config(materialized='incremental'${config}) }} ${sql}`;

/** A query that fails at its 90000th row. */
const failing =
  "select cast(case when i = 90000 then 'many' || i else '2' end as integer) as id from generate_series(1, 100000) as g(i)";

interface Case {
  readonly type: 'table' | 'view';
  /** Gives one row of 1. */
  readonly old: string;
  readonly next: string;
}

const one = 'select 1 as id';

const cases: Readonly<Record<string, Case>> = {
  view_that_does_not_bind: { type: 'view', old: one, next: 'select nothing' },
  table_half_way: { type: 'table', old: table(one), next: table(failing) },
  table_to_view: { type: 'table', old: table(one), next: 'select nothing' },
  view_to_table: { type: 'view', old: one, next: table(failing) },
  append: { type: 'table', old: incremental(one), next: incremental(failing) },
  insert_after_delete: {
    type: 'table',
    old: incremental('select 1 as id, 7 as v', ", unique_key='id'"),
    next: incremental("select 1 as id, 'many' as v", ", unique_key='id'"),
  },
  merge: {
    type: 'table',
    old: incremental('select 1 as id, 7 as v', ", incremental_strategy='merge', unique_key='id'"),
    next: incremental("select 1 as id, 'many' as v", ", incremental_strategy='merge', unique_key='id'"),
  },
  overwritten_partition: {
    type: 'table',
    old: incremental(
      'select 1 as id, 7 as v',
      ", incremental_strategy='insert_overwrite', partition_by='id'",
    ),
    next: incremental(
      "select 1 as id, 'many' as v",
      ", incremental_strategy='insert_overwrite', partition_by='id'",
    ),
  },
  full_refresh: { type: 'table', old: incremental(one), next: incremental(failing, ', full_refresh=true') },
  unique_index: {
    type: 'table',
    old: table(one),
    next: table('select 2 as id union all select 2', ", indexes=[{'columns': ['id'], 'unique': true}]"),
  },
  raising_template: {
    type: 'table',
    old: table(one),
    next: table("{% if execute %}{{ exceptions.raise_compiler_error('no') }}{% endif %} select 2 as id"),
  },
};

const names = Object.keys(cases);
const models = (pick: (one: Case) => string) =>
  Object.fromEntries(names.map((name) => [`models/${name}.sql`, pick(cases[name]!)]));

/** Each relation's type and first column, and that nothing of ours is left beside them. */
async function stand(shop: WarehouseProject, type: (name: string) => string, id: number): Promise<void> {
  expect(await shop.relations()).toEqual(names.map((name) => `${name} ${type(name)}`).sort());
  for (const name of names) {
    expect([name, await shop.rows(`select id from ${name}`)]).toEqual([name, [[id]]]);
  }
}

describe.each(warehouses)('$name', ({ project, endless, slow }) => {
  test('whatever fails while a relation is made again leaves what was there, and the next run repairs alone', async () => {
    const shop = project(models(({ old }) => old));
    await succeeds(shop, 'build');
    shop.write(models(({ next }) => next));
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual(Object.fromEntries(names.map((name) => [name, 'error'])));
    await stand(shop, (name) => cases[name]!.type, 1);
    shop.write(models(() => table('select 3 as id')));
    await succeeds(shop, 'build');
    await stand(shop, () => 'table', 3);
  });

  test('a description that cannot be written leaves what stood there, whatever it is of', async () => {
    const documented = (sql: string, materialized: string): string =>
      `{{ config(materialized='${materialized}', persist_docs={'relation': true}) }} ${sql}`;
    const files = (id: number) => ({
      'models/t.sql': documented(`select ${id} as id`, 'table'),
      'models/v.sql': documented(`select ${id} as id`, 'view'),
      'models/i.sql': documented(`select ${id} as id`, 'incremental'),
      'models/models.yml':
        'models: [{name: t, description: T}, {name: v, description: V}, {name: i, description: I}]',
      'seeds/s.csv': `id\n${id}\n`,
      'seeds/seeds.yml': 'seeds: [{name: s, description: S, config: {persist_docs: {relation: true}}}]',
    });
    const shop = project(files(1));
    await succeeds(shop, 'build');
    shop.write({
      ...files(2),
      'macros/own.sql': `{% macro alter_relation_comment(relation, comment) %}
        comment on table nowhere.nothing is '{{ comment }}' {% endmacro %}`,
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ t: 'error', v: 'error', i: 'error', s: 'error' });
    const standing = () => shop.rows('select t.id, v.id, i.id, s.id from t, v, i, s');
    expect(await standing()).toEqual([[1, 1, 1, 1]]);
    expect(await shop.relations()).toEqual(['i table', 's table', 't table', 'v view']);
    shop.write({ 'macros/own.sql': null });
    await succeeds(shop, 'build', { fullRefresh: true });
    expect(await standing()).toEqual([[2, 2, 2, 2]]);
    expect(await shop.relations()).toEqual(['i table', 's table', 't table', 'v view']);
  });

  test('a first build that fails leaves nothing', async () => {
    const shop = project({
      'models/a.sql': table(failing),
      'models/b.sql': incremental(failing),
      'models/c.sql': 'select nothing',
      'seeds/s.csv': 'id\n1\nmany\n',
      'seeds/seeds.yml': 'seeds: [{name: s, config: {column_types: {id: integer}}}]',
    });
    const { statuses } = await sluice(shop, 'build');
    expect(statuses).toEqual({ a: 'error', b: 'error', c: 'error', s: 'error' });
    expect(await shop.relations()).toEqual([]);
  });

  test('the message shows the line of the model and that of the compiled query', async () => {
    const shop = project({
      'models/a.sql': [
        '{% set names = [1, 2] %}',
        "{{ config(materialized='table') }}",
        'select',
        '{% for name in names %}',
        '  {{ name }} as n{{ name }},',
        '{% endfor %}',
        "  'ü' as letter,",
        '  nothing as x',
        'from (select 1 as id) as t',
      ].join('\n'),
    });
    const { diagnostics } = await sluice(shop, 'build');
    const [{ message, span, related }] = diagnostics as [(typeof diagnostics)[number]];
    expect(message).toContain('nothing');
    expect([span?.file, span?.text.slice(span.start, span.end)]).toEqual(['models/a.sql', 'nothing']);
    const compiled = related[0]!.span!;
    expect(compiled.file).toBe('target/compiled/shop/models/a.sql');
    expect(compiled.text.slice(compiled.start, compiled.end)).toBe('nothing');
    expect(compiled.text.slice(0, compiled.start).split('\n').length).toBeGreaterThan(8);
  });

  test('a model may read its own table while it is replaced', async () => {
    const shop = project({
      'models/a.sql': table(
        'select {% if adapter.get_relation(this.database, this.schema, this.identifier) %}id + 1 as id from {{ this }}{% else %}1 as id{% endif %}',
      ),
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build');
    expect(await shop.rows('select id from a')).toEqual([[2]]);
  });

  test('readers see the old rows or the new ones, all of them, and never an error', async () => {
    const rows = (count: number): string =>
      `select i as id, {{ var('version', 0) }} as version from generate_series(1, ${count}) as g(i)`;
    const shop = project({
      'models/a.sql': table(rows(20_000)),
      'models/b.sql': incremental(rows(5000), ", unique_key='id'"),
      'models/c.sql': `${rows(1000)} -- {{ ref('b') }}`,
      'seeds/s.csv': `id,version\n${Array.from({ length: 500 }, (_, id) => `${id},0`).join('\n')}\n`,
    });
    await succeeds(shop, 'build');
    const seen = new Map<string, Set<string>>();
    let building = true;
    const watch = async (name: string): Promise<void> => {
      const client = await shop.client();
      while (building) {
        const [row] = await client.rows(`select count(*), min(version), max(version) from ${name}`);
        seen.set(name, (seen.get(name) ?? new Set()).add(row!.join(' ')));
      }
      await client.close();
    };
    const watching = Promise.all(['a', 'b', 'c', 's'].map(watch));
    for (const version of [1, 2, 3]) await succeeds(shop, 'build', { vars: { version } });
    building = false;
    await watching;
    const whole = { a: 20_000, b: 5000, c: 1000, s: 500 };
    for (const [name, count] of Object.entries(whole)) {
      const states = [...seen.get(name)!];
      expect(
        states.filter((state) => !/^(\d+) (\d) \2$/.test(state) || !state.startsWith(`${count} `)),
      ).toEqual([]);
    }
  });

  test('a cancelled run leaves what was there, says so, and the next run repairs alone', async () => {
    const shop = project({
      'models/a.sql': table(one),
      'models/b.sql': table(`select 1 as id -- {{ ref('a') }}`),
      'models/c.sql': "select * from {{ ref('b') }}",
    });
    await succeeds(shop, 'build');
    shop.write({
      'models/a.sql': table('select 2 as id'),
      'models/b.sql': table(`select ${endless} as id -- {{ ref('a') }}`),
    });
    const invocation = start(shop, 'build');
    for await (const event of invocation.events()) {
      if (event.name === 'statement-sent' && event.sql.includes(endless)) invocation.cancel();
    }
    const outcome = await invocation;
    expect(outcome).toMatchObject({ success: false, interrupted: true });
    expect(outcome.results.map(({ node, status }) => [node.name, status])).toEqual([
      ['a', 'success'],
      ['b', 'skipped'],
      ['c', 'skipped'],
    ]);
    expect(shop.json<{ results: unknown[] }>('target/run_results.json').results).toHaveLength(3);
    expect(await shop.running()).toBe(0);
    expect(await shop.rows('select a.id, b.id from a, b')).toEqual([[2, 1]]);
    expect(await shop.relations()).toEqual(['a table', 'b table', 'c view']);
    shop.write({ 'models/b.sql': table(`select ${slow} as id -- {{ ref('a') }}`) });
    await succeeds(shop, 'build');
  });

  test('a snapshot that is cancelled at any of its statements has all of its versions or those of before, and the next run repairs alone', async () => {
    const files = rounds(`${byTime}, hard_deletes: new_record`, lives.map(rowsOf));
    const whole = project(files);
    const states: unknown[] = [[]];
    for (const round of [0, 2]) {
      await succeeds(whole, 'build', { vars: { round } });
      states.push(await history(whole, ['dbt_is_deleted']));
    }
    for (const [index, round] of [0, 2].entries()) {
      const [before, after] = states.slice(index, index + 2);
      for (let statement = 1, all = false; !all; statement += 1) {
        const shop = project(files);
        if (index > 0) await succeeds(shop, 'build', { vars: { round: 0 } });
        await succeeds(shop, 'run', { vars: { round } });
        const cancelling = new AbortController();
        let sent = 0;
        const onEvent = (event: Event): void => {
          if (event.name !== 'statement-sent' || event.uniqueId !== 'snapshot.shop.history') return;
          sent += 1;
          if (sent === statement) cancelling.abort();
        };
        const { signal } = cancelling;
        const { statuses } = await sluice(shop, 'snapshot', { vars: { round }, signal, onEvent });
        all = sent < statement;
        expect(statuses['history'] === 'success').toBe(all);
        const found = (await shop.relations()).includes('history table');
        const stands = found ? await history(shop, ['dbt_is_deleted']) : [];
        expect([statement, stands]).toEqual([statement, all ? after : before]);
        expect((await shop.relations()).filter((name) => name.includes('__'))).toEqual([]);
        await succeeds(shop, 'snapshot', { vars: { round } });
        expect([statement, await history(shop, ['dbt_is_deleted'])]).toEqual([statement, after]);
      }
    }
  });
});
