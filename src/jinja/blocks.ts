import type { Diagnostic } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import {
  blockInsideBlock,
  blockInsideControlFlow,
  unclosedBlock,
  unclosedTag,
  unmatchedControlFlow,
} from './block-errors.ts';

/** A block on the top level of a file. */
export interface SourceBlock {
  /** `macro`, `materialization`, ... */
  readonly tag: string;
  /** The word behind the tag, null where there is none. */
  readonly name: string | null;
  /** Offsets of the whole block; white space that its `{%-` and `-%}` strip belongs to it. */
  readonly start: number;
  readonly end: number;
  /** Offsets of what stands between its first and its last tag. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** A tag outside every block, which has no effect there. */
export interface StrayTag {
  readonly tag: string;
  readonly start: number;
  readonly end: number;
}

export interface ScannedBlocks {
  readonly blocks: readonly SourceBlock[];
  readonly strayTags: readonly StrayTag[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Tag extends StrayTag {
  readonly name: string | null;
}

const blockStart = /\{%-?\s*([A-Za-z_][A-Za-z_0-9]*)(?:\s+([A-Za-z_][A-Za-z_0-9]*))?/y;
const rawBlock = /\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*(?:-%\}\s*|%\})/y;
const stringLiteral = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const tagEnd = /['"]|-%\}\s*|%\}/g;
const outputEnd = /['"]|\}\}/g;
const tagBegin = /\{[%{#]/g;
const controlFlow: ReadonlyMap<string, string> = new Map([
  ['endif', 'if'],
  ['endfor', 'for'],
]);

/**
 * Cuts the blocks with the given tags out of a file, as dbt does it: only comments, strings, raw blocks and the
 * nesting of `if` and `for` are understood, and whatever stands between the blocks is let be, valid or not. Nothing
 * is thrown; a block that is not closed is reported and left out.
 */
export function scanBlocks(
  file: { readonly path: string; readonly text: string },
  tags: ReadonlySet<string>,
): ScannedBlocks {
  const blocks: SourceBlock[] = [];
  const strayTags: StrayTag[] = [];
  const diagnostics: Diagnostic[] = [];
  const span = ({ start, end }: { start: number; end: number }): Span => ({
    file: file.path,
    text: file.text,
    start,
    end,
  });
  const open: Tag[] = [];
  let current: Tag | null = null;
  for (const tag of tagsOf(file.text, (start, end, expected) =>
    diagnostics.push(unclosedTag(span({ start, end }), expected)),
  )) {
    if (tag.tag === 'if' || tag.tag === 'for') open.push(tag);
    const closes = controlFlow.get(tag.tag);
    if (closes !== undefined && open.pop()?.tag !== closes) {
      diagnostics.push(unmatchedControlFlow(tag.tag, closes, span(tag)));
      open.length = 0;
    }
    if (tags.has(tag.tag)) {
      if (open.length > 0) diagnostics.push(blockInsideControlFlow(tag.tag, open.at(-1)!.tag, span(tag)));
      if (current !== null)
        diagnostics.push(blockInsideBlock(tag.tag, current.tag, span(tag), span(current)));
      open.length = 0;
      current = tag;
    } else if (current !== null && tag.tag === `end${current.tag}`) {
      const { tag: kind, name, start, end: bodyStart } = current;
      blocks.push({ tag: kind, name, start, end: tag.end, bodyStart, bodyEnd: tag.start });
      current = null;
    } else if (current === null) strayTags.push(tag);
  }
  if (current !== null) diagnostics.push(unclosedBlock(current.tag, current.name, span(current)));
  return { blocks, strayTags, diagnostics };
}

/** Every `{% tag %}` outside comments, outputs and raw blocks. Stops at one that is not closed, which is told. */
function* tagsOf(
  text: string,
  unclosed: (start: number, end: number, expected: string) => void,
): Generator<Tag, void, undefined> {
  let at = 0;
  for (;;) {
    tagBegin.lastIndex = at;
    const begin = tagBegin.exec(text)?.index;
    if (begin === undefined) return;
    const kind = text[begin + 1];
    if (kind === '#') {
      const close = text.indexOf('#}', begin + 2);
      if (close < 0) {
        unclosed(begin, begin + 2, '#}');
        return;
      }
      at = close + 2;
      continue;
    }
    if (kind === '{') {
      const end = endOf(outputEnd, text, begin + 2);
      if (end === null) {
        unclosed(begin, begin + 2, '}}');
        return;
      }
      at = end;
      continue;
    }
    rawBlock.lastIndex = begin;
    if (rawBlock.test(text)) {
      at = rawBlock.lastIndex;
      continue;
    }
    blockStart.lastIndex = begin;
    const match = blockStart.exec(text);
    if (match === null) {
      at = begin + 2;
      continue;
    }
    const head = begin + match[0].length;
    if (match[1] === 'raw') {
      unclosed(begin, head, '{% endraw %}');
      return;
    }
    const end = endOf(tagEnd, text, head);
    if (end === null) {
      unclosed(begin, head, '%}');
      return;
    }
    yield { tag: match[1]!, name: match[2] ?? null, start: startOf(text, begin, at), end };
    at = end;
  }
}

/** End of the next closing delimiter outside strings, null where there is none. */
function endOf(delimiter: RegExp, text: string, from: number): number | null {
  let at = from;
  for (;;) {
    delimiter.lastIndex = at;
    const match = delimiter.exec(text);
    if (match === null) return null;
    if (match[0] !== "'" && match[0] !== '"') return delimiter.lastIndex;
    stringLiteral.lastIndex = match.index;
    if (!stringLiteral.test(text)) return null;
    at = stringLiteral.lastIndex;
  }
}

/** `{%-` takes the white space before it with it. */
function startOf(text: string, begin: number, from: number): number {
  if (text[begin + 2] !== '-') return begin;
  return from + text.slice(from, begin).trimEnd().length;
}
