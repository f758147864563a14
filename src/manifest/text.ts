import { createHash } from 'node:crypto';
import { isSpace } from '../jinja/characters.ts';
import type { SourceFile } from '../project/project.ts';
import type { Checksum } from './node.ts';

/** Python's `str.strip`: what dbt reads of a file, and what a file's checksum is taken of. */
export function stripped(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** dbt's checksum of a text file: sha256 of its contents without white space around them. */
export function fileChecksum(file: SourceFile): Checksum {
  return { name: 'sha256', checksum: sha256(stripped(file.text)) };
}
