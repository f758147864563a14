// Makes dist/ from src/ and adapters/: the program as a few files (starting it means opening them), the types beside
// them, and the page of the documentation. It is made aside and then put in place, so that a program that starts
// meanwhile finds the old or the new one. `--out <folder>` builds elsewhere; `--no-check` leaves out types and type
// check, for tests that start the command line.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-check': { type: 'boolean' } } });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(root, values.out ?? 'dist');
const aside = join(root, 'node_modules/.cache', `sluice-build-${process.pid}`);
const made = join(aside, 'new');

const status = values['no-check'] ? 0 : declareTypes();
await bundle(made);
indexMacros();
nameBuild();
cpSync(join(root, 'src/docs/site'), join(made, 'site'), { recursive: true });
putInPlace();
process.exitCode = status;

function declareTypes() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const flags = ['-p', join(root, 'tsconfig.build.json'), '--outDir', made];
  return spawnSync(process.execPath, [tsc, ...flags], { stdio: 'inherit' }).status ?? 1;
}

/** What every start would find out about our macros. */
function indexMacros() {
  const { macroIndex } = createRequire(import.meta.url)(join(made, 'src/manifest/macro-index.cjs'));
  writeFileSync(join(made, 'macros.json'), macroIndex(join(root, 'macros')));
}

/** The parse cache must not be read by another program than the one that wrote it. */
function nameBuild() {
  const hash = createHash('sha256');
  const files = readdirSync(made, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith('.d.ts'));
  for (const path of paths.sort()) hash.update(readFileSync(path));
  writeFileSync(join(made, 'build-id'), hash.digest('hex').slice(0, 16));
}

function putInPlace() {
  mkdirSync(dirname(out), { recursive: true });
  if (existsSync(out)) renameSync(out, join(aside, 'old'));
  renameSync(made, out);
  rmSync(aside, { recursive: true, force: true });
}
