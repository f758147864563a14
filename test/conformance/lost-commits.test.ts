import { describe, expect, inject, test } from 'vitest';
import { refusal } from '../adapters/postgres/wire.ts';
import { sluice } from '../rig.ts';
import { postgres } from './postgres.ts';
import { lead, type Request, startProxy, type Trouble, troubleAt } from './proxy.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';

const from = "select i, {{ var('v') }} as v from generate_series(1, 3) as g(i)";

// Twice is twice: a key would hide what a guess does.
const added = "{{ config(materialized='incremental') }} select {{ var('v') }} as v";
const hooked = `{{ config(materialized='table', post_hook='insert into {{ this }} values (4, {{ var("v") }})') }} ${from}`;

const files = {
  'models/added.sql': added,
  'models/hooked.sql': hooked,
  'models/built.sql': `{{ config(materialized='table') }} ${from}`,
  'snapshots/kept.sql': `{% snapshot kept %}
    {{ config(strategy='check', check_cols=['v'], unique_key='i') }} ${from}{% endsnapshot %}`,
};

const others = ['built', 'hooked', 'kept', 'seeded'];
const whole = [1, 3, 4, 3, 2];

const isCommit = ({ sql }: Request): boolean => /^commit\b/.test(sql);

const version = (shop: WarehouseProject, v: number) => {
  shop.write({ 'seeds/seeded.csv': `v\n${v}\n${v}\n` });
  return { vars: { v } };
};

/** How many rows of the version each relation has. */
const counts = async (shop: WarehouseProject, v: number): Promise<readonly unknown[]> => {
  const tables = ['added', ...others].map((name) => `(select count(*) from ${name} where v = ${v})`);
  return (await shop.rows(`select ${tables.join(', ')}`))[0]!;
};

describe('PostgreSQL', () => {
  test.each<Trouble>(['cut', 'lost'])(
    'a commit whose answer does not come is looked up, whichever it is, and never applied twice: %s',
    async (trouble) => {
      const shop = postgres.project(files);
      const proxy = await startProxy(inject('postgres'));
      await succeeds(shop, 'build', version(shop, 1));
      lead(shop, proxy);
      let refused = 0;
      for (let at = 1, v = 2, all = false; !all; at += 1, v += 1) {
        const { choose, seen } = troubleAt(trouble, at, isCommit);
        proxy.choose(choose);
        const { statuses, messages } = await sluice(shop, 'build', version(shop, v));
        proxy.choose(() => null);
        all = seen() < at;
        for (const name of others) expect([at, name, statuses[name]]).toEqual([at, name, 'success']);
        const [times, ...more] = await counts(shop, v);
        expect([at, times]).toEqual([at, statuses['added'] === 'success' ? 1 : 0]);
        expect(more).toEqual(whole.slice(1));
        if (statuses['added'] === 'success') continue;
        // Rows that are added are not sent again by the run itself.
        refused += 1;
        expect(messages['added']).toMatch(/connection/i);
        await succeeds(shop, 'run', { ...version(shop, v), select: ['added'] });
        expect(await counts(shop, v)).toEqual(whole);
      }
      expect(refused).toBeGreaterThan(0);
      expect((await shop.relations()).filter((name) => name.includes('__'))).toEqual([]);
    },
  );

  test('a commit that nobody can be asked about is told as not known, and nothing is done again', async () => {
    const shop = postgres.project({ 'models/added.sql': added, 'models/hooked.sql': hooked });
    await succeeds(shop, 'run', version(shop, 1));
    const cases: readonly (readonly [name: string, publishes: RegExp, rows: number])[] = [
      ['added', /insert into [^;]*"added"/, 1],
      ['hooked', /alter [^;]*rename to "hooked"/, 4],
    ];
    for (const [name, publishes, rows] of cases) {
      const proxy = await startProxy(inject('postgres'));
      lead(shop, proxy, { retries: 0 });
      let published = false;
      proxy.choose((request) => {
        published ||= publishes.test(request.sql);
        if (!published || !isCommit(request)) return null;
        proxy.refuse(refusal('28P01', 'password authentication failed'));
        return 'lost';
      });
      const ran = await sluice(shop, 'run', { ...version(shop, 2), select: [name] });
      expect(ran.diagnostics.map(({ code }) => code)).toEqual(['warehouse-unsettled']);
      expect(ran.diagnostics[0]?.hint).toContain('look');
      expect(ran.events.filter((event) => event.name === 'message' && /again/.test(event.text))).toEqual([]);
      expect(await shop.rows(`select count(*) from ${name} where v = 2`)).toEqual([[rows]]);
    }
  });
});
