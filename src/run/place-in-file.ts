import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { unlessRefused } from '../core/system-error.ts';
import type { AnyNode } from '../manifest/node.ts';

/**
 * Places in a node's own text, which may be a block or the stripped text of its file, as places of the file below the
 * project's directory. They stay what they are where the file does not hold the text any more.
 */
export function placeInFile(diagnostic: Diagnostic, node: AnyNode, directory: string): Diagnostic {
  const text = 'raw_code' in node && typeof node.raw_code === 'string' ? node.raw_code : '';
  const isOwn = (span: Span | null): span is Span =>
    span !== null && span.file === node.original_file_path && span.text === text;
  if (text === '' || ![diagnostic, ...diagnostic.related].some(({ span }) => isOwn(span))) return diagnostic;
  const file = unlessRefused(() => readFileSync(join(directory, node.original_file_path), 'utf8'));
  const offset = file === null ? -1 : file.indexOf(text, blockStart(file, node));
  if (file === null || offset < 0) return diagnostic;
  const moved = (span: Span | null): Span | null =>
    isOwn(span) ? { ...span, text: file, start: span.start + offset, end: span.end + offset } : span;
  return {
    ...diagnostic,
    span: moved(diagnostic.span),
    related: diagnostic.related.map((place) => ({ ...place, span: moved(place.span) })),
  };
}

/** Blocks of one file may have the same text: the one with the node's name is meant. */
function blockStart(file: string, { resource_type: type, name }: AnyNode): number {
  if (type !== 'snapshot') return 0;
  const tag = new RegExp(`\\{%[-+]?\\s*snapshot\\s+${name}\\b[^%]*%\\}`).exec(file);
  return tag === null ? 0 : tag.index;
}
