import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differenceOf, readCases } from './run-case.ts';

const cases = readCases(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(300);
});

for (const each of cases) {
  test(`as Jinja2 in dbt: ${each.kind}: ${each.name}`, async () => {
    expect(await differenceOf(each)).toBeNull();
  });
}
