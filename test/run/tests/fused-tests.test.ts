import { expect, test } from 'vitest';
import { query, sluice, testProject } from '../../rig.ts';

test('values that are equal by the collation of their column are not unique, fused or not', async () => {
  const shop = testProject({
    'models/sources.yml': `sources:
  - name: raw
    schema: main
    tables:
      - name: t
        columns:
          - {name: letter, data_tests: [{unique: {name: letters}}, not_null]}
          - {name: n, data_tests: [{unique: {name: numbers}}]}
`,
  });
  await query(shop, 'create table t (letter varchar collate nocase, n integer)');
  await query(shop, "insert into t values ('a', 1), ('A', 2)");
  const expected = { letters: 'fail', source_not_null_raw_t_letter: 'pass', numbers: 'pass' };
  expect((await sluice(shop, 'test')).statuses).toEqual(expected);
  expect((await sluice(shop, 'test', { fuseTests: false })).statuses).toEqual(expected);
});
