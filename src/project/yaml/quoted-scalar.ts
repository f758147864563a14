import { backslash, doubleQuote, giveUp, newline, type Scan, singleQuote, space, tab } from './scan.ts';

/** Reads the quoted scalar at the position, over several lines where it has them, and moves behind it. */
export function readQuoted(s: Scan): string {
  return s.text.charCodeAt(s.pos) === doubleQuote ? readDouble(s) : readSingle(s);
}

function readSingle(s: Scan): string {
  const { text } = s;
  const start = s.pos + 1;
  let close = text.indexOf("'", start);
  while (close >= 0 && text.charCodeAt(close + 1) === singleQuote) close = text.indexOf("'", close + 2);
  if (close < 0) giveUp();
  s.pos = close + 1;
  const raw = text.slice(start, close);
  s.multiline = raw.includes('\n');
  const folded = s.multiline ? foldLines(raw) : raw;
  return folded.includes("'") ? folded.replaceAll("''", "'") : folded;
}

function readDouble(s: Scan): string {
  const { text } = s;
  const start = s.pos + 1;
  let at = start;
  let escaped = false;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === doubleQuote) break;
    if (code === backslash) {
      escaped = true;
      at += 1;
    }
  }
  if (at >= text.length) giveUp();
  s.pos = at + 1;
  const raw = text.slice(start, at);
  s.multiline = raw.includes('\n');
  if (!escaped) return s.multiline ? foldLines(raw) : raw;
  return readEscapes(raw);
}

/** Blanks around line ends go; one line end is a space, more are one newline less. */
function foldLines(raw: string): string {
  return raw.replace(/[ \t]*\n[ \t\n]*/g, (between) => folded(between));
}

function folded(between: string): string {
  let breaks = 0;
  for (let at = 0; at < between.length; at += 1) if (between.charCodeAt(at) === newline) breaks += 1;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

const simple: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Escapes and folds in one pass: an escaped blank or line end is not folded away. */
function readEscapes(raw: string): string {
  let out = '';
  let at = 0;
  while (at < raw.length) {
    const code = raw.charCodeAt(at);
    if (code === backslash) {
      const found = readEscape(raw, at);
      out += found.text;
      at = found.end;
    } else if (code === newline || code === space || code === tab) {
      const end = endOfBlanks(raw, at);
      const between = raw.slice(at, end);
      out += between.includes('\n') ? folded(between) : between;
      at = end;
    } else {
      out += raw[at];
      at += 1;
    }
  }
  return out;
}

function readEscape(raw: string, at: number): { text: string; end: number } {
  const letter = raw[at + 1] ?? giveUp();
  // The line end goes, and the next line's indentation; blank lines after it stay as newlines.
  if (letter === '\n') {
    const end = endOfBlanks(raw, at + 2);
    return { text: raw.slice(at + 2, end).replace(/[ \t]/g, ''), end };
  }
  const text = Object.hasOwn(simple, letter) ? simple[letter] : undefined;
  if (text !== undefined) return { text, end: at + 2 };
  const length = Object.hasOwn(hexLengths, letter) ? hexLengths[letter]! : giveUp();
  const digits = raw.slice(at + 2, at + 2 + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) giveUp();
  const point = Number.parseInt(digits, 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) giveUp();
  return { text: String.fromCodePoint(point), end: at + 2 + length };
}

function endOfBlanks(raw: string, start: number): number {
  let at = start;
  for (;;) {
    const code = raw.charCodeAt(at);
    if (code === space || code === tab || code === newline) at += 1;
    else return at;
  }
}
