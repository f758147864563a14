import { firstToken, giveUp, hash, newline, pipe, type Scan, skipBlanks, space, tab } from './scan.ts';

interface Header {
  readonly literal: boolean;
  /** `-` none, `+` all, null one of the line ends at the end is kept. */
  readonly chomping: '-' | '+' | null;
  /** Columns deeper than the enclosing collection, where written. */
  readonly indentation: number | null;
}

/**
 * Reads the literal (`|`) or folded (`>`) scalar at the position and goes to the next token. `indent` is the column
 * of the enclosing collection. As libyaml: the last line keeps no newline where the text ends without one.
 */
export function readBlockScalar(s: Scan, indent: number): string {
  const { text } = s;
  const header = readHeader(s);
  let at = s.pos;
  let breaks = 0;
  let column = 0;
  const own = header.indentation === null ? 0 : Math.max(indent, 0) + header.indentation;
  let depth = own === 0 ? Number.POSITIVE_INFINITY : own;
  let deepest = 0;
  // Leading blank lines; without a written indentation the deepest of them and the first line decide it.
  for (;;) {
    column = spacesAt(text, at, depth);
    const code = text.charCodeAt(at + column);
    if (code === tab && own === 0) giveUp();
    deepest = Math.max(deepest, column);
    if (code !== newline) break;
    breaks += 1;
    at += column + 1;
  }
  if (own === 0) depth = Math.max(deepest, indent + 1, 1);
  const body = readLines(s, at, column === depth, depth, breaks, header);
  return body;
}

function readLines(
  s: Scan,
  start: number,
  content: boolean,
  depth: number,
  before: number,
  header: Header,
): string {
  const { text } = s;
  let at = start;
  let more = content && at + depth < text.length;
  let value = '';
  let ending = '';
  let breaks = before;
  let indented = false;
  while (more) {
    const from = at + depth;
    const first = text.charCodeAt(from);
    const blank = first === space || first === tab;
    if (!header.literal && ending !== '' && !indented && !blank) value += breaks === 0 ? ' ' : '';
    else value += ending;
    value += '\n'.repeat(breaks);
    indented = blank;
    const close = text.indexOf('\n', from);
    value += text.slice(from, close < 0 ? text.length : close);
    ending = close < 0 ? '' : '\n';
    at = close < 0 ? text.length : close + 1;
    breaks = 0;
    let column = spacesAt(text, at, depth);
    while (text.charCodeAt(at + column) === newline) {
      breaks += 1;
      at += column + 1;
      column = spacesAt(text, at, depth);
    }
    if (column < depth && text.charCodeAt(at + column) === tab) giveUp();
    more = column === depth && at + column < text.length;
  }
  s.multiline = true;
  firstToken(s, at);
  if (header.chomping !== '-') value += ending;
  return header.chomping === '+' ? value + '\n'.repeat(breaks) : value;
}

function readHeader(s: Scan): Header {
  const { text } = s;
  const literal = text.charCodeAt(s.pos) === pipe;
  let chomping: Header['chomping'] = null;
  let indentation: number | null = null;
  s.pos += 1;
  for (;;) {
    const letter = text[s.pos] ?? '';
    if (chomping === null && (letter === '-' || letter === '+')) chomping = letter;
    else if (indentation === null && letter >= '1' && letter <= '9') indentation = Number(letter);
    else break;
    s.pos += 1;
  }
  const code = skipBlanks(s);
  const end = text.indexOf('\n', s.pos);
  if (s.pos < text.length && code !== newline && code !== hash) giveUp();
  s.pos = end < 0 ? text.length : end + 1;
  return { literal, chomping, indentation };
}

function spacesAt(text: string, start: number, limit: number): number {
  let count = 0;
  while (count < limit && text.charCodeAt(start + count) === space) count += 1;
  return count;
}
