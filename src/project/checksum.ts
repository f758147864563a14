import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isSpace } from '../jinja/characters.ts';
import type { SeedFile, SourceFile } from './project.ts';

/** As artifacts show it: `{ name: 'sha256', checksum: '...' }`; `path` for a seed too large to be hashed. */
export interface FileChecksum {
  readonly name: 'sha256' | 'path';
  readonly checksum: string;
}

/** dbt's limit in bytes; a larger seed counts as unchanged while its path is. */
export const largestHashedSeed = 1024 * 1024;

/** dbt's checksum of a text file: of its content without the white space around it. */
export function fileChecksum(file: SourceFile): FileChecksum {
  return { name: 'sha256', checksum: sha256(stripText(file.text)) };
}

/** dbt's checksum of a seed, which it reads as text and strips too. */
export function seedChecksum(seed: SeedFile): FileChecksum {
  if (seed.sizeBytes > largestHashedSeed) return { name: 'path', checksum: seed.path };
  return { name: 'sha256', checksum: sha256(stripText(readFileSync(seed.absolutePath, 'utf8'))) };
}

export function sha256(text: string): string {
  return hash('sha256', text);
}

/** Python's `str.strip`. */
export function stripText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
