import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  ArchiveBroken,
  archiveLimits,
  listArchive,
  unpackArchive,
} from '../../src/project/packages/archive.ts';
import { ArchiveRefused } from '../../src/project/packages/archive-paths.ts';
import { treeContent } from '../../src/project/packages/tree-hash.ts';
import { archiveOf, packageArchive, paxBytes, type RawEntry } from './package-archive.ts';

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'archive-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'in'));
  return directory;
}

/** Lists and unpacks as an installation does; says what it was refused for, or which files came out. */
async function unpack(archive: Buffer, limits = archiveLimits as Parameters<typeof listArchive>[1]) {
  const directory = folder();
  const file = join(directory, 'in/a.tar.gz');
  const out = join(directory, 'out/package');
  writeFileSync(file, archive);
  try {
    await unpackArchive(file, out, await listArchive(file, limits), limits);
  } catch (caught) {
    if (!(caught instanceof ArchiveRefused) && !(caught instanceof ArchiveBroken)) throw caught;
    return {
      refused: caught.message,
      broken: caught instanceof ArchiveBroken,
      written: existsSync(out),
      directory,
    };
  }
  return { directory: out, files: readdirSync(out, { recursive: true, encoding: 'utf8' }).sort() };
}

const harmless: RawEntry = { path: 'p/dbt_project.yml', content: 'name: p\n' };

test('an archive is unpacked without its own folder, and keeps what can be run', async () => {
  const unpacked = await unpack(
    archiveOf([
      { path: './p/', type: 'Directory' },
      harmless,
      { path: 'p/models/a.sql', content: 'select 1' },
      { path: 'p/run.sh', content: '#!/bin/sh', mode: 0o777 },
    ]),
  );
  expect(unpacked.files).toEqual(['dbt_project.yml', 'models', 'models/a.sql', 'run.sh']);
  expect(readFileSync(join(unpacked.directory, 'models/a.sql'), 'utf8')).toBe('select 1');
  expect(statSync(join(unpacked.directory, 'run.sh')).mode & 0o777).toBe(0o755);
  expect(statSync(join(unpacked.directory, 'models/a.sql')).mode & 0o777).toBe(0o644);
});

test.each<[string, RawEntry[], string]>([
  ['a path over the folder above', [harmless, { path: 'p/../../evil', content: 'x' }], 'may lead out'],
  ['a path that begins above', [{ path: '../evil', content: 'x' }], 'may lead out'],
  ['an absolute path', [harmless, { path: '/tmp/evil', content: 'x' }], 'no relative path'],
  ['a drive', [harmless, { path: 'C:/evil', content: 'x' }], 'no relative path'],
  ['a backslash', [harmless, { path: 'p\\..\\evil', content: 'x' }], 'characters that no name may have'],
  [
    'a line break in a name',
    [harmless, { path: 'p/a\nb', content: 'x' }],
    'characters that no name may have',
  ],
  ['an empty step', [harmless, { path: 'p//evil', content: 'x' }], 'may lead out'],
  [
    'a link out',
    [harmless, { path: 'p/l', type: 'SymbolicLink', linkpath: '../../etc' }],
    'a link that leads out',
  ],
  [
    'an absolute link',
    [harmless, { path: 'p/l', type: 'SymbolicLink', linkpath: '/etc' }],
    'a link that leads out',
  ],
  ['a link to nothing', [harmless, { path: 'p/l', type: 'SymbolicLink', linkpath: 'no' }], 'to nothing'],
  ['a link to its own folder', [harmless, { path: 'p/l', type: 'SymbolicLink', linkpath: '.' }], 'a link'],
  [
    'a file behind a link',
    [harmless, { path: 'p/l', type: 'SymbolicLink', linkpath: '/tmp' }, { path: 'p/l/evil', content: 'x' }],
    "'p/l' twice",
  ],
  [
    'a link over a link',
    [
      harmless,
      { path: 'p/d/x', content: '' },
      { path: 'p/l', type: 'SymbolicLink', linkpath: 'd' },
      { path: 'p/m', type: 'SymbolicLink', linkpath: 'l/../../..' },
    ],
    'a link that leads out',
  ],
  ['a hard link', [harmless, { path: 'p/h', type: 'Link', linkpath: 'p/dbt_project.yml' }], 'a hard link'],
  ['a device', [harmless, { path: 'p/d', type: 'CharacterDevice' }], 'no file but a CharacterDevice'],
  ['a pipe', [harmless, { path: 'p/f', type: 'FIFO' }], 'no file but a FIFO'],
  ['a file twice', [harmless, harmless], 'twice'],
  [
    'names that differ in case',
    [harmless, { path: 'p/DBT_project.yml', content: 'x' }],
    'one file to some systems',
  ],
  [
    'folders that differ in case',
    [
      { path: 'p/a/x', content: '' },
      { path: 'p/A/y', content: '' },
    ],
    'one file to some',
  ],
  [
    'names that differ in how an accent is written',
    [
      { path: 'p/é', content: '' },
      { path: 'p/e\u0301', content: '' },
    ],
    'one file to some systems',
  ],
  [
    'a file that is a folder too',
    [
      { path: 'p/a', content: '' },
      { path: 'p/a/b', content: '' },
    ],
    'twice',
  ],
  ['two folders', [harmless, { path: 'q/a', content: '' }], 'does not hold one folder'],
  ['a file and no folder', [{ path: 'dbt_project.yml', content: '' }], 'does not hold one folder'],
  ['nothing', [], ''],
  ['folders without end', [harmless, { path: `p/${'d/'.repeat(100)}x`, content: '' }], 'folders 32 deep'],
  ['a path without end', [harmless, { path: `p/${'n'.repeat(2000)}`, content: '' }], 'more than 1024 bytes'],
])('an archive with %s is refused as a whole', async (_, entries, reason) => {
  const { refused, written } = await unpack(archiveOf(entries));
  expect(refused).toContain(reason);
  expect(written).toBe(false);
});

