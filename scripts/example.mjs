// The shipped example from nothing to a page: build sluice, make the project, build it, write its documentation.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(root, 'tmp');
const project = join(folder, 'weather');

function step(args, cwd) {
  console.log(`\n$ sluice ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'bin', 'sluice.js'), ...args], {
    cwd,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--no-check'], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
rmSync(project, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
step(['init', 'weather'], folder);
step(['build'], project);
step(['docs', 'generate', '--static'], project);
console.log(`\nOpen ${join(project, 'target', 'static_index.html')} in a browser.`);
