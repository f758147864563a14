import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';

test('adapters are found by the type that profiles name', () => {
  for (const [type, entry] of adapters) expect(entry.facts.type).toBe(type);
  expect(adapters.get('duckdb')?.facts.macroPackage).toBe('dbt_duckdb');
  expect(adapters.get('duckbd')).toBeUndefined();
});

test('knowing the adapters loads no driver', () => {
  const packages: string[] = [];
  const seen = new Set<string>();
  const follow = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const text = readFileSync(file, 'utf8');
    for (const [, from] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)) {
      if (from!.startsWith('.')) follow(new URL(from!, file));
      else if (!from!.startsWith('node:')) packages.push(from!);
    }
  };
  follow(new URL('../../adapters/index.ts', import.meta.url));
  expect(seen.size).toBeGreaterThan(5);
  expect(packages).toEqual([]);
});
