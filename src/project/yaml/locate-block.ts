import type { YamlPath } from './locate.ts';

/** Part of a text: the lines that a node of a path consists of, its first character somewhere in the first. */
interface Region {
  readonly start: number;
  readonly end: number;
  /** Column of the node's first character. */
  readonly indent: number;
}

interface Offsets {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a key or value stands in plain block-style YAML, by indentation alone: warnings of every run need it, and
 * parsing with positions takes longer than all else that they need. Null where anything else is met.
 */
export function locateInBlocks(text: string, path: YamlPath, what: 'key' | 'value'): Offsets | null {
  if (path.length === 0 || text.includes('\t')) return null;
  let region = firstNode(text, 0, text.length);
  let found: { readonly key: Offsets; readonly value: Region | Offsets } | null = null;
  for (const step of path) {
    if (region === null) return null;
    found = typeof step === 'number' ? itemOf(text, region, step) : entryOf(text, region, step);
    if (found === null) return null;
    region = 'indent' in found.value ? found.value : null;
  }
  if (found === null || what === 'key') return found?.key ?? null;
  return 'indent' in found.value ? onLine(text, found.value) : found.value;
}

/** The n-th item of a sequence of `- ` lines. */
function itemOf(text: string, region: Region, index: number) {
  const starts = [...nodeStarts(text, region)];
  if (starts.some((start) => !isDash(text, start))) return null;
  const start = starts[index];
  if (start === undefined) return null;
  const value = firstNode(text, start + 1, starts[index + 1] ?? region.end);
  if (value === null) return null;
  const inline = inlineValue(text, value.start);
  const isScalar = inline !== null && !startsNode(text, value.start);
  const shown = isScalar ? inline : value;
  return { key: isScalar ? inline : onLine(text, value), value: shown };
}

/** The entry of a mapping of `key:` lines; the last of that key counts. */
function entryOf(text: string, region: Region, name: string) {
  const starts = [...nodeStarts(text, region)];
  const index = starts.findLastIndex((start) => keyAt(text, start) === name);
  if (index < 0 || starts.some((start) => keyAt(text, start) === null)) return null;
  const start = starts[index]!;
  const key = { start, end: start + name.length };
  const behind = key.end + 1;
  const lineEnd = endOfLine(text, behind);
  if (text.slice(behind, lineEnd).trim() !== '') {
    const value = inlineValue(text, behind + text.slice(behind, lineEnd).search(/\S/));
    return value === null ? null : { key, value };
  }
  const value = firstNode(text, lineEnd, starts[index + 1] ?? region.end);
  return value === null ? null : { key, value };
}

/** Offsets where the nodes of a collection begin: every line that begins at its column. */
function* nodeStarts(text: string, { start, end, indent }: Region): Generator<number> {
  yield start;
  for (let line = endOfLine(text, start) + 1; line < end; line = endOfLine(text, line) + 1) {
    const first = line + indentOf(text, line);
    if (first - line !== indent || isIgnored(text, first)) continue;
    // Items of a sequence may stand at the column of the key that they belong to.
    if (isDash(text, first) && !isDash(text, start)) continue;
    yield first;
  }
}

function firstNode(text: string, from: number, end: number): Region | null {
  let position = from;
  while (position < end) {
    const line = text.lastIndexOf('\n', position - 1) + 1;
    const first = position + indentOf(text, position);
    if (first < end && !isIgnored(text, first) && !text.startsWith('---', first)) {
      return { start: first, end, indent: first - line };
    }
    position = endOfLine(text, position) + 1;
  }
  return null;
}

const plainKey = /[A-Za-z_][\w-]*(?=:(?:\s|$))/y;

function keyAt(text: string, start: number): string | null {
  plainKey.lastIndex = start;
  return plainKey.exec(text)?.[0] ?? null;
}

const startsNode = (text: string, start: number): boolean =>
  isDash(text, start) || keyAt(text, start) !== null;

/** A plain or quoted text that ends on its line, and has nothing behind it. */
function inlineValue(text: string, start: number): Offsets | null {
  const line = text.slice(start, endOfLine(text, start)).trimEnd();
  if (!/^(?:[\w./][^#]*|'[^']*'|"[^"\\]*")$/.test(line)) return null;
  const next = firstNode(text, endOfLine(text, start) + 1, text.length);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  // A deeper line below goes on with the text, unless it is the next key of an item.
  const goesOn = next !== null && next.indent > indentOf(text, lineStart) && !startsNode(text, next.start);
  return goesOn ? null : { start, end: start + line.length };
}

const isDash = (text: string, start: number): boolean =>
  text[start] === '-' && (text[start + 1] === ' ' || text[start + 1] === '\n');

const isIgnored = (text: string, first: number): boolean =>
  first >= text.length || text[first] === '\n' || text[first] === '#' || text[first] === '\r';

function indentOf(text: string, line: number): number {
  let end = line;
  while (text[end] === ' ') end += 1;
  return end - line;
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

const onLine = (text: string, { start }: Region): Offsets => ({
  start,
  end: Math.max(start + 1, endOfLine(text, start)),
});
