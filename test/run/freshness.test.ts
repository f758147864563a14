import { expect, test } from 'vitest';
import { readSources } from '../../src/artifacts/read.ts';
import { query, sluice, testProject } from '../rig.ts';

test('a time without a zone counts as UTC in a session of any zone, and one with a zone is that moment', async () => {
  const shop = testProject({
    'profiles.yml': `shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, settings: {TimeZone: America/New_York}}}}`,
    'models/sources.yml': `sources:
  - name: raw
    schema: main
    freshness: {warn_after: {count: 1, period: day}}
    tables:
      - {name: moments, loaded_at_field: plain}
      - {name: zoned, identifier: moments, loaded_at_field: zoned}
`,
  });
  await query(
    shop,
    "create table moments as select timestamp '2024-01-02 03:04:05.678901' as plain, timestamptz '2024-01-02 03:04:05+02' as zoned",
  );
  await sluice(shop, 'sourceFreshness');
  const { results } = await readSources(shop.path('target/sources.json'));
  expect(
    Object.fromEntries(
      results.map((one) => [one.unique_id, (one as { max_loaded_at?: string }).max_loaded_at]),
    ),
  ).toEqual({
    'source.shop.raw.moments': '2024-01-02T03:04:05.678901+00:00',
    'source.shop.raw.zoned': '2024-01-02T01:04:05+00:00',
  });
});
