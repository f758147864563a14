import { mergeKey, mergeSources, plainKey, startsPlain } from './key.ts';
import { type Mapping, mappingHas, mappingPut, mergeInto, overriddenKeys } from './mapping.ts';
import { resolvePlain } from './plain-scalar.ts';
import { plainInFlow } from './plain-text.ts';
import { readQuoted } from './quoted-scalar.ts';
import {
  ampersand,
  asterisk,
  closeBrace,
  closeBracket,
  colon,
  comma,
  count,
  doubleQuote,
  enter,
  giveUp,
  hash,
  isBlankAt,
  keepAnchor,
  newline,
  openAnchor,
  openBrace,
  openBracket,
  readAlias,
  type Scan,
  singleQuote,
  space,
  tab,
} from './scan.ts';

/** Reads `[...]` or `{...}` at the position and moves behind it; indentation means nothing inside, as in libyaml. */
export function readFlow(s: Scan): unknown {
  enter(s);
  count(s);
  const value = s.text.charCodeAt(s.pos) === openBracket ? readItems(s) : readEntries(s);
  s.depth -= 1;
  return value;
}

function readItems(s: Scan): unknown[] {
  const items: unknown[] = [];
  s.pos += 1;
  for (;;) {
    if (skipToToken(s) === closeBracket) break;
    items.push(readItem(s));
    separate(s, closeBracket);
  }
  s.pos += 1;
  return items;
}

function readItem(s: Scan): unknown {
  const start = s.pos;
  const code = s.text.charCodeAt(start);
  count(s);
  if (code === doubleQuote || code === singleQuote) {
    const text = readQuoted(s);
    return colonFollows(s, start) ? single(s, text) : text;
  }
  if (isPlainAt(s, code)) {
    const source = plainInFlow(s);
    return colonFollows(s, start) ? single(s, plainKey(source)) : resolvePlain(source);
  }
  return readNode(s);
}

/** `[a: 1]` is a list that holds a mapping of one entry. */
function single(s: Scan, key: unknown): Mapping {
  count(s);
  return key === mergeKey ? giveUp() : mappingPut({}, key, readValue(s, closeBracket));
}

function readEntries(s: Scan): Mapping {
  let mapping: Mapping = {};
  let merges: (readonly Mapping[])[] | null = null;
  let mergesAt = 0;
  let mergesFirst = false;
  let firstStart = -1;
  s.pos += 1;
  for (;;) {
    if (skipToToken(s) === closeBrace) break;
    const start = s.pos;
    if (firstStart < 0) firstStart = start;
    const key = readKey(s);
    const value = colonFollows(s, start) ? readValue(s, closeBrace) : null;
    count(s);
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
    separate(s, closeBrace);
  }
  s.pos += 1;
  if (merges === null) return mapping;
  if (!mergesFirst) {
    for (const key of overriddenKeys(mapping, merges)) s.duplicates.push({ key, offset: mergesAt });
  }
  return mergeInto(mapping, merges);
}

function readKey(s: Scan): unknown {
  const code = s.text.charCodeAt(s.pos);
  if (code === doubleQuote || code === singleQuote) return readQuoted(s);
  return isPlainAt(s, code) ? plainKey(plainInFlow(s)) : giveUp();
}

function readValue(s: Scan, close: number): unknown {
  s.pos += 1;
  const code = skipToToken(s);
  return code === comma || code === close ? null : readNode(s);
}

function readNode(s: Scan): unknown {
  const code = s.text.charCodeAt(s.pos);
  switch (code) {
    case openBracket:
    case openBrace:
      return readFlow(s);
    case doubleQuote:
    case singleQuote:
      return readQuoted(s);
    case asterisk:
      return endName(s, readAlias(s));
    case ampersand: {
      const name = endName(s, openAnchor(s));
      const before = s.nodes;
      const following = skipToToken(s);
      const empty = following === comma || following === closeBracket || following === closeBrace;
      return keepAnchor(s, name, before, empty ? null : readNode(s));
    }
    default:
      return isPlainAt(s, code) ? resolvePlain(plainInFlow(s)) : giveUp();
  }
}

function endName<T>(s: Scan, value: T): T {
  const code = s.text.charCodeAt(s.pos);
  const ends = isBlankAt(s.text, s.pos) || code === comma || code === closeBracket || code === closeBrace;
  return ends ? value : giveUp();
}

/** In flow style a plain scalar may begin with `-`, not with `?` or `:`, whatever follows. */
function isPlainAt(s: Scan, code: number): boolean {
  return code !== colon && code !== 63 && startsPlain(code, isBlankAt(s.text, s.pos + 1));
}

/** Whether `:` makes a key of what was read; a key has to stand on one line with it. */
function colonFollows(s: Scan, start: number): boolean {
  if (skipToToken(s) !== colon) return false;
  const lineEnd = s.text.indexOf('\n', start);
  if ((lineEnd >= 0 && lineEnd < s.pos) || s.pos - start > 1024) giveUp();
  return true;
}

function separate(s: Scan, close: number): void {
  const code = skipToToken(s);
  if (code === comma) s.pos += 1;
  else if (code !== close) giveUp();
}

/** Goes over blanks, line ends and comments; returns the character there. */
function skipToToken(s: Scan): number {
  const { text } = s;
  let at = s.pos;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === hash) {
      at = text.indexOf('\n', at);
      if (at < 0) giveUp();
    } else if (code !== space && code !== newline && code !== tab) {
      s.pos = at;
      return code;
    }
    at += 1;
  }
}
