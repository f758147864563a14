import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const strict = '--disallow-code-generation-from-strings';

function node(args: readonly string[], cwd: string) {
  return spawnSync(process.execPath, [strict, ...args], { cwd, encoding: 'utf8' });
}

test('the example builds and is described where no text may become code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-strict-'));
  cpSync(join(root, 'project-template'), folder, { recursive: true });
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  const program = join(root, 'bin/sluice.js');
  const build = node([program, 'build'], folder);
  expect(build.stdout).toContain('ERROR=0');
  expect(build.status).toBe(0);
  expect(node([program, 'docs', 'generate', '--static'], folder).status).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

test('every oracle case of the template engine passes where no text may become code', () => {
  const run = node([join(root, 'scripts/cases-jinja.mjs')], root);
  expect(run.stdout).toMatch(/\b316 passed, 0 failed\s*$/);
  expect(run.status).toBe(0);
});
