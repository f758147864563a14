import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocks, page, root } from './markdown.ts';

const examples = ['README.md', 'docs/api.md'].flatMap((path) =>
  blocks(page(path), 'ts').map((code, index) => ({
    name: `${path.replace(/\W+/g, '-')}-${index + 1}`,
    code,
  })),
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-examples-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (args: readonly string[], cwd: string) =>
  spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

test('every function of the API has an example', () => {
  const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
  const exported = [...index.matchAll(/^export const (\w+) =/gm)].map(([, name]) => name!);
  const used = examples.map(({ code }) => code).join('\n');
  expect(exported.filter((name) => !new RegExp(`import \\{[^}]*\\b${name}\\b`).test(used))).toEqual([]);
});

test('examples of README and api.md pass the type check', () => {
  // Beside the sources, so that types of Node are found as they are for them.
  const beside = join(root, 'node_modules/.cache', `examples-${process.pid}`);
  mkdirSync(beside, { recursive: true });
  try {
    for (const { name, code } of examples) writeFileSync(join(beside, `${name}.ts`), code);
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { paths: { sluice: [join(root, 'src/index.ts')] }, allowImportingTsExtensions: true },
      include: ['*.ts'],
    };
    writeFileSync(join(beside, 'package.json'), '{"type":"module"}');
    writeFileSync(join(beside, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin',
      'tsc',
    );
    const { stdout } = node([tsc, '--noEmit', '-p', beside], beside);
    expect(stdout.split('\n').filter((line) => /^(README|docs-api)/.test(line))).toEqual([]);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
});

test('examples of README and api.md run in a new project', () => {
  const made = node([join(root, 'bin/sluice.js'), 'init', 'weather'], folder);
  expect(made.status, made.stdout + made.stderr).toBe(0);
  const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entry = pathToFileURL(join(root, entries['.'].default)).href;
  for (const { name, code } of examples) {
    writeFileSync(join(folder, `${name}.mjs`), code.replaceAll("from 'sluice'", `from '${entry}'`));
  }
  const imports = examples.map(({ name }) => `console.log('## ${name}');\nawait import('./${name}.mjs');\n`);
  writeFileSync(join(folder, 'all.mjs'), imports.join(''));
  const ran = node([join(folder, 'all.mjs')], join(folder, 'weather'));
  expect(ran.status, ran.stdout + ran.stderr).toBe(0);
  for (const { name } of examples) expect(ran.stdout).toContain(`## ${name}`);
  const [formatted] = blocks(page('docs/api.md'), 'text');
  expect(ran.stdout).toContain(formatted);
});
