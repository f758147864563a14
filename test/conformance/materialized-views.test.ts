import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { having, lacking } from './warehouses.ts';

const model = (sql: string, config = ''): string =>
  `{{ config(materialized='materialized_view'${config}) }} ${sql}`;

const indexed = (columns: string, more = ''): string => `, indexes=[{'columns': [${columns}]${more}}]`;

/** What the server numbers a relation by: the same as long as it was not made anew. */
const numberOf = async (shop: WarehouseProject, name: string): Promise<unknown> =>
  (await shop.rows(`select '${shop.schema}.${name}'::regclass::oid::int8`))[0]![0];

/** Columns of each index. */
const indexesOf = async (shop: WarehouseProject, name: string): Promise<readonly string[]> => {
  const rows = await shop.rows(
    `select regexp_replace(indexdef, '^CREATE (UNIQUE |)INDEX .* USING (.*)$', '\\1\\2') from pg_indexes
     where schemaname = '${shop.schema}' and tablename = '${name}' order by 1`,
  );
  return rows.map(([text]) => String(text));
};

describe.each(having('materialized views'))('$name', ({ project }) => {
  /** A table that others fill, and a materialized view over it. */
  async function overTable(sql = 'select id from filled', config = ''): Promise<WarehouseProject> {
    const shop = project({
      'models/m.sql': model(sql.replace('filled', '{{ this.schema }}.filled'), config),
    });
    await shop.rows(`create schema ${shop.schema}`);
    await shop.rows('create table filled as select 1 as id');
    return shop;
  }

  const ids = async (shop: WarehouseProject, name = 'm') =>
    (await shop.rows(`select id from ${name} order by id`)).map(([id]) => id);

  test('a materialized view is made once, and filled again by every run', async () => {
    const shop = await overTable();
    const first = await succeeds(shop, 'run');
    expect(first.messages).toEqual({ m: 'SELECT 1' });
    expect(await shop.relations()).toEqual(['filled table', 'm materialized view']);
    const number = await numberOf(shop, 'm');
    await shop.rows('insert into filled values (2)');
    expect(await ids(shop)).toEqual([1]);
    const { messages, outcome } = await succeeds(shop, 'run');
    expect(messages).toEqual({ m: 'REFRESH MATERIALIZED VIEW' });
    expect(outcome!.results[0]!.response).toEqual({
      _message: 'REFRESH MATERIALIZED VIEW',
      code: 'REFRESH MATERIALIZED VIEW',
      rows_affected: -1,
    });
    expect(await ids(shop)).toEqual([1, 2]);
    expect(await numberOf(shop, 'm')).toBe(number);
  });

  test('another query makes it anew, another spelling of the same does not', async () => {
    const shop = await overTable();
    await succeeds(shop, 'run');
    await shop.rows('create view over_m as select id from m');
    const number = await numberOf(shop, 'm');
    shop.write({
      'models/m.sql': model('/* the same */ SELECT "id"\n from {{ this.schema }}.filled -- is'),
    });
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'REFRESH MATERIALIZED VIEW' });
    expect(await numberOf(shop, 'm')).toBe(number);
    shop.write({ 'models/m.sql': model('select id + 10 as id from {{ this.schema }}.filled') });
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'SELECT 1' });
    expect([await ids(shop), await ids(shop, 'over_m')]).toEqual([[11], [11]]);
    expect(await shop.relations()).toEqual(['filled table', 'm materialized view', 'over_m view']);
  });

  test('a star is read anew where the columns behind it have changed', async () => {
    const shop = await overTable('select * from filled');
    await succeeds(shop, 'run');
    await shop.rows('alter table filled add column more text');
    await succeeds(shop, 'run');
    expect(await shop.columns('m')).toEqual(['id integer', 'more text']);
  });

  test('indexes are changed without making it anew, and its rows stay as they are', async () => {
    const shop = await overTable('select id, id as v from filled', indexed("'id'", ", 'unique': true"));
    await succeeds(shop, 'run');
    expect(await indexesOf(shop, 'm')).toEqual(['UNIQUE btree (id)']);
    const number = await numberOf(shop, 'm');
    await succeeds(shop, 'run');
    expect(await indexesOf(shop, 'm')).toEqual(['UNIQUE btree (id)']);
    const write = (config: string) =>
      shop.write({ 'models/m.sql': model('select id, id as v from {{ this.schema }}.filled', config) });
    write(indexed("'id', 'v'", ", 'type': 'btree'"));
    await shop.rows('insert into filled values (2)');
    await succeeds(shop, 'run');
    expect(await indexesOf(shop, 'm')).toEqual(['btree (id, v)']);
    expect([await numberOf(shop, 'm'), await ids(shop)]).toEqual([number, [1]]);
    write('');
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'DROP INDEX' });
    expect(await indexesOf(shop, 'm')).toEqual([]);
    write(indexed("'v'", ", 'type': 'hash'"));
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'CREATE INDEX' });
    expect(await indexesOf(shop, 'm')).toEqual(['hash (v)']);
    expect(await numberOf(shop, 'm')).toBe(number);
  });

  test('indexes of every form are known again, and do not keep it from being filled', async () => {
    const shop = await overTable('select id, id::text as "Some, ""Name" from filled');
    const write = (...columns: readonly (readonly string[])[]) =>
      shop.write({
        'models/m.yml': JSON.stringify({
          models: [{ name: 'm', config: { indexes: columns.map((one) => ({ columns: one })) } }],
        }),
      });
    const forms = [
      ['lower("Some, ""Name")'],
      ['id desc'],
      ['"Some, ""Name" text_pattern_ops', 'id'],
      ['(id + 1)'],
    ];
    write(...forms);
    await succeeds(shop, 'run');
    const indexes = await indexesOf(shop, 'm');
    expect(indexes).toHaveLength(forms.length);
    await shop.rows('insert into filled values (2)');
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'REFRESH MATERIALIZED VIEW' });
    expect([await indexesOf(shop, 'm'), await ids(shop)]).toEqual([indexes, [1, 2]]);
    write(...forms.slice(0, 1), ['"Some, ""Name" desc'], ...forms.slice(2));
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'DROP INDEX' });
    expect(await indexesOf(shop, 'm')).toEqual(
      indexes.map((index) => index.replace('id DESC', '"Some, ""Name" DESC')).toSorted(),
    );
    expect((await succeeds(shop, 'run')).messages).toEqual({ m: 'REFRESH MATERIALIZED VIEW' });
  });

  test('on_configuration_change leaves it as it is, with a warning, or fails the node', async () => {
    const shop = await overTable();
    await succeeds(shop, 'run');
    await shop.rows('insert into filled values (2)');
    const said = (policy: string) =>
      `Configuration changes were identified and \`on_configuration_change\` was set to \`${policy}\` for \`"${shop.database}"."${shop.schema}"."m"\``;
    const write = (policy: string, sql: string, config: string) =>
      shop.write({ 'models/m.sql': model(sql, `, on_configuration_change='${policy}'${config}`) });
    for (const [sql, config, changed] of [
      ['select id from {{ this.schema }}.filled', indexed("'id'"), 'the indexes'],
      ['select id + 1 as id from {{ this.schema }}.filled', '', 'the query'],
      ['select id + 1 as id from {{ this.schema }}.filled', indexed("'id'"), 'the query and the indexes'],
    ] as const) {
      write('continue', sql, config);
      const kept = await succeeds(shop, 'run');
      expect(kept.statuses).toEqual({ m: 'success' });
      expect(kept.outcome!.results[0]!.response).toEqual({
        _message: `skip "${shop.database}"."${shop.schema}"."m"`,
        code: 'skip',
        rows_affected: '-1',
      });
      expect(kept.warnings).toMatchObject([{ code: 'configuration-changed', message: said('continue') }]);
      write('fail', sql, config);
      const failed = await sluice(shop, 'run');
      expect(failed.statuses).toEqual({ m: 'error' });
      expect(failed.messages['m']).toBe(`FailFast Error in model m (models/m.sql)\n  ${said('fail')}`);
      expect(failed.diagnostics[0]!.hint).toContain(`${changed} changed`);
      expect([await ids(shop), await indexesOf(shop, 'm')]).toEqual([[1], []]);
    }
    // What has not changed is filled again whatever the policy, and a full refresh asks nobody.
    write('fail', 'select id from {{ this.schema }}.filled', '');
    await succeeds(shop, 'run');
    expect(await ids(shop)).toEqual([1, 2]);
    write('fail', 'select id + 1 as id from {{ this.schema }}.filled', '');
    await succeeds(shop, 'run', { fullRefresh: true });
    expect(await ids(shop)).toEqual([2, 3]);
  });

  test('views, tables and materialized views turn into each other, and what reads them stays', async () => {
    const shop = project();
    const kinds = ['view', 'materialized_view', 'table', 'materialized_view', 'incremental'] as const;
    const rounds = [...kinds, 'materialized_view', 'view', 'table', 'materialized_view', 'seed'] as const;
    for (const [index, kind] of rounds.entries()) {
      shop.write({
        'models/m.sql': kind === 'seed' ? null : `{{ config(materialized='${kind}') }} select ${index} as id`,
        'seeds/m.csv': kind === 'seed' ? `id\n${index}\n` : null,
      });
      await succeeds(shop, 'build');
      if (index === 0) await shop.rows('create view over_m as select id from m');
      const type = { view: 'view', materialized_view: 'materialized view' }[kind as string] ?? 'table';
      expect(await shop.relations()).toEqual([`m ${type}`, 'over_m view']);
      expect([await ids(shop), await ids(shop, 'over_m')]).toEqual([[index], [index]]);
    }
  });

  test('hooks, comments and grants belong to it as to a table', async () => {
    const shop = await overTable(
      'select id from filled',
      `, persist_docs={'relation': true, 'columns': true}
      , grants={'select': ['public']}, pre_hook=['insert into {{ this.schema }}.filled values (5)']
      , post_hook=[{'sql': 'insert into {{ this.schema }}.log select count(*) from {{ this }}', 'transaction': false}]`,
    );
    await shop.rows('create table log (rows bigint)');
    shop.write({
      'models/m.yml':
        'models: [{name: m, description: "says \'hi\'", columns: [{name: id, description: a number}]}]',
    });
    const described = () =>
      shop.rows(
        `select obj_description('${shop.schema}.m'::regclass, 'pg_class'), col_description('${shop.schema}.m'::regclass, 1),
           (select string_agg(privilege_type, ' ') from pg_class, aclexplode(relacl)
            where oid = '${shop.schema}.m'::regclass and grantee = 0)`,
      );
    for (const options of [{}, {}, { fullRefresh: true }]) {
      await succeeds(shop, 'run', options);
      expect(await described()).toEqual([["says 'hi'", 'a number', 'SELECT']]);
    }
    expect(await shop.rows('select rows from log order by 1')).toEqual([[2], [3], [4]]);
  });

  test('it is referred to, documented and tested as every other model', async () => {
    const shop = await overTable();
    shop.write({
      'models/m.yml': 'models: [{name: m, columns: [{name: id, data_tests: [unique, not_null]}]}]',
      'models/over.sql': "select id from {{ ref('m') }} where true",
    });
    const { statuses } = await succeeds(shop, 'build');
    expect(Object.values(statuses).sort()).toEqual(['pass', 'pass', 'success', 'success']);
    await sluice(shop, 'docsGenerate');
    const { nodes } = shop.json<{ nodes: Record<string, { metadata: { type: string } }> }>(
      'target/catalog.json',
    );
    expect(nodes['model.shop.m']!.metadata.type).toBe('MATERIALIZED VIEW');
  });

  test('it may have any name that a relation may have, with what belongs to it', async () => {
    const names = ['Mixed Case', 'say "hi"', "it's", 'größe_日本_🌱', '--dashes', 'ü'.repeat(31)];
    const shop = project();
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
    const write = (id: number) =>
      names.forEach((name, index) => {
        const config = {
          alias: name,
          indexes: [{ columns: [quoted(name)], unique: true }],
          grants: { select: ['public'] },
          persist_docs: { relation: true, columns: true },
        };
        shop.write({
          [`models/m${index}.sql`]: model(`select ${id} as ${quoted(name)}`),
          [`models/m${index}.yml`]: JSON.stringify({
            models: [
              {
                name: `m${index}`,
                description: "it's",
                columns: [{ name, quote: true, description: 'x' }],
                config,
              },
            ],
          }),
        });
      });
    for (const options of [{}, {}, { fullRefresh: true }]) {
      write(1);
      await succeeds(shop, 'run', options);
      write(2);
      const { messages } = await succeeds(shop, 'run', options);
      expect(Object.values(messages)).toEqual(names.map(() => 'CREATE INDEX'));
      const { messages: again } = await succeeds(shop, 'run');
      expect(Object.values(again)).toEqual(names.map(() => 'REFRESH MATERIALIZED VIEW'));
      for (const name of names) expect(await shop.rows(`select * from ${quoted(name)}`)).toEqual([[2]]);
      expect(await shop.relations()).toHaveLength(names.length);
    }
  });

  test('a query that does not bind fails the node with its line, and the old rows stay', async () => {
    const shop = await overTable();
    await succeeds(shop, 'run');
    shop.write({ 'models/m.sql': model('\nselect nothing\nfrom {{ this.schema }}.filled') });
    const { diagnostics } = await sluice(shop, 'run');
    const [{ message, span }] = diagnostics as [(typeof diagnostics)[number]];
    expect(message).toContain('nothing');
    expect([span?.file, span?.text.slice(span.start, span.end)]).toEqual(['models/m.sql', 'nothing']);
    expect(await ids(shop)).toEqual([1]);
  });

  test('readers see the old rows or the new ones, all of them, and never an error', async () => {
    const version = "{{ var('version', 0) }}";
    const shop = project({
      'models/a.sql': `{{ config(materialized='table') }} select i as id, ${version} as version from generate_series(1, 5000) as g(i)`,
      'models/b.sql': model("select id, version from {{ ref('a') }}", indexed("'id'", ", 'unique': true")),
      'models/c.sql': model(
        "select id, version from {{ ref('b') }} {{ 'where id > 0' if var('version', 0) % 2 else '' }}",
      ),
      'models/d.sql': "select id, version from {{ ref('c') }}",
    });
    await succeeds(shop, 'build');
    const names = ['a', 'b', 'c', 'd', '(select b.id, b.version from b join d using (id)) as both_of_them'];
    const seen = new Set<string>();
    let building = true;
    const watch = async (name: string): Promise<void> => {
      const client = await shop.client();
      while (building) {
        const [row] = await client.rows(`select count(*), max(version) - min(version) from ${name}`);
        seen.add(row!.join(' '));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await client.close();
    };
    const watching = Promise.all(names.map(watch));
    for (const next of [1, 2, 3]) {
      await succeeds(shop, 'build', { vars: { version: next } });
      await succeeds(shop, 'run', { vars: { version: next }, select: ['b', 'c'], fullRefresh: next === 2 });
    }
    building = false;
    await watching;
    expect([...seen]).toEqual(['5000 0']);
  });
});

describe.each(lacking('materialized views'))('$name', ({ project }) => {
  test('a warehouse without materialized views says so, once, and nothing is made', async () => {
    const shop = project({ 'models/m.sql': model('select 1 as id'), 'models/n.sql': 'select 1 as id' });
    const { statuses, diagnostics } = await sluice(shop, 'run');
    expect(statuses).toEqual({ m: 'error', n: 'success' });
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.message).toMatch(/has no materialized views; use a table or a view/);
    expect(await shop.relations()).toEqual(['n view']);
  });
});
