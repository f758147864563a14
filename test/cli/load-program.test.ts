import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let installed: string;

/** A program of its own, whose compiled code no other test comes by. */
beforeEach(() => {
  installed = mkdtempSync(join(tmpdir(), 'sluice-load-'));
  for (const name of ['bin', 'dist', 'macros', 'package.json', 'project-template'])
    cpSync(join(root, name), join(installed, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  expect(sluice('init', 'shop').status).toBe(0);
  rmSync(join(installed, 'dist/code'), { recursive: true, force: true });
});

afterEach(() => rmSync(installed, { recursive: true, force: true }));

function sluice(...args: readonly string[]) {
  const program = join(installed, 'bin/sluice.js');
  return spawnSync(process.execPath, [program, ...args], { cwd: installed, encoding: 'utf8' });
}

const list = () => sluice('ls', '--quiet', '--project-dir', 'shop');

/** Of sixteen processes one sees whether there is more to keep; the last that is started here does. */
function listUntilAsked() {
  while (list().pid % 16 !== 0);
}

/** Compiled code that `ls` has left: its path, and number and time of the file, which change when it is written anew. */
function kept() {
  const folder = join(installed, 'dist/code');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /[\\/]ls[\\/].*\.cjs$/.test(path),
  );
  return paths.sort().map((path) => {
    const file = join(folder, path);
    const { ino, mtimeMs } = statSync(file);
    return { file, written: `${ino} ${mtimeMs}` };
  });
}

test('a start leaves compiled code, and the next one takes it as it is', () => {
  const first = list();
  // The processes after these are not asked whether there is more to keep.
  listUntilAsked();
  const left = kept();
  expect(left.map(({ file }) => file)).toContainEqual(expect.stringMatching(/base\.cjs$/));
  const second = list();
  expect(second.stdout).toBe(first.stdout);
  expect(second.stdout).toContain('stg_stations');
  expect(kept()).toEqual(left);
});

test('functions that a first start did not come by are kept in time', () => {
  expect(sluice('ls', '--quiet', '--project-dir', 'shop', '--select', 'tag:none').status).toBe(0);
  const sizes = () => kept().map(({ file }) => readFileSync(file).length);
  const before = sizes();
  listUntilAsked();
  const after = sizes();
  expect(Math.max(...after.map((size, at) => size / before[at]!))).toBeGreaterThan(1.02);
  listUntilAsked();
  expect(sizes()).toEqual(after);
});

test('compiled code that is damaged anywhere is not used, and written anew', () => {
  const { stdout } = list();
  const { file } = kept().find((one) => one.file.endsWith('base.cjs'))!;
  const bytes = readFileSync(file);
  const places = [0, Math.floor(bytes.length / 2), bytes.length - 1];
  const flipped = places.map((place) => bytes.map((byte, at) => (at === place ? byte ^ 0x41 : byte)));
  for (const damaged of [...flipped, bytes.subarray(0, 3)]) {
    writeFileSync(file, damaged);
    expect(list()).toMatchObject({ status: 0, stdout });
    expect(readFileSync(file).equals(damaged)).toBe(false);
  }
});

test('a program whose text is another one of the same length does not run by the code of the former', () => {
  list();
  const chunks = join(installed, 'dist/chunks');
  const base = join(chunks, 'base.cjs');
  const text = readFileSync(base, 'utf8');
  expect(text).toContain('Nothing to do');
  writeFileSync(base, text.replaceAll('Nothing to do', 'nothing to DO'));
  const nothing = sluice('ls', '--project-dir', 'shop', '--select', 'tag:none');
  expect(nothing.stdout + nothing.stderr).toContain('nothing to DO');
});

test('a process with options of the engine leaves what is kept as it is', () => {
  const { stdout } = list();
  const left = kept();
  const program = join(installed, 'bin/sluice.js');
  const strange = ['--no-opt', '--max-lazy', program, 'ls', '--quiet', '--project-dir', 'shop'];
  const other = spawnSync(process.execPath, strange, { cwd: installed, encoding: 'utf8' });
  expect(other).toMatchObject({ status: 0, stdout });
  expect(kept()).toEqual(left);
});

test('where no code can be kept the program runs all the same', () => {
  writeFileSync(join(installed, 'dist/code'), 'in the way');
  expect(list()).toMatchObject({ status: 0, stderr: '' });
});

test('a start that fails, or whose command is unknown, leaves nothing', () => {
  list();
  expect(sluice('lst').status).toBe(2);
  expect(readdirSync(join(installed, 'dist/code'), { recursive: true })).not.toContainEqual(
    expect.stringMatching(/lst/),
  );
});
