import { describe, expect, test } from 'vitest';
import type { Ran } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

const models = (kind: string, count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `models/${kind}_${index}.sql`,
      `{{ config(materialized='${kind}') }} select ${index} as id`,
    ]),
  );

/** Statements of the nodes' recipes. */
const told = ({ events }: Ran<'run'>): number =>
  events.filter((event) => event.name === 'statement-sent').length;

const names = ({ events }: Ran<'run'>, name: 'node-started' | 'node-finished'): string[] =>
  events.flatMap((event) => (event.name === name ? [event.node.name] : []));

describe.each(warehouses)('$name', ({ project, watch, statements, listing }) => {
  test.each(['view', 'table'] as const)(
    'one more %s takes the statements of its recipe, and as few around them as ever',
    async (kind) => {
      const sent = watch();
      const count = async (nodes: number) => {
        const shop = project(models(kind, nodes));
        const begun = sent.length;
        const recipe = told(await succeeds(shop, 'run', { threads: 1 }));
        const first = sent.length - begun;
        await succeeds(shop, 'run', { threads: 1 });
        return { recipe, first, again: sent.length - begun - first };
      };
      const few = await count(2);
      const many = await count(7);
      expect({
        recipe: (many.recipe - few.recipe) / 5,
        first: (many.first - few.first) / 5,
        again: (many.again - few.again) / 5,
      }).toEqual(statements[kind]);
    },
  );

  test('a run lists each schema that it builds into once, however many nodes there are', async () => {
    const shop = project({
      ...models('view', 3),
      ...models('table', 3),
      'models/more.sql': "{{ config(schema='more') }} select 1 as id",
      'models/grows.sql': "{{ config(materialized='incremental') }} select 1 as id",
    });
    const sent = watch();
    for (let runs = 1; runs <= 2; runs += 1) {
      await succeeds(shop, 'run');
      expect(sent.filter((sql) => listing.test(sql))).toHaveLength(2 * runs);
    }
  });

  test('keys are never looked for by `not in`, which a null among them would make empty', async () => {
    const sent = watch();
    const kept = (name: string, config: string): string =>
      `{% snapshot ${name} %} {{ config(unique_key='id', strategy='check', check_cols=['v'], ${config}) }}
      select 1 as id, {{ var('v', 1) }} as v {% endsnapshot %}`;
    const grows = (strategy: string): string =>
      `{{ config(materialized='incremental', incremental_strategy='${strategy}', unique_key='id', partition_by='id') }}
      select 1 as id`;
    const shop = project({
      'models/d.sql': grows('delete+insert'),
      'models/m.sql': grows('merge'),
      'models/o.sql': grows('insert_overwrite'),
      'snapshots/k.sql': kept('k', "hard_deletes='ignore'") + kept('i', "hard_deletes='invalidate'"),
      'snapshots/n.sql': kept('n', "hard_deletes='new_record'"),
    });
    await succeeds(shop, 'build');
    await succeeds(shop, 'build', { vars: { v: 2 } });
    const writing = sent.filter((sql) => /\b(?:insert|merge|delete|update)\b/i.test(sql));
    expect(writing.length).toBeGreaterThan(6);
    expect(writing.filter((sql) => /not\s+in\s*\(\s*select/i.test(sql))).toEqual([]);
  });

  test('independent nodes run at once, as many as there are threads', async () => {
    const shop = project(models('table', 7));
    const { events } = await succeeds(shop, 'run', { threads: 3 });
    let running = 0;
    const counts = events.flatMap(({ name }) => {
      if (name !== 'node-started' && name !== 'node-finished') return [];
      running += name === 'node-started' ? 1 : -1;
      return [running];
    });
    expect(counts.slice(0, 3)).toEqual([1, 2, 3]);
    expect(Math.max(...counts)).toBe(3);
  });

  test('what most waits for comes first', async () => {
    const shop = project({
      ...models('view', 3),
      'models/z1.sql': 'select 1 as id',
      'models/z2.sql': "select * from {{ ref('z1') }}",
      'models/z3.sql': "select * from {{ ref('z2') }}",
    });
    const ran = await succeeds(shop, 'run', { threads: 1 });
    expect(names(ran, 'node-started')).toEqual(['z1', 'z2', 'view_0', 'view_1', 'view_2', 'z3']);
  });
});
