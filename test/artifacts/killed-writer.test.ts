import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundle } from '../support/compiled.ts';

const writing = await bundle('src/artifacts/write-whole.ts');
afterAll(() => writing.remove());

/** Writes the file again and again, each time a whole that names its number at both ends. */
const writer = `
  import { writeWhole } from '${writing.path}';
  const [path] = process.argv.slice(2);
  const filler = 'x'.repeat(10_000);
  for (let number = 0; ; number += 1) {
    writeWhole(path, (write) => {
      write('{"first":' + number + ',"filler":[');
      for (let part = 0; part < 50; part += 1) write('"' + filler + '",');
      write('""],"last":' + number + '}');
    });
    if (number === 0) process.send('begun');
  }
`;

test('a writer that is killed at any moment leaves the old file or the new one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-killed-'));
  const script = join(folder, 'writer.mjs');
  writeFileSync(script, writer);
  const path = join(folder, 'manifest.json');
  for (let round = 0; round < 12; round += 1) {
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await new Promise((resolve) => child.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, round * 7));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const { first, last, filler } = JSON.parse(readFileSync(path, 'utf8'));
    expect(first).toBe(last);
    expect(filler).toHaveLength(51);
  }
});
