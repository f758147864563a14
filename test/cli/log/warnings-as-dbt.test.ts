import { expect, test } from 'vitest';
import { warningsOf } from '../../../scripts/oracle/events.mjs';
import { comparedWithDbt } from './told-by-dbt.ts';

test('each command warns of what dbt warns of, in its events, codes and data', async () => {
  const differences = new Set<string>();
  for await (const [, found] of comparedWithDbt('warnings', warningsOf)) {
    for (const one of found) differences.add(one);
  }
  // docs/coming-from-dbt.md has the reasons.
  expect([...differences]).toEqual([
    'invocation: only sluice has SourceOverrideDeprecation',
    `invocation: UnexpectedJinjaBlockDeprecation: msg "Found unexpected 'set' block tag." / "a 'set' tag outside of every block has no effect here"`,
    'invocation: only dbt has CustomTopLevelKeyDeprecation',
  ]);
});
