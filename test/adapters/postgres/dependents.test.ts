import { expect, test } from 'vitest';
import { failureOf, openWarehouse, scratchSchema } from './warehouse.ts';

test('what hangs on two tables is set aside at the same time, but for what hangs on both', async () => {
  const warehouse = await openWarehouse();
  const schema = await scratchSchema(warehouse);
  const named = (identifier: string) => ({ database: null, schema, identifier });
  const setup = await warehouse.openSession('setup');
  for (const table of ['a', 'b', 'c'])
    await setup.execute(`create table ${schema}.${table} (id int primary key)`);
  await setup.execute(`create view ${schema}.over_a as select id from ${schema}.a`);
  await setup.execute(
    `create view ${schema}.over_both as select id from ${schema}.over_a join ${schema}.b using (id)`,
  );
  await setup.execute(`create table ${schema}.points (id int references ${schema}.c)`);
  const hasty = await openWarehouse({ lock_timeout: '100ms' });
  const [first, second] = [await warehouse.openSession('first'), await hasty.openSession('second')];
  const seen = async (identifier: string): Promise<readonly string[]> => {
    await second.begin();
    try {
      const { found } = await second.dependents(named(identifier));
      return found.map(({ description }) => description);
    } finally {
      await second.rollback();
    }
  };
  await first.begin();
  const { found } = await first.dependents(named('a'));
  expect(found.map(({ description }) => description)).toEqual([
    `view ${schema}.over_both`,
    `view ${schema}.over_a`,
  ]);
  expect(await seen('c')).toEqual([expect.stringMatching(/^foreign key .* of .*\.points$/)]);
  expect((await failureOf(seen('b'))).kind).toBe('contention');
  await first.rollback();
  expect(await seen('b')).toEqual([`view ${schema}.over_both`]);
});
