import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { incremental, rowTexts, valuesOf } from './incremental-models.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const model = (config: string, first: string, then: string): string =>
  incremental(`incremental_strategy='merge'${config === '' ? '' : `, ${config}`}`, first, then);

describe.each(warehouses)('$name', ({ project }) => {
  test('a merge updates rows of known keys, adds the others, and leaves the rest', async () => {
    const shop = project({
      'models/single.sql': model(
        "unique_key='id'",
        valuesOf('id, v', "(1, 'old'), (2, 'old')"),
        valuesOf('id, v', "(2, 'new'), (3, 'new')"),
      ),
      'models/composite.sql': model(
        "unique_key=['id', 'day']",
        valuesOf('id, day, v', "(1, 1, 'old'), (1, 2, 'old')"),
        valuesOf('id, day, v', "(1, 2, 'new'), (2, 2, 'new')"),
      ),
      'models/chosen.sql': model(
        "unique_key='id', merge_update_columns=['v']",
        valuesOf('id, v, w', "(1, 'old', 'old')"),
        valuesOf('id, v, w', "(1, 'new', 'new'), (2, 'new', 'new')"),
      ),
      'models/but.sql': model(
        "unique_key='id', merge_exclude_columns=['V']",
        valuesOf('id, v, w', "(1, 'old', 'old')"),
        valuesOf('id, v, w', "(1, 'new', 'new'), (2, 'new', 'new')"),
      ),
      'models/bounded.sql': model(
        "unique_key='id', incremental_predicates=['DBT_INTERNAL_DEST.id < 2', 'DBT_INTERNAL_SOURCE.id < 2']",
        valuesOf('id, v', "(1, 'old')"),
        valuesOf('id, v', "(1, 'new')"),
      ),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await rowTexts(shop, 'single')).toEqual(['1 old', '2 new', '3 new']);
    expect(await rowTexts(shop, 'composite')).toEqual(['1 1 old', '1 2 new', '2 2 new']);
    expect(await rowTexts(shop, 'chosen')).toEqual(['1 new old', '2 new new']);
    expect(await rowTexts(shop, 'but')).toEqual(['1 old new', '2 new new']);
    expect(await rowTexts(shop, 'bounded')).toEqual(['1 new']);
    expect(await shop.relations()).toEqual([
      'bounded table',
      'but table',
      'chosen table',
      'composite table',
      'single table',
    ]);
  });

  test('keys that come twice are refused before anything is written, and named', async () => {
    const shop = project({
      'models/single.sql': model(
        "unique_key='id'",
        valuesOf('id, v', "(1, 'old')"),
        valuesOf('id, v', "(1, 'new'), (1, 'newer'), (2, 'new'), (3, 'a'), (3, 'b')"),
      ),
      'models/composite.sql': model(
        "unique_key=['id', 'day']",
        valuesOf('id, day', '(1, 1)'),
        valuesOf('id, day', '(7, 1), (7, 1), (7, 2)'),
      ),
    });
    await succeeds(shop, 'run');
    const { statuses, diagnostics } = await sluice(shop, 'run');
    expect(statuses).toEqual({ single: 'error', composite: 'error' });
    const messages = diagnostics.map(({ code, message }) => `${code}: ${message}`).sort();
    expect(messages[0]).toBe(
      "unique-key-repeated: the new rows of 'composite' have several rows of one (id, day): 7, 1",
    );
    expect(messages[1]).toMatch(
      /^unique-key-repeated: the new rows of 'single' have several rows of one 'id': (?:1, 3|3, 1)$/,
    );
    expect(await rowTexts(shop, 'single')).toEqual(['1 old']);
    expect(await rowTexts(shop, 'composite')).toEqual(['1 1']);
    expect(await shop.relations()).toEqual(['composite table', 'single table']);
  });

  test('keys that come twice are found behind any number of keys that are null in a part', async () => {
    const partlyNull = Array.from(
      { length: 10 },
      (_, day) => `(null, ${day}), (null, ${day}), (null, ${day})`,
    );
    const shop = project({
      'models/a.sql': model(
        "unique_key=['id', 'day']",
        valuesOf('id, day', '(1, 1)'),
        valuesOf('id, day', `${partlyNull.join(', ')}, (7, 1), (7, 1)`),
      ),
    });
    await succeeds(shop, 'run');
    const { statuses, diagnostics } = await sluice(shop, 'run');
    expect(statuses).toEqual({ a: 'error' });
    expect(diagnostics[0]?.message).toBe("the new rows of 'a' have several rows of one (id, day): 7, 1");
    expect(await rowTexts(shop, 'a')).toEqual(['1 1']);
  });

  test('null keys are added and told, and refused under --strict', async () => {
    const shop = project({
      'models/a.sql': model(
        "unique_key='id'",
        valuesOf('id, v', "(1, 'old')"),
        valuesOf('id, v', "(1, 'new'), (null, 'new')"),
      ),
    });
    await succeeds(shop, 'run');
    const told = await sluice(shop, 'run');
    expect(told.statuses).toEqual({ a: 'success' });
    expect(told.warnings).toMatchObject([{ code: 'unique-key-null', severity: 'warning' }]);
    expect(await rowTexts(shop, 'a')).toEqual([' new', '1 new']);
    const refused = await sluice(shop, 'run', { strict: true });
    expect(refused.statuses).toEqual({ a: 'error' });
    expect(await rowTexts(shop, 'a')).toEqual([' new', '1 new']);
  });

  test('rows of one key are all kept by delete+insert, which is told', async () => {
    const shop = project({
      'models/a.sql': `{{ config(materialized='incremental', unique_key='day') }}
        {% if is_incremental() %}${valuesOf('day, v', "(1, 'a'), (1, 'b')")}{% else %}${valuesOf('day, v', "(1, 'old'), (2, 'old')")}{% endif %}`,
    });
    await succeeds(shop, 'run');
    const { statuses, warnings } = await sluice(shop, 'run');
    expect(statuses).toEqual({ a: 'success' });
    expect(warnings).toMatchObject([{ code: 'unique-key-repeated', severity: 'warning' }]);
    expect(await rowTexts(shop, 'a')).toEqual(['1 a', '1 b', '2 old']);
  });

  test('without a key a merge only adds', async () => {
    const shop = project({ 'models/a.sql': model('', 'select 1 as id', 'select 1 as id') });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await rowTexts(shop, 'a')).toEqual(['1', '1']);
  });

  test("a project's own get_merge_sql is used", async () => {
    const shop = project({
      'macros/merge.sql': `{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
        insert into {{ target }} select id + 100 from {{ source }}
      {% endmacro %}`,
      'models/a.sql': model("unique_key='id'", 'select 1 as id', 'select 1 as id'),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await rowTexts(shop, 'a')).toEqual(['1', '101']);
  });
});
