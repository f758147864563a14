import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { Client, WarehouseProject } from './warehouse.ts';
import { having, lacking } from './warehouses.ts';

const config = (materialized: string, grants: string, more = ''): string =>
  `{{ config(materialized='${materialized}', grants=${grants}${more}) }}`;

/** Roles of the test's own that see the target's schema: one whose name needs no quotes, one whose name does. */
async function makeRoles(
  shop: WarehouseProject,
): Promise<{ readonly reader: string; readonly writer: string }> {
  await shop.rows(`create schema if not exists ${shop.schema}`);
  const mark = randomBytes(4).toString('hex');
  const roles = { reader: `reader_${mark}`, writer: `"Writer ${mark}"` };
  for (const role of Object.values(roles)) {
    await shop.rows(`create role ${role}`);
    onTestFinished(async () => {
      await shop.rows(`drop owned by ${role}`);
      await shop.rows(`drop role ${role}`);
    });
  }
  return roles;
}

/** Who may do what with a relation, its owner aside: `reader SELECT`. */
async function granted(shop: WarehouseProject, name: string): Promise<readonly string[]> {
  const rows = await shop.rows(
    `select case given.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(given.grantee)) end
       || ' ' || given.privilege_type
     from pg_class cross join lateral aclexplode(relacl) as given
     where oid = '${shop.schema}.${name}'::regclass and given.grantee <> relowner`,
  );
  return rows.map(([text]) => String(text)).sort();
}

const kinds = ['table', 'view', 'incremental', 'seed', 'snapshot'] as const;

/** A node of each kind with these grants. */
const nodesOf = (grants: string): Record<string, string> => ({
  'models/a_table.sql': `${config('table', grants)} select 1 as id`,
  'models/a_view.sql': `${config('view', grants)} select 1 as id`,
  'models/a_incremental.sql': `${config('incremental', grants, ", unique_key='id'")} select 1 as id`,
  'snapshots/a_snapshot.sql': `{% snapshot a_snapshot %}
    {{ config(unique_key='id', strategy='check', check_cols='all', grants=${grants}) }} select 1 as id
    {% endsnapshot %}`,
  'seeds/a_seed.csv': 'id\n1\n',
  'seeds/seeds.yml': `seeds: [{name: a_seed, config: {grants: ${grants}}}]`,
});

