import { expect, test } from 'vitest';
import { differenceTable } from '../../../src/cli/log/difference-table.ts';

test('rows that differ are a table with marks, changed cells with both values, and what the marks mean', () => {
  const table = differenceTable({
    columns: ['id', 'name'],
    rows: [
      { change: 'none', expected: ['1', 'ann'], actual: ['1', 'ann'] },
      { change: 'changed', expected: ['2', null], actual: ['2', 'b\nb'] },
      { change: 'unexpected', expected: null, actual: ['3', 'cid'] },
      { change: 'missing', expected: ['4', 'dan'], actual: null },
    ],
  });
  expect(table).toBe(`actual differs from expected:

    | id | name
----+----+-----------
    | 1  | ann
→   | 2  | NULL → b⏎b
+++ | 3  | cid
--- | 4  | dan

→ expected → actual   --- expected, and missing   +++ not expected`);
});
