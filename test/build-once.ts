import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Builds `dist` before any test runs: some tests start the command line as its users do. */
export default function setup(): void {
  const root = resolve(import.meta.dirname, '..');
  const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/build.mjs', '--no-check'], {
    cwd: root,
  });
  if (status !== 0) throw new Error(`the build failed\n${stdout}${stderr}`);
}
