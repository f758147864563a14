import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { unlessRefused } from '../core/system-error.ts';
import type { AnyNode } from '../manifest/node.ts';

/** What is asked of `CompileServices`. */
interface Project {
  readonly projectDirectory: string;
  readonly context: { readonly projectName: string };
}

/**
 * Places in a node's own text, which may be a block or the stripped text of its file, as places of the file below the
 * project's directory. Where the file does not hold the text any more they stay what they are; those in a hook, which
 * the project file may spell otherwise, go by its name then.
 */
export function placeInFile(diagnostic: Diagnostic, node: AnyNode, project: Project): Diagnostic {
  const text = 'raw_code' in node && typeof node.raw_code === 'string' ? node.raw_code : '';
  const isOwn = (span: Span | null): span is Span =>
    span !== null && span.file === node.original_file_path && span.text === text;
  if (text === '' || ![diagnostic, ...diagnostic.related].some(({ span }) => isOwn(span))) return diagnostic;
  const found = findInFile(text, node, project);
  const elsewhere = node.resource_type === 'operation' ? node.name : node.original_file_path;
  const moved = (span: Span | null): Span | null => {
    if (!isOwn(span)) return span;
    if (found === null) return { ...span, file: elsewhere };
    return { ...span, text: found.file, start: span.start + found.offset, end: span.end + found.offset };
  };
  return {
    ...diagnostic,
    span: moved(diagnostic.span),
    related: diagnostic.related.map((place) => ({ ...place, span: moved(place.span) })),
  };
}

/** Paths of packages' nodes are below the package. */
function findInFile(
  text: string,
  node: AnyNode,
  { projectDirectory, context }: Project,
): { readonly file: string; readonly offset: number } | null {
  if (node.package_name !== context.projectName) return null;
  const file = unlessRefused(() => readFileSync(join(projectDirectory, node.original_file_path), 'utf8'));
  const offset = file === null ? -1 : file.indexOf(text, blockStart(file, node));
  return file === null || offset < 0 ? null : { file, offset };
}

/** Blocks of one file may have the same text: the one with the node's name is meant. */
function blockStart(file: string, { resource_type: type, name }: AnyNode): number {
  if (type !== 'snapshot') return 0;
  const tag = new RegExp(`\\{%[-+]?\\s*snapshot\\s+${name}\\b[^%]*%\\}`).exec(file);
  return tag === null ? 0 : tag.index;
}
