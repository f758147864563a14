import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, expect, inject as injected, onTestFinished, test } from 'vitest';
import { ask, serverOutput } from '../postgres.ts';
import { sluice } from '../rig.ts';
import { faults, inject } from './faults.mjs';
import { succeeds } from './succeeds.ts';
import { having, warehouses } from './warehouses.ts';

const files = (version: number) => ({
  'models/viewed.sql': `select ${version} as v`,
  'models/built.sql': `{{ config(materialized='table') }} select ${version} as v`,
  'models/added.sql': `{{ config(materialized='incremental') }} select ${version} as v`,
  'seeds/seeded.csv': `v\n${version}\n`,
  'snapshots/kept.sql': `{% snapshot kept %}
    {{ config(strategy='check', check_cols=['v'], unique_key='i') }} select 1 as i, ${version} as v{% endsnapshot %}`,
});

const stand = 'select viewed.v, built.v, added.v, seeded.v, kept.v from viewed, built, added, seeded, kept';
const relations = ['added table', 'built table', 'kept table', 'seeded table', 'viewed view'];

describe.each(warehouses)('$name', ({ project }) => {
  test('where the warehouse does not tell what is there, nothing is built, and what is there stays', async () => {
    const shop = project(files(1));
    await succeeds(shop, 'build');
    shop.write(files(2));
    let refused = 0;
    for (let at = 1, started = false; !started; at += 1) {
      inject('fails', at);
      const ran = await sluice(shop, 'build', {
        threads: 1,
        fullRefresh: true,
        onEvent: ({ name }) => {
          if (name !== 'node-started') return;
          started ||= faults.fired === 0;
          faults.at = 0;
        },
      }).finally(() => inject('fails', 0));
      if (started) break;
      // A session does without some of its settings; everything else that precedes the nodes tells what is there.
      if (ran.outcome?.success === true) {
        shop.write(files(1));
        await shop.rows('drop table kept');
        await succeeds(shop, 'build', { fullRefresh: true });
        shop.write(files(2));
        continue;
      }
      refused += 1;
      expect([at, ran.diagnostics.length]).toEqual([at, 1]);
      expect([at, ran.statuses]).toEqual([at, {}]);
      expect(await shop.relations()).toEqual(relations);
      expect(await shop.rows(stand)).toEqual([[1, 1, 1, 1, 1]]);
    }
    expect(refused).toBeGreaterThan(1);
    expect(await shop.rows('select v from viewed')).toEqual([[2]]);
  });
});

describe.each(having('roles'))('$name', ({ project }) => {
  /** A role of its own for one test, which the project's target then has. */
  async function role(database?: string) {
    const name = `reader_${randomBytes(4).toString('hex')}`;
    await ask(`create role ${name} login password 'secret'`);
    onTestFinished(async () => {
      await ask(`drop owned by ${name}`);
      await ask(`drop role ${name}`);
    });
    const output = (schema: string) =>
      serverOutput({
        schema,
        user: name,
        password: 'secret',
        connect_timeout: 2,
        ...(database === undefined ? {} : { dbname: database }),
      });
    const profiles = (schema: string) => ({
      'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs: { dev: output(schema) } } }),
    });
    return { name, profiles };
  }

  test.each(['', 'usage'])(
    'an account that may not write what is there (it has %j) changes nothing',
    async (privilege) => {
      const shop = project(files(1));
      await succeeds(shop, 'build');
      const { name, profiles } = await role();
      if (privilege !== '') await shop.rows(`grant ${privilege} on schema ${shop.schema} to ${name}`);
      shop.write({ ...files(2), ...profiles(shop.schema) });
      const { statuses } = await sluice(shop, 'build', { fullRefresh: true });
      expect([...new Set(Object.values(statuses))]).toEqual(['error']);
      expect(await shop.relations()).toEqual(relations);
      expect(await shop.rows(stand)).toEqual([[1, 1, 1, 1, 1]]);
    },
  );

  test.each([
    ['may not be read', 'revoke select on pg_catalog.pg_class from public', ['warehouse-permission']],
    [
      'does not answer',
      'begin; lock table pg_catalog.pg_class in access exclusive mode',
      ['warehouse-transient'],
    ],
  ])('a catalog that %s is told, and nothing is made for being missing there', async (_, closing, codes) => {
    const database = `closed_${randomBytes(4).toString('hex')}`;
    const { name, profiles } = await role(database);
    await ask(`create database ${database}`);
    onTestFinished(async () => void (await ask(`drop database ${database} with (force)`)));
    await ask(`grant create on database ${database} to ${name}`);
    const shop = project({ ...files(1), ...profiles('open') });
    await succeeds(shop, 'build');
    const owner = new pg.Client({ ...address(), database });
    await owner.connect();
    onTestFinished(() => owner.end());
    await owner.query(closing);
    shop.write(files(2));
    const { diagnostics, statuses } = await sluice(shop, 'build', { fullRefresh: true });
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    expect(statuses).toEqual({});
    await owner.query('set search_path = open');
    const { rows } = await owner.query({ text: stand, rowMode: 'array' });
    expect(rows).toEqual([[1, 1, 1, 1, 1]]);
  });
});

function address() {
  const { host, port, user, password } = injected('postgres');
  return { host, port, user, password };
}
