import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const packages = resolve(import.meta.dirname, '..', 'node_modules');

/**
 * Imports a TypeScript module of this repository without a build, for scripts that plain Node runs. Packages it
 * imports stay outside the bundle.
 */
export async function loadSource(path) {
  const folder = await mkdtemp(join(packages, '.sluice-source-'));
  try {
    const bundle = await rolldown({ input: path, platform: 'node', external: /^[^./]/, logLevel: 'warn' });
    const { output } = await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'module.mjs' });
    await bundle.close();
    return await import(pathToFileURL(join(folder, output[0].fileName)).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
