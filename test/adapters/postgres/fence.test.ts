import { expect, test } from 'vitest';
import { startPooler } from './pooler.ts';
import { failureOf, openWarehouse } from './warehouse.ts';

const orders = { database: null, schema: 'public', identifier: 'orders' };

test('behind a pooler that hands out connections by transaction no fence is held, and that is said', async () => {
  const { output } = await startPooler();
  const session = await (await openWarehouse(output)).openSession('test');
  const failure = await failureOf(session.fence(orders));
  expect(failure.kind).toBe('configuration');
  expect(`${failure.message}\n${failure.hint}`).toMatch(/pooler.*'pool_mode' to 'session'/s);
});
