/**
 * State of the fast reader. Between nodes `pos` is the first character of the next token, `column` its column (0 is
 * the first; -1 at the end of the text) and `lineStart` where its line begins.
 */
export interface Scan {
  /** Lines end in `\n` only. */
  readonly text: string;
  pos: number;
  column: number;
  lineStart: number;
  /** Set by `nextLine`: how many newlines and whether a comment lay between the last token and this one. */
  newlines: number;
  comment: boolean;
  /** Set by the scalar readers: whether the scalar went over a line end, and so cannot be a key. */
  multiline: boolean;
  depth: number;
  /** Nodes read so far; an alias counts all that it stands for. */
  nodes: number;
  /** Null while the anchored node is being read: an alias inside it would refer to itself. */
  readonly anchors: Map<string, Anchor | null>;
  readonly duplicates: DuplicateAt[];
}

export interface Anchor {
  readonly value: unknown;
  readonly nodes: number;
}

export interface DuplicateAt {
  readonly key: unknown;
  readonly offset: number;
}

/** Thrown where the text is broken or beyond the fast reader; the complete reader decides. */
export const beyondFastReader = new Error('not for the fast reader');

export function giveUp(): never {
  throw beyondFastReader;
}

/** Deeper than PyYAML itself can go before Python's recursion limit. */
export const depthLimit = 250;
/** How many nodes a document may have with its aliases spelled out. */
export const nodeLimit = 5_000_000;

export type LimitKind = 'depth' | 'size';

/** Thrown where a document is refused whatever it says. */
export class YamlLimit extends Error {
  readonly kind: LimitKind;
  readonly offset: number;

  constructor(kind: LimitKind, offset: number) {
    super(kind);
    this.kind = kind;
    this.offset = offset;
  }
}

/** A mistake that ends the reading: its kind in the `yaml` package's codes or ours, and where it is. */
export class YamlMistake extends Error {
  readonly kind: string;
  readonly start: number;
  readonly end: number;

  constructor(kind: string, message: string, start: number, end: number) {
    super(message);
    this.kind = kind;
    this.start = start;
    this.end = end;
  }
}

export function startScan(text: string): Scan {
  return {
    text,
    pos: 0,
    column: 0,
    lineStart: 0,
    newlines: 0,
    comment: false,
    multiline: false,
    depth: 0,
    nodes: 0,
    anchors: new Map(),
    duplicates: [],
  };
}

export function enter(s: Scan): void {
  s.depth += 1;
  if (s.depth > depthLimit) throw new YamlLimit('depth', s.pos);
}

/** Ends the line after a token: only blanks and a comment may follow; then goes to the next token. */
export function nextLine(s: Scan): void {
  const { text } = s;
  let at = s.pos;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === space || code === tab) at += 1;
    else break;
  }
  s.comment = false;
  s.newlines = 0;
  if (at < text.length && text.charCodeAt(at) !== newline) {
    if (text.charCodeAt(at) !== hash) giveUp();
    s.comment = true;
    at = text.indexOf('\n', at);
    if (at < 0) at = text.length;
  }
  s.newlines = 1;
  if (at >= text.length) endOfText(s);
  else firstToken(s, at + 1);
}

/** Goes to the first token at or after the beginning of a line. */
export function firstToken(s: Scan, lineStart: number): void {
  const { text } = s;
  let start = lineStart;
  while (start < text.length) {
    let at = start;
    while (text.charCodeAt(at) === space) at += 1;
    const code = text.charCodeAt(at);
    if (code === hash) {
      s.comment = true;
      at = text.indexOf('\n', at);
      if (at < 0) break;
    } else if (at >= text.length) {
      break;
    } else if (code !== newline) {
      // A tab is no indentation; libyaml refuses it even on a blank line.
      if (code === tab) giveUp();
      s.pos = at;
      s.lineStart = start;
      s.column = at - start;
      return;
    }
    s.newlines += 1;
    start = at + 1;
  }
  endOfText(s);
}

function endOfText(s: Scan): void {
  s.pos = s.text.length;
  s.column = -1;
}

/** Counts a node; called once for each entry and item. */
export function count(s: Scan): void {
  s.nodes += 1;
  if (s.nodes > nodeLimit) throw new YamlLimit('size', s.pos);
}

export function skipBlanks(s: Scan): number {
  let code = s.text.charCodeAt(s.pos);
  while (code === space || code === tab) {
    s.pos += 1;
    code = s.text.charCodeAt(s.pos);
  }
  return code;
}

/** Blank, newline or end of text: what must follow `-` and `:` in block style. */
export function isBlankAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code === space || code === newline || code === tab || offset >= text.length;
}

/** `charCodeAt` beyond the end gives NaN, which equals nothing: loops need no bounds check. */
export const space = 32;
export const tab = 9;
export const newline = 10;
export const hash = 35;
export const colon = 58;
export const comma = 44;
export const dash = 45;
export const openBracket = 91;
export const closeBracket = 93;
export const openBrace = 123;
export const closeBrace = 125;
export const doubleQuote = 34;
export const singleQuote = 39;
export const ampersand = 38;
export const asterisk = 42;
export const pipe = 124;
export const greater = 62;
export const backslash = 92;

/** Records the value under an anchor's name; returns it. */
export function keepAnchor(s: Scan, name: string, nodesBefore: number, value: unknown): unknown {
  s.anchors.set(name, { value, nodes: s.nodes - nodesBefore + 1 });
  return value;
}

/** `&name` at the position: moves behind it and opens the anchor. PyYAML takes a name once in a document. */
export function openAnchor(s: Scan): string {
  const name = readName(s);
  if (s.anchors.has(name)) giveUp();
  s.anchors.set(name, null);
  return name;
}

function readName(s: Scan): string {
  const start = s.pos + 1;
  let at = start;
  while (isNameCode(s.text.charCodeAt(at))) at += 1;
  if (at === start) giveUp();
  s.pos = at;
  return s.text.slice(start, at);
}

const isNameCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === dash;

/** The value that `*name` stands for, counted as often as it is used. */
export function readAlias(s: Scan): unknown {
  const at = s.pos;
  const anchor = s.anchors.get(readName(s));
  if (anchor === undefined || anchor === null) giveUp();
  s.nodes += anchor.nodes;
  if (s.nodes > nodeLimit) throw new YamlLimit('size', at);
  return anchor.value;
}
