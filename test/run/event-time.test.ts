import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

const model = (type: string): string =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', begin='2024-01-01',
     batch_size='day') }}
select cast('{{ model.batch.event_time_start.strftime("%Y-%m-%d") }}' as ${type}) as day`;

const now = new Date('2024-01-02T12:00:00Z');

test('an event_time that holds text is told before batches are replaced by it, and refused under --strict', async () => {
  const shop = testProject({ 'models/a.sql': model('varchar') });
  const first = await sluice(shop, 'run', { now });
  expect(first.warnings.filter(({ code }) => code === 'event-time-type')).toEqual([]);
  const strict = await sluice(shop, 'run', {
    now,
    strict: true,
    warnErrorOptions: { warn: ['MicrobatchModelNoEventTimeInputs'] },
  });
  expect(strict.statuses).toEqual({ a: 'error' });
  expect(strict.diagnostics).toMatchObject([{ code: 'event-time-type', span: { file: 'models/a.sql' } }]);
  const again = await sluice(shop, 'run', { now });
  expect(again.warnings.filter(({ code }) => code === 'event-time-type')).toMatchObject([
    { message: expect.stringContaining("'day', which holds no times: it is") },
  ]);
});

test('dates and timestamps are times', async () => {
  const shop = testProject({
    'models/dates.sql': model('date'),
    'models/stamps.sql': model('timestamp with time zone'),
  });
  await sluice(shop, 'run', { now });
  const { warnings, statuses } = await sluice(shop, 'run', { now });
  expect(statuses).toEqual({ dates: 'success', stamps: 'success' });
  expect(warnings.filter(({ code }) => code === 'event-time-type')).toEqual([]);
});
