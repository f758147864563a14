import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { defineMacro } from '../../src/jinja/bind-macro.ts';
import { scanBlocks } from '../../src/jinja/blocks.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import surface from './surface.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '../../macros');
const tags = new Set(['macro', 'test', 'materialization']);

/** Parameters by name of macro, as `surface.json` writes them; a default is told by `=`. */
function macrosOf(packageName: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const path of readdirSync(join(root, packageName), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.sql')) continue;
    const text = readFileSync(join(root, packageName, path), 'utf8');
    const { blocks, strayTags, diagnostics } = scanBlocks({ path, text }, tags);
    expect([...strayTags, ...diagnostics]).toEqual([]);
    for (const { start, end } of blocks) {
      const { definition } = defineMacro(parseTemplate({ path, text, start, end }));
      expect([...out.keys()]).not.toContain(definition.name);
      const parameters = definition.parameters.map(({ name, fallback }) =>
        fallback === null ? name : `${name}=`,
      );
      out.set(definition.name, parameters.join(' '));
    }
  }
  return out;
}

test.each(['dbt', 'dbt_duckdb', 'dbt_postgres'] as const)(
  '%s has every macro of dbt, with its arguments',
  (packageName) => {
    const ours = macrosOf(packageName);
    const wanted = Object.entries(surface[packageName]);
    const found = wanted.map(([name, parameters]) => [
      name,
      parameters === null && ours.has(name) ? null : ours.get(name),
    ]);
    expect(Object.fromEntries(found)).toEqual(surface[packageName]);
  },
);
