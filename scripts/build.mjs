// Compiles src/ and adapters/ into dist/, beside them the files that are no TypeScript. It is made aside and then put
// in place, so that a program that starts meanwhile finds the old or the new one. `--out <folder>` builds elsewhere,
// `--no-check` skips the type check: for tests that start the command line.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const assets = ['src/docs/site'];

const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-check': { type: 'boolean' } } });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(root, values.out ?? 'dist');
const aside = join(root, 'node_modules/.cache', `sluice-build-${process.pid}`);

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const flags = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(aside, 'new')];
if (values['no-check']) flags.push('--noCheck');
const { status } = spawnSync(process.execPath, [tsc, ...flags], { stdio: 'inherit' });
for (const folder of assets) cpSync(join(root, folder), join(aside, 'new', folder), { recursive: true });

mkdirSync(dirname(out), { recursive: true });
if (existsSync(out)) renameSync(out, join(aside, 'old'));
renameSync(join(aside, 'new'), out);
rmSync(aside, { recursive: true, force: true });
process.exitCode = status ?? 1;
