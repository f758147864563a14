import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { incremental, rowTexts, valuesOf } from './incremental-models.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const model = (config: string, first: string, then: string): string =>
  incremental(`incremental_strategy='insert_overwrite', ${config}`, first, then);

describe.each(warehouses)('$name', ({ project }) => {
  test('the partitions that new rows lie in are replaced, none else, however often it runs', async () => {
    const shop = project({
      'models/single.sql': model(
        "partition_by='day'",
        valuesOf('day, v', "(1, 'old'), (1, 'old'), (2, 'old'), (null, 'old')"),
        valuesOf('day, v', "(2, 'new'), (2, 'new'), (3, 'new')"),
      ),
      'models/nulls.sql': model(
        "partition_by='day'",
        valuesOf('day, v', "(1, 'old'), (null, 'old')"),
        valuesOf('day, v', "(cast(null as integer), 'new')"),
      ),
      'models/several.sql': model(
        "partition_by=['day', 'place']",
        valuesOf('day, place, v', "(1, 'a', 'old'), (1, 'b', 'old'), (1, null, 'old'), (2, null, 'old')"),
        valuesOf('day, place, v', "(1, 'b', 'new'), (1, null, 'new')"),
      ),
      'models/months.sql': model(
        "partition_by={'field': 'made', 'data_type': 'date', 'granularity': 'month'}",
        "select cast(d as date) as made, 'old' as v from (values ('2024-01-03'), ('2024-02-01')) as t(d)",
        "select cast('2024-01-20' as date) as made, 'new' as v",
      ),
      'models/computed.sql': model(
        'partition_by="id % 10"',
        valuesOf('id, v', "(1, 'old'), (11, 'old'), (2, 'old')"),
        valuesOf('id, v', "(21, 'new')"),
      ),
      'models/none.sql': model(
        "partition_by='day'",
        valuesOf('day, v', "(1, 'old')"),
        `${valuesOf('day, v', "(1, 'new')")} where day > 1`,
      ),
    });
    await succeeds(shop, 'run');
    for (let round = 0; round < 2; round += 1) {
      await succeeds(shop, 'run');
      expect(await rowTexts(shop, 'single')).toEqual([' old', '1 old', '1 old', '2 new', '2 new', '3 new']);
      expect(await rowTexts(shop, 'nulls')).toEqual([' new', '1 old']);
      expect(await rowTexts(shop, 'several')).toEqual(['1  new', '1 a old', '1 b new', '2  old']);
      expect(
        (await shop.rows('select extract(day from made), v from months order by 1')).map((row) =>
          row.join(' '),
        ),
      ).toEqual(['1 old', '20 new']);
      expect(await rowTexts(shop, 'computed')).toEqual(['2 old', '21 new']);
      expect(await rowTexts(shop, 'none')).toEqual(['1 old']);
    }
  });

  test("the model's own predicates narrow what is replaced", async () => {
    const shop = project({
      'models/a.sql': model(
        `partition_by='day', incremental_predicates=["v <> 'kept'"]`,
        valuesOf('day, v', "(1, 'old'), (1, 'kept')"),
        valuesOf('day, v', "(1, 'new')"),
      ),
    });
    await succeeds(shop, 'run');
    await succeeds(shop, 'run');
    expect(await rowTexts(shop, 'a')).toEqual(['1 kept', '1 new']);
  });

  test('a partition that cannot be told is refused by name, and nothing is replaced', async () => {
    const rows = valuesOf('day, v', "(1, 'old')");
    const shop = project({
      'models/missing.sql': model('tags=[]', rows, rows),
      'models/gone.sql': model("partition_by='dya'", rows, rows),
      'models/untimed.sql': model("partition_by={'field': 'day', 'granularity': 'month'}", rows, rows),
      'models/ranged.sql': model("partition_by={'field': 'day', 'range': {'start': 0}}", rows, rows),
    });
    await succeeds(shop, 'run');
    const { diagnostics } = await sluice(shop, 'run');
    expect(diagnostics.map(({ code, message }) => `${code} ${/'(\w+)'/.exec(message)![1]}`).sort()).toEqual([
      'partition-by-invalid missing',
      'partition-by-invalid ranged',
      'partition-column-missing dya',
      'partition-column-type untimed',
    ]);
    for (const name of ['missing', 'gone', 'untimed', 'ranged']) {
      expect(await rowTexts(shop, name)).toEqual(['1 old']);
    }
  });
});
