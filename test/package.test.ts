import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
let folder: string;
let app: string;

/** Packs what would be published, and installs it as a user does, into a folder that knows nothing of this one. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-package-'));
  app = join(folder, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"name": "app", "private": true, "type": "module"}\n');
  run('npm', ['pack', '--pack-destination', folder], root);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  run('npm', ['install', ...quick, join(folder, tarball!)], app);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[], cwd: string): string {
  // What npm tells the scripts that it runs must not reach the npm of the test.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^DBT_|^SLUICE_/i.test(name)),
  );
  return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the package holds the program, macros, the example and nothing of the workshop', () => {
  const installed = readdirSync(join(app, 'node_modules/sluice'));
  expect(installed).toEqual(
    expect.arrayContaining(['bin', 'dist', 'macros', 'project-template', 'package.json']),
  );
  for (const name of ['src', 'test', 'scripts', 'node_modules', 'adapters'])
    expect(installed).not.toContain(name);
});

test('sluice init and sluice build make a project that is green', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(run('npx', ['sluice', '--version'], app)).toContain(`sluice ${version}`);
  run('npx', ['sluice', 'init', 'weather'], app);
  const project = join(app, 'weather');
  const out = run('npx', ['sluice', 'build'], project);
  expect(out).toMatch(/ERROR=0 SKIP=0/);
  expect(readdirSync(project)).toEqual(expect.arrayContaining(['weather.duckdb', 'target', '.gitignore']));
  run('npx', ['sluice', 'docs', 'generate', '--static'], project);
  expect(readFileSync(join(project, 'target/static_index.html'), 'utf8')).toContain('weather');
});

test('a program may import the API and run a project', () => {
  writeFileSync(
    join(app, 'use.js'),
    `import { build, DiagnosticError } from 'sluice';
const { success, results } = await build({ projectDir: 'weather', select: ['stg_stations'] });
console.log(success, results.length > 0, typeof DiagnosticError);
`,
  );
  expect(run(process.execPath, ['use.js'], app)).toContain('true true function');
});

test('the types of the API and of the adapter contract resolve', () => {
  writeFileSync(
    join(app, 'use.ts'),
    `import { build, type Event, type Invocation, type RunOutcome } from 'sluice';
import type { Adapter, AdapterEntry, Session } from 'sluice/adapter';
import { WarehouseError } from 'sluice/adapter';
const started: Invocation<RunOutcome> = build({ select: ['a'], onEvent: (event: Event) => void event.name });
export const success: boolean = (await started).success;
export const close = (adapter: Adapter): Promise<void> => adapter.close();
export const label = (session: Session): string => session.label;
export const type = (entry: AdapterEntry): string => entry.facts.type;
export const kind = (error: WarehouseError): string => error.failure.kind;
// @ts-expect-error: an option that there is not
build({ selct: ['a'] });
`,
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', ''];
  expect(run(process.execPath, [tsc, ...flags, 'use.ts'], app)).toBe('');
});
