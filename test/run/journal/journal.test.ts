import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type JournalStart, journalPath, openJournal } from '../../../src/run/journal/journal.ts';
import {
  type JournalChange,
  lastChanges,
  parseJournal,
  readJournal,
} from '../../../src/run/journal/journal-lines.ts';
import { isLive } from '../../../src/run/journal/live-process.ts';
import { liveRuns, runFolders } from '../../../src/run/journal/run-folders.ts';

let runs: string;

beforeEach(async () => {
  runs = join(await mkdtemp(join(tmpdir(), 'journal-')), 'runs');
});

afterEach(() => rm(join(runs, '..'), { recursive: true }));

const start = (invocationId: string): JournalStart => ({
  invocationId,
  command: 'build',
  args: { select: ['+orders'], fullRefresh: false },
  startedAt: Date.UTC(2024, 1, 29),
  vars: { region: 'Zürich' },
  projectChecksum: 'abc',
  planned: ['model.shop.a', 'model.shop.b'],
});

const change = (
  item: string,
  state: JournalChange['state'],
  time: number,
  message: string | null = null,
): JournalChange => ({
  item,
  state,
  status: state === 'running' ? null : state === 'done' ? 'success' : 'skipped',
  time,
  message,
});

const story = [
  change('model.shop.a', 'running', 1),
  change('model.shop.a', 'done', 2, 'größer than “b”\nsecond line 🚀'),
  change('model.shop.b', 'running', 3),
  change('model.shop.b', 'skipped', 4, null),
];

describe('a journal', () => {
  test('gives back what was written, in order', async () => {
    const writer = await openJournal(runs, start('one'));
    for (const each of story) writer.record(each);
    await writer.close(5);
    const journal = await readJournal(writer.path);
    expect(journal?.header).toMatchObject({ ...start('one'), version: 1 });
    expect(journal?.changes).toEqual(story);
    expect(journal?.isClosed).toBe(true);
    expect([...lastChanges(journal!).values()]).toEqual([story[1], story[3]]);
  });

  test('has its header on disk before anything else happens', async () => {
    const writer = await openJournal(runs, start('one'));
    expect((await readJournal(writer.path))?.header.planned).toEqual(['model.shop.a', 'model.shop.b']);
    await writer.close(1);
  });

  test('holds everything recorded before a sync once that resolves, with many at once', async () => {
    const writer = await openJournal(runs, start('one'));
    const lengths = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        writer.record(change(`model.shop.m${index}`, 'running', index));
        if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        await writer.sync();
        return (await readJournal(writer.path))!.changes.some(({ item }) => item === `model.shop.m${index}`);
      }),
    );
    expect(lengths.every(Boolean)).toBe(true);
    await writer.close(1);
  });

  test('cut off at any byte is read as far as its lines are whole', async () => {
    const writer = await openJournal(runs, start('one'));
    for (const each of story) writer.record(each);
    await writer.close(5);
    const bytes = await readFile(writer.path);
    const ends = [...bytes.entries()].flatMap(([offset, byte]) => (byte === 0x0a ? [offset + 1] : []));
    expect(ends).toHaveLength(story.length + 2);
    for (let length = 0; length <= bytes.length; length += 1) {
      const journal = parseJournal(bytes.subarray(0, length));
      const lines = ends.filter((end) => end <= length).length;
      if (lines === 0) expect(journal).toBeNull();
      else {
        expect(journal?.changes).toEqual(story.slice(0, lines - 1));
        expect(journal?.isClosed).toBe(lines === story.length + 2);
      }
    }
  });

  test('is not trusted behind a line that cannot be read', async () => {
    const writer = await openJournal(runs, start('one'));
    writer.record(story[0]!);
    await writer.close(5);
    const [header, first, closing] = (await readFile(writer.path, 'utf8')).split('\n');
    const damaged = parseJournal(Buffer.from(`${header}\n${first}\n{"item":\n${closing}\n`));
    expect(damaged).toMatchObject({ changes: [story[0]], isClosed: false });
  });

  test('of another version is not read', () => {
    expect(parseJournal(Buffer.from('{"header":{"version":2}}\n'))).toBeNull();
    expect(parseJournal(Buffer.from('[]\n'))).toBeNull();
    expect(parseJournal(Buffer.from('null\n'))).toBeNull();
  });

  test('of an invocation is begun once', async () => {
    await (await openJournal(runs, start('one'))).close(1);
    await expect(openJournal(runs, start('one'))).rejects.toThrow('EEXIST');
  });

  test('that cannot be written says so when it is to be synced', async () => {
    const writer = await openJournal(runs, start('one'));
    await writer.close(1);
    writer.record(story[0]!);
    await expect(writer.sync()).rejects.toThrow();
  });
});

describe('a run', () => {
  test('is alive while its process has not said that it is over', async () => {
    const writer = await openJournal(runs, start('one'));
    expect((await liveRuns(runs)).map(({ header }) => header.invocationId)).toEqual(['one']);
    await writer.close(1);
    expect(await liveRuns(runs)).toEqual([]);
  });

  test('whose process was killed is not alive', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const owner = { host: hostname(), pid: child.pid!, began: null };
    const journal = {
      header: { ...start('one'), version: 1, process: owner },
      batches: new Map(),
      changes: story,
      isClosed: false,
    };
    expect(await isLive(journal)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isLive(journal)).toBe(false);
  });

  test('with the pid of another process is not alive', async () => {
    const writer = await openJournal(runs, start('one'));
    const journal = (await readJournal(writer.path))!;
    const { process: owner } = journal.header;
    const as = (more: object) => ({
      ...journal,
      header: { ...journal.header, process: { ...owner, ...more } },
    });
    expect(await isLive(as({}))).toBe(true);
    expect(await isLive(as({ host: `${hostname()}x` }))).toBe(false);
    expect(await isLive(as({ began: 'long ago' }))).toBe(owner.began === null);
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(await isLive(as({ pid: child.pid }))).toBe(false);
    await writer.close(1);
  });
});

describe('old runs', () => {
  test('are forgotten but for the newest twenty, and what is no run stays', async () => {
    for (let index = 0; index < 25; index += 1) {
      const writer = await openJournal(runs, start(`run-${String(index).padStart(2, '0')}`));
      await writer.close(1);
      await utimes(writer.path, 1000 + index, 1000 + index);
    }
    await mkdir(join(runs, 'notes'));
    await writeFile(join(runs, 'notes', 'keep.txt'), '');
    const last = await openJournal(runs, start('last'));
    const names = (await readdir(runs)).sort();
    const kept = Array.from({ length: 19 }, (_, index) => `run-${String(index + 6).padStart(2, '0')}`);
    expect(names).toEqual(['last', 'notes', ...kept].sort());
    expect((await runFolders(runs)).map(({ name }) => name).slice(0, 3)).toEqual([
      'last',
      'run-24',
      'run-23',
    ]);
    await last.close(1);
  });

  test('that are alive are kept, however old', async () => {
    const alive = await openJournal(runs, start('alive'));
    await utimes(alive.path, 1, 1);
    for (let index = 0; index < 22; index += 1)
      await (await openJournal(runs, start(`run-${index}`))).close(1);
    expect(await readdir(runs)).toContain('alive');
    await alive.close(1);
    await (await openJournal(runs, start('next'))).close(1);
    expect((await runFolders(runs)).length).toBeLessThanOrEqual(21);
  });

  test('are none where nothing ran', async () => {
    expect(await runFolders(join(runs, 'missing'))).toEqual([]);
    expect(journalPath('runs', 'x')).toBe(join('runs', 'x', 'journal.jsonl'));
  });
});
