// Compiles src/ and adapters/ into dist/, beside them the files that are no TypeScript. `--out <folder>` builds
// elsewhere and `--no-check` skips the type check: for tests that start the command line.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-check': { type: 'boolean' } } });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(root, values.out ?? 'dist');

rmSync(out, { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const flags = [
  '-p',
  join(root, 'tsconfig.build.json'),
  '--outDir',
  out,
  ...(values['no-check'] ? ['--noCheck'] : []),
];
const { status } = spawnSync(process.execPath, [tsc, ...flags], { stdio: 'inherit' });

for (const assets of ['src/docs/site']) cpSync(join(root, assets), join(out, assets), { recursive: true });
process.exitCode = status ?? 1;
