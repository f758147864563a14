import { readBlockScalar } from './block-scalar.ts';
import { readFlow } from './flow-reader.ts';
import { mergeKey, mergeSources, plainKey, startsPlain } from './key.ts';
import { type Mapping, mappingHas, mappingPut, mergeInto, overriddenKeys } from './mapping.ts';
import { resolvePlain } from './plain-scalar.ts';
import { plainOnLine, restOfPlain } from './plain-text.ts';
import { readQuoted } from './quoted-scalar.ts';
import {
  ampersand,
  asterisk,
  colon,
  count,
  dash,
  doubleQuote,
  enter,
  giveUp,
  greater,
  hash,
  isBlankAt,
  keepAnchor,
  newline,
  nextLine,
  openAnchor,
  openBrace,
  openBracket,
  pipe,
  readAlias,
  type Scan,
  singleQuote,
  skipBlanks,
  space,
  tab,
} from './scan.ts';

/**
 * Reads the node whose first character is at the position, alone on its line or behind `- `, and goes to the next
 * token. `indent` is the column of the enclosing collection, -1 at the top.
 */
export function readBlock(s: Scan, indent: number): unknown {
  count(s);
  const { column, text } = s;
  const start = s.pos;
  const code = text.charCodeAt(start);
  if (code === dash && isBlankAt(text, start + 1)) return readSequence(s, column);
  if (code === doubleQuote || code === singleQuote) {
    const value = readQuoted(s);
    if (keyEnds(s, start)) return readMapping(s, column, value, start);
    nextLine(s);
    return value;
  }
  if (!startsPlain(code, isBlankAt(text, start + 1))) return readInline(s, indent);
  const source = plainOnLine(s);
  if (text.charCodeAt(s.pos) !== colon) return resolvePlain(restOfPlain(s, source, indent));
  s.multiline = false;
  return keyEnds(s, start) ? readMapping(s, column, plainKey(source), start) : giveUp();
}

/** Reads from behind the first key's `:`. */
function readMapping(s: Scan, column: number, firstKey: unknown, firstStart: number): Mapping {
  enter(s);
  let mapping: Mapping = {};
  let merges: (readonly Mapping[])[] | null = null;
  let mergesAt = 0;
  let mergesFirst = false;
  let key = firstKey;
  let start = firstStart;
  for (;;) {
    const value = readValue(s, column);
    if (key === mergeKey) {
      if (merges === null) {
        merges = [];
        mergesAt = start;
        mergesFirst = start === firstStart;
      }
      merges.push(mergeSources(value) ?? giveUp());
    } else {
      if (mappingHas(mapping, key) && !mergesFirst) s.duplicates.push({ key, offset: start });
      mapping = mappingPut(mapping, key, value);
    }
    if (s.column !== column) break;
    start = s.pos;
    key = readKey(s);
  }
  if (s.column > column) giveUp();
  s.depth -= 1;
  if (merges === null) return mapping;
  if (!mergesFirst) {
    for (const key of overriddenKeys(mapping, merges)) s.duplicates.push({ key, offset: mergesAt });
  }
  return mergeInto(mapping, merges);
}

function readKey(s: Scan): unknown {
  const { text } = s;
  const start = s.pos;
  const code = text.charCodeAt(start);
  if (code === doubleQuote || code === singleQuote) {
    const value = readQuoted(s);
    return keyEnds(s, start) ? value : giveUp();
  }
  if (!startsPlain(code, isBlankAt(text, start + 1))) giveUp();
  const source = plainOnLine(s);
  s.multiline = false;
  return keyEnds(s, start) ? plainKey(source) : giveUp();
}

/** Whether `: ` follows on the line; moves behind the colon. libyaml takes keys of up to 1024 characters. */
function keyEnds(s: Scan, start: number): boolean {
  if (skipBlanks(s) !== colon || !isBlankAt(s.text, s.pos + 1)) return false;
  if (s.multiline || s.pos - start > 1024) giveUp();
  s.pos += 1;
  return true;
}

function readValue(s: Scan, indent: number): unknown {
  count(s);
  return endsLine(s) ? readBelow(s, indent) : readInline(s, indent);
}

/** The value on the lines below a key: deeper, or a sequence in the key's own column. */
function readBelow(s: Scan, indent: number): unknown {
  nextLine(s);
  if (s.column > indent) return readBlock(s, indent);
  return s.column === indent && isEntry(s) ? readSequence(s, indent) : null;
}

function readSequence(s: Scan, column: number): unknown[] {
  enter(s);
  const items: unknown[] = [];
  while (s.column === column && isEntry(s)) {
    s.pos += 1;
    while (s.text.charCodeAt(s.pos) === space) s.pos += 1;
    if (s.text.charCodeAt(s.pos) === tab) giveUp();
    if (endsLine(s)) {
      nextLine(s);
      items.push(s.column > column ? readBlock(s, column) : null);
    } else {
      s.column = s.pos - s.lineStart;
      items.push(readBlock(s, column));
    }
  }
  if (s.column > column) giveUp();
  s.depth -= 1;
  return items;
}

/** A value behind `key: `, where a collection in block style cannot begin. */
function readInline(s: Scan, indent: number): unknown {
  const { text } = s;
  const code = text.charCodeAt(s.pos);
  switch (code) {
    case doubleQuote:
    case singleQuote:
      return endLine(s, readQuoted(s));
    case openBracket:
    case openBrace:
      return endLine(s, readFlow(s));
    case pipe:
    case greater:
      return readBlockScalar(s, indent);
    case asterisk:
      return endLine(s, readAlias(s));
    case ampersand: {
      const name = openAnchor(s);
      const before = s.nodes;
      if (!isBlankAt(text, s.pos)) giveUp();
      return keepAnchor(s, name, before, endsLine(s) ? readBelow(s, indent) : readInline(s, indent));
    }
    default: {
      if (!startsPlain(code, isBlankAt(text, s.pos + 1))) giveUp();
      const source = plainOnLine(s);
      return text.charCodeAt(s.pos) === colon ? giveUp() : resolvePlain(restOfPlain(s, source, indent));
    }
  }
}

function endLine<T>(s: Scan, value: T): T {
  nextLine(s);
  return value;
}

/** Goes over blanks; true where nothing but a comment is left of the line. */
function endsLine(s: Scan): boolean {
  const code = skipBlanks(s);
  return code === newline || code === hash || s.pos >= s.text.length;
}

const isEntry = (s: Scan): boolean => s.text.charCodeAt(s.pos) === dash && isBlankAt(s.text, s.pos + 1);
