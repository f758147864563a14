import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readSeed, type Seed, type SeedOptions } from '../../../src/context/seed/read-seed.ts';

const folder = mkdtempSync(join(tmpdir(), 'seed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A seed file with the given text or bytes. */
export function seedFile(content: string | Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.csv`);
  writeFileSync(path, content);
  return path;
}

export function seedOf(content: string | Uint8Array, options: Partial<SeedOptions> = {}): Promise<Seed> {
  return readSeed(seedFile(content), { file: 'seeds/s.csv', ...options });
}

/** All rows of an iterable. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}

/** A seed of one column named `c`, each cell quoted where it has to be. */
export function oneColumn(cells: readonly string[]): string {
  return ['c', ...cells]
    .map((cell) => (/[",\r\n]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join('\n');
}