test('links within the package are made', async () => {
  const { directory } = await unpack(
    archiveOf([
      harmless,
      { path: 'p/docs/a.md', content: 'hello' },
      { path: 'p/b.md', type: 'SymbolicLink', linkpath: 'docs/a.md' },
      { path: 'p/docs/up.yml', type: 'SymbolicLink', linkpath: '../dbt_project.yml' },
    ]),
  );
  expect(readFileSync(join(directory, 'b.md'), 'utf8')).toBe('hello');
  expect([...(await treeContent(directory)).links].sort()).toEqual(['b.md', 'docs/up.yml']);
});

describe('limits', () => {
  const limits = { ...archiveLimits, unpackedBytes: 100_000, entries: 10 };

  test('what unpacks to too much is refused before it is written', async () => {
    const bomb = archiveOf([harmless, { path: 'p/zeros', content: '\0'.repeat(10_000_000) }]);
    expect(bomb.length).toBeLessThan(20_000);
    expect(await unpack(bomb, limits)).toMatchObject({
      refused: expect.stringContaining('unpacks to more than'),
      written: false,
    });
  });

  test('too many entries are refused', async () => {
    const many = Array.from({ length: 11 }, (_, index) => ({ path: `p/${index}`, content: '' }));
    expect(await unpack(archiveOf(many), limits)).toMatchObject({
      refused: 'has more than 10 entries',
      written: false,
    });
  });
});

test('a name that PAX hides a NUL in is refused', async () => {
  const raw = Buffer.concat([paxBytes({ path: 'p/a\0/../../evil' }), unzipped([{ path: 'x', content: '' }])]);
  const { refused, written } = await unpack(gzipSync(Buffer.concat([raw, Buffer.alloc(1024)])));
  expect(refused).toBeDefined();
  expect(written).toBe(false);
});

test('a size below zero is refused', async () => {
  const raw = unzipped([harmless]);
  raw.fill(0xff, 124, 136);
  raw.fill(' ', 148, 156);
  const sum = raw.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  raw.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const { refused, written } = await unpack(gzipSync(Buffer.concat([raw, Buffer.alloc(1024)])));
  expect(refused).toBeDefined();
  expect(written).toBe(false);
});

test('a size that PAX makes negative is refused', async () => {
  const raw = Buffer.concat([paxBytes({ size: '-512' }), unzipped([harmless])]);
  const { refused, written } = await unpack(gzipSync(Buffer.concat([raw, Buffer.alloc(1024)])));
  expect(refused).toBeDefined();
  expect(written).toBe(false);
});

function unzipped(entries: RawEntry[]): Buffer {
  const zipped = archiveOf(entries);
  return Buffer.from(new Uint8Array(gunzipSync(zipped))).subarray(0, -1024);
}

test.each([
  ['half of an archive', packageArchive({ 'dbt_project.yml': 'name: p\n' }).subarray(0, 60)],
  ['a page of HTML', Buffer.from('<html>sign in</html>')],
  ['no bytes', Buffer.alloc(0)],
])('%s is no archive, and may be asked for again', async (_, bytes) => {
  expect(await unpack(bytes)).toMatchObject({ broken: true, written: false });
});

test('no bytes make it crash, hang, or write outside of its folder', async () => {
  const good = packageArchive({ 'dbt_project.yml': 'name: p\n', 'models/a.sql': 'select 1' });
  const plain = gunzipSync(good) as Buffer;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const bytes = Buffer.from(plain);
        for (const [at, value] of changes) bytes[at] = value;
        const directory = folder();
        const file = join(directory, 'in/a.tar.gz');
        writeFileSync(file, gzipSync(bytes));
        try {
          await unpackArchive(file, join(directory, 'out'), await listArchive(file));
        } catch (caught) {
          expect(caught instanceof ArchiveRefused || caught instanceof ArchiveBroken).toBe(true);
        }
        expect(readdirSync(directory).filter((name) => name !== 'in' && name !== 'out')).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('the content of a folder is what sha256sum says of its files', async () => {
  const { directory } = await unpack(packageArchive({ b: 'two', 'a/x': 'one', 'a.y': 'three' }));
  const { execFileSync } = await import('node:child_process');
  const sum = execFileSync(
    'sh',
    ['-c', "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum"],
    { cwd: directory, encoding: 'utf8' },
  );
  expect((await treeContent(directory)).sha256).toBe(sum.split(' ')[0]);
});