describe.each(having('roles'))('$name', ({ project }) => {
  test('what is granted is what is configured, after every run and every way to build', async () => {
    const shop = project();
    const { reader, writer } = await makeRoles(shop);
    const both = `{'select': ['${reader}', '${writer}'], 'insert': '${writer}'}`;
    for (const [grants, options, expected] of [
      [both, {}, [`${reader} SELECT`, `${writer} INSERT`, `${writer} SELECT`]],
      [both, {}, [`${reader} SELECT`, `${writer} INSERT`, `${writer} SELECT`]],
      [`{'select': ['public']}`, {}, ['public SELECT']],
      [both, { fullRefresh: true }, [`${reader} SELECT`, `${writer} INSERT`, `${writer} SELECT`]],
      [`{'select': ['${reader.toUpperCase()}'], 'all': []}`, {}, [`${reader} SELECT`]],
      [`{'select': []}`, {}, []],
    ] as const) {
      shop.write(nodesOf(grants));
      await succeeds(shop, 'build', options);
      for (const kind of kinds) {
        expect([kind, grants, await granted(shop, `a_${kind}`)]).toEqual([
          kind,
          grants,
          [...expected].sort(),
        ]);
      }
    }
  });

  test('only what is missing is granted, and only what is too much is revoked', async () => {
    const shop = project();
    const { reader, writer } = await makeRoles(shop);
    const kept = { ...nodesOf(`{'select': ['${reader}', '${writer}']}`), 'models/a_table.sql': null };
    shop.write(kept);
    await succeeds(shop, 'build');
    const sent = async (): Promise<readonly string[]> => {
      const { events } = await succeeds(shop, 'build');
      return events
        .flatMap((event) => (event.name === 'statement-sent' ? [event.sql] : []))
        .flatMap((sql) => /\b(grant|revoke) \w+ on \S+ (to|from)\b/.exec(sql)?.[0] ?? [])
        .map((sql) => sql.replace(/ on \S+/, ''));
    };
    expect(await sent()).toEqual([]);
    shop.write({
      ...nodesOf(`{'select': ['${reader}'], 'update': ['${reader}']}`),
      'models/a_table.sql': null,
    });
    expect((await sent()).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'grant update to'),
      ...Array.from({ length: 4 }, () => 'revoke SELECT from'),
    ]);
  });

  test('what a schema grants by default on new relations is kept where a new relation would have it', async () => {
    const shop = project();
    const { reader, writer } = await makeRoles(shop);
    await shop.rows(`alter default privileges in schema ${shop.schema} grant select on tables to ${writer}`);
    shop.write(nodesOf(`{'select': ['${reader}'], 'insert': ['${reader}']}`));
    await succeeds(shop, 'build');
    const all = [`${reader} INSERT`, `${reader} SELECT`, `${writer} SELECT`].sort();
    for (const kind of kinds) expect([kind, await granted(shop, `a_${kind}`)]).toEqual([kind, all]);
    shop.write(nodesOf(`{'select': ['${reader}']}`));
    await succeeds(shop, 'build');
    const own = [`${reader} SELECT`];
    const anew = [`${reader} SELECT`, `${writer} SELECT`].sort();
    for (const [kind, expected] of [
      ['table', anew],
      ['view', anew],
      ['incremental', own],
      ['seed', own],
      ['snapshot', own],
    ] as const) {
      expect([kind, await granted(shop, `a_${kind}`)]).toEqual([kind, expected]);
    }
  });

  test('grants of others on a relation that is not made anew stay where none are configured', async () => {
    const shop = project(nodesOf('{}'));
    await succeeds(shop, 'build');
    const { reader } = await makeRoles(shop);
    for (const kind of kinds) await shop.rows(`grant select on a_${kind} to ${reader}`);
    await succeeds(shop, 'build');
    for (const kind of kinds) {
      const expected = kind === 'table' ? [] : [`${reader} SELECT`];
      expect([kind, await granted(shop, `a_${kind}`)]).toEqual([kind, expected]);
    }
  });

  test('a grant that fails leaves what stood there, with its grants', async () => {
    const shop = project();
    const { reader } = await makeRoles(shop);
    shop.write(nodesOf(`{'select': ['${reader}']}`));
    await succeeds(shop, 'build');
    const before = await shop.relations();
    const next = Object.entries(nodesOf(`{'select': ['nobody_there']}`)).map(([name, text]) => [
      name,
      text.replace('1 as id', '2 as id').replace('id\n1', 'id\n2'),
    ]);
    shop.write(Object.fromEntries(next));
    const { statuses, diagnostics } = await sluice(shop, 'build');
    expect(statuses).toEqual({
      a_incremental: 'error',
      a_seed: 'error',
      a_snapshot: 'error',
      a_table: 'error',
      a_view: 'error',
    });
    for (const { message } of diagnostics) expect(message).toContain('nobody_there');
    expect(await shop.relations()).toEqual(before);
    for (const kind of kinds) {
      expect([kind, await shop.rows(`select id from a_${kind}`)]).toEqual([kind, [[1]]]);
      expect([kind, await granted(shop, `a_${kind}`)]).toEqual([kind, [`${reader} SELECT`]]);
    }
  });

  test('a reader is never without its access while nodes are built again', async () => {
    const shop = project();
    const { reader } = await makeRoles(shop);
    await shop.rows(`grant usage on schema ${shop.schema} to ${reader}`);
    shop.write(nodesOf(`{'select': ['${reader}']}`));
    await succeeds(shop, 'build');
    let building = true;
    const seen = new Set<string>();
    const watch = async (client: Client, kind: string): Promise<void> => {
      await client.rows(`set role ${reader}`);
      while (building) seen.add(`${kind} ${String(await client.rows(`select id from a_${kind}`))}`);
    };
    const clients = await Promise.all(kinds.map(() => shop.client()));
    const watching = Promise.all(kinds.map((kind, index) => watch(clients[index]!, kind)));
    for (const more of [', public', '', ', public']) {
      shop.write(nodesOf(`{'select': ['${reader}'${more.replace('public', "'public'")}]}`));
      await succeeds(shop, 'build', { fullRefresh: more === '' });
    }
    building = false;
    await watching;
    expect([...seen].sort()).toEqual(kinds.map((kind) => `${kind} 1`).sort());
  });
});

describe.each(lacking('roles'))('$name', ({ project }) => {
  test('grants that the warehouse does not have are told once, and change nothing', async () => {
    const shop = project(nodesOf(`{'select': ['reader']}`));
    for (let round = 0; round < 2; round += 1) {
      const { events } = await succeeds(shop, 'build');
      const told = events.flatMap((event) =>
        event.name === 'message' && event.level === 'warn' ? [event.text] : [],
      );
      expect(told).toEqual(['Grants for relations are not supported by DuckDB']);
    }
    expect(await shop.relations()).toHaveLength(kinds.length);
  });
});
