import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../../src/core/make-folder.ts';

function scratch(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('folders that are missing are made, and those that are there are left', () => {
  const folder = scratch();
  mkdirSync(join(folder, 'a'));
  makeFolder(join(folder, 'a/b/c'));
  makeFolder(join(folder, 'a/b/c'));
  expect(statSync(join(folder, 'a/b/c')).isDirectory()).toBe(true);
});

test('what the system refuses is thrown, and tried no more', () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  // Which of the two it is depends on whether Node's `statSync` throws where a part of the path is a file.
  expect(() => makeFolder(join(file, 'below'))).toThrow(/ENOTDIR|EEXIST/);
  // Linux says of a new folder in /proc that its parent is not there; others have no such place, and say no all the same.
  expect(() => makeFolder('/proc/sluice/below')).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
});
