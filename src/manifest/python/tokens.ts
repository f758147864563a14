/** One token of Python; offsets are into the text. */
export interface PyToken {
  readonly kind: 'name' | 'number' | 'text' | 'operator';
  /** As written; of a text without its prefix and quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Letters in front of a text's quotes, in lower case: `r`, `f`, `rb`. */
  readonly prefix: string;
}

/** A logical line: what stands between newlines that are outside of brackets. Lines without tokens are left out. */
export interface PyLine {
  /** Columns of white space in front, a tab going on to the next multiple of eight. */
  readonly indent: number;
  readonly tokens: readonly PyToken[];
}

/** What Python itself would refuse: a text or bracket that is never closed, a character that means nothing. */
export class PySyntax extends Error {
  readonly start: number;

  constructor(message: string, start: number) {
    super(message);
    this.start = start;
  }
}

const name = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const number =
  /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d[\d_]*)?|\d[\d_]*\.?(?:[eE][+-]?\d[\d_]*)?)[jJ]?/y;
const quote = /([rRbBuUfF]{0,2})('''|"""|'|")/y;
const operator =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|\*\*|\/\/|>>|<<|[-+*/%&|^@=!<>:]=|->|[-+*/%&|^~@=<>.,:;!()[\]{}]/y;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The logical lines of a Python text. Throws PySyntax. */
export function pythonLines(text: string): readonly PyLine[] {
  const lines: PyLine[] = [];
  const open: PyToken[] = [];
  let tokens: PyToken[] = [];
  let indent = 0;
  let lineStart = true;
  const take = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const endLine = (): void => {
    if (tokens.length > 0) lines.push({ indent, tokens });
    tokens = [];
    lineStart = true;
  };
  for (let at = 0; at < text.length; ) {
    if (lineStart) {
      const space = /[ \t\f]*/y;
      indent = columnsOf(take(space, at)![0]);
      at = space.lastIndex;
      lineStart = false;
      continue;
    }
    const character = text[at]!;
    if (character === '\n' || character === '\r') {
      at += 1;
      if (open.length === 0) endLine();
    } else if (character === ' ' || character === '\t' || character === '\f') at += 1;
    else if (character === '#') at = endOf(text, at);
    else if (character === '\\' && /\r?\n/y.test(text.slice(at + 1, at + 3)))
      at += text[at + 1] === '\r' ? 3 : 2;
    else {
      const token = readToken(text, at, take);
      track(open, token);
      tokens.push(token);
      at = token.end;
    }
  }
  const [unclosed] = open;
  if (unclosed !== undefined) throw new PySyntax(`'${unclosed.text}' was never closed`, unclosed.start);
  endLine();
  return lines;
}

function columnsOf(space: string): number {
  let columns = 0;
  for (const character of space)
    columns = character === '\t' ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
  return columns;
}

function endOf(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function readToken(
  text: string,
  start: number,
  take: (pattern: RegExp, at: number) => RegExpExecArray | null,
): PyToken {
  const quoted = take(quote, start);
  if (quoted !== null) return readText(text, start, quoted[1]!, quoted[2]!);
  for (const [kind, pattern] of [
    ['name', name],
    ['number', number],
    ['operator', operator],
  ] as const) {
    const match = take(pattern, start);
    if (match !== null) return { kind, text: match[0], start, end: start + match[0].length, prefix: '' };
  }
  throw new PySyntax(`'${String.fromCodePoint(text.codePointAt(start)!)}' means nothing in Python`, start);
}

function readText(text: string, start: number, prefix: string, quotes: string): PyToken {
  const from = start + prefix.length + quotes.length;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quotes, at)) {
      const end = at + quotes.length;
      return { kind: 'text', text: text.slice(from, at), start, end, prefix: prefix.toLowerCase() };
    } else if (text[at] === '\n' && quotes.length === 1) break;
  }
  throw new PySyntax('a text is never closed', start);
}

function track(open: PyToken[], token: PyToken): void {
  if (token.kind !== 'operator') return;
  if (token.text === '(' || token.text === '[' || token.text === '{') open.push(token);
  const opening = closing[token.text];
  if (opening !== undefined && open.pop()?.text !== opening) {
    throw new PySyntax(`'${token.text}' closes nothing`, token.start);
  }
}
