import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Our code as JavaScript in a folder of its own, for tests that start processes. */
export interface Compiled {
  /** Absolute path of a compiled file: `cli/main.js`. */
  file(name: string): string;
  remove(): void;
}

/** Compiles without checking types: a second or two. */
export function compile(): Compiled {
  // Below node_modules, so that dependencies are found; that also ends the search for a package.json.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sluice-test-'));
  const out = join(folder, 'dist');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts/build.mjs'), '--no-check', '--out', out],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return {
    file: (name) => join(out, 'src', name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One of our modules with all that it needs as one file of JavaScript; packages stay outside. */
export async function bundle(module: string): Promise<{ readonly path: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-module-'));
  const path = join(folder, 'module.mjs');
  const build = await rolldown({
    cwd: root,
    input: module,
    platform: 'node',
    external: /^[^./]/,
    logLevel: 'warn',
  });
  await build.write({ file: path, format: 'esm' });
  await build.close();
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
