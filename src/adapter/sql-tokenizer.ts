import type { SqlSyntax } from './facts.ts';

export type SqlTokenKind = 'space' | 'comment' | 'string' | 'identifier' | 'word' | 'semicolon' | 'symbol';

/** A stretch of SQL text; tokens follow each other without gaps. `word` holds keywords, bare names and numbers. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly start: number;
  readonly end: number;
}

/** One statement of a text: `text` is `sql.slice(start, end)`, without its `;` and the white space around it. */
export interface SqlStatement {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts SQL into tokens and never fails: what is left open (a string, a comment) runs to the end of the text, so that
 * the warehouse, not we, reports it.
 */
export function* sqlTokens(sql: string, syntax: SqlSyntax): Generator<SqlToken> {
  let start = 0;
  let previousWord = '';
  while (start < sql.length) {
    const [kind, end] = tokenAt(sql, start, syntax, previousWord);
    yield { kind, start, end };
    previousWord = kind === 'word' ? sql.slice(start, end) : '';
    start = end;
  }
}

/**
 * The statements of a text in order, each as written with its comments; empty ones and ones of comments only are
 * left out. A `;` inside a string, quoted name or comment separates nothing.
 */
export function splitStatements(sql: string, syntax: SqlSyntax): readonly SqlStatement[] {
  const marks = marksOf(syntax);
  const statements: SqlStatement[] = [];
  let start = -1;
  let end = 0;
  let hasCode = false;
  const flush = (): void => {
    if (hasCode) statements.push({ text: sql.slice(start, end), start, end });
    start = -1;
    hasCode = false;
  };
  const include = (from: number, to: number, isCode: boolean): void => {
    if (start < 0) start = from;
    end = to;
    if (isCode) hasCode = true;
  };
  for (let at = 0; at < sql.length; ) {
    marks.lastIndex = at;
    const mark = marks.exec(sql)?.index ?? sql.length;
    const first = skip(sql, at, isSpace);
    if (first < mark) include(first, trimmedEnd(sql, mark), true);
    if (mark === sql.length) break;
    if (sql[mark] === ';') {
      flush();
      at = mark + 1;
    } else if (sql[mark] === '$' && mark > at && isWordPart(sql[mark - 1]!)) {
      at = skip(sql, mark, isWordPart);
      include(mark, at, true);
    } else {
      const [kind, after] = tokenAt(sql, mark, syntax, wordBefore(sql, at, mark));
      include(mark, after, kind !== 'comment');
      at = after;
    }
  }
  flush();
  return statements;
}

/** Finds what may hide a `;`, or is one: all else need not be cut into tokens to be parted. */
function marksOf(syntax: SqlSyntax): RegExp {
  const known = marksBySyntax.get(syntax);
  if (known !== undefined) return known;
  const marks = [';', '/*', ...syntax.lineComments, ...syntax.stringQuotes, ...syntax.identifierQuotes];
  if (syntax.dollarQuotes) marks.push('$');
  const made = new RegExp(marks.map((mark) => mark.replace(/[$*./\\^|]/g, '\\$&')).join('|'), 'g');
  marksBySyntax.set(syntax, made);
  return made;
}

const marksBySyntax = new WeakMap<SqlSyntax, RegExp>();

/** The word that ends at `at`, as far as it decides anything: the `e` of an `e'string'`. */
function wordBefore(sql: string, from: number, at: number): string {
  const letter = at > from ? sql[at - 1]! : '';
  return at - 1 === from || !isWordPart(sql[at - 2] ?? ' ') ? letter : '';
}

function trimmedEnd(sql: string, to: number): number {
  let end = to;
  while (isSpace(sql[end - 1]!)) end -= 1;
  return end;
}

/** True where the text holds no statement: nothing but white space, comments and `;`. */
export function isEmptySql(sql: string, syntax: SqlSyntax): boolean {
  for (const token of sqlTokens(sql, syntax)) {
    if (token.kind !== 'space' && token.kind !== 'comment' && token.kind !== 'semicolon') return false;
  }
  return true;
}

function tokenAt(sql: string, at: number, syntax: SqlSyntax, previousWord: string): [SqlTokenKind, number] {
  const first = sql[at]!;
  if (isSpace(first)) return ['space', skip(sql, at + 1, isSpace)];
  if (first === ';') return ['semicolon', at + 1];
  if (syntax.lineComments.some((mark) => sql.startsWith(mark, at))) {
    const newline = sql.indexOf('\n', at);
    return ['comment', newline < 0 ? sql.length : newline];
  }
  if (sql.startsWith('/*', at)) return ['comment', endOfBlockComment(sql, at, syntax.nestedBlockComments)];
  if (syntax.stringQuotes.includes(first)) {
    const escapes =
      syntax.backslashEscapes === 'always' ||
      (syntax.backslashEscapes === 'e-strings' && previousWord.toLowerCase() === 'e');
    return ['string', endOfQuoted(sql, at, first, escapes)];
  }
  if (syntax.identifierQuotes.includes(first)) return ['identifier', endOfQuoted(sql, at, first, false)];
  if (first === '$' && syntax.dollarQuotes) {
    const end = endOfDollarQuoted(sql, at);
    if (end !== null) return ['string', end];
  }
  // A `$` inside a word is part of it, so that `a$b$c` opens no dollar quote.
  if (isTagPart(first)) return ['word', skip(sql, at + 1, isWordPart)];
  return ['symbol', at + 1];
}

/** A doubled quote stands for itself; with `escapes` so does a quote after a backslash. */
function endOfQuoted(sql: string, at: number, quote: string, escapes: boolean): number {
  for (let index = at + 1; index < sql.length; index += 1) {
    const letter = sql[index];
    if (letter === '\\' && escapes) index += 1;
    else if (letter === quote) {
      if (sql[index + 1] !== quote) return index + 1;
      index += 1;
    }
  }
  return sql.length;
}

function endOfBlockComment(sql: string, at: number, nested: boolean): number {
  let depth = 1;
  for (let index = at + 2; index < sql.length; index += 1) {
    if (sql.startsWith('*/', index)) {
      depth -= 1;
      index += 1;
      if (depth === 0) return index + 1;
    } else if (nested && sql.startsWith('/*', index)) {
      depth += 1;
      index += 1;
    }
  }
  return sql.length;
}

/** End of `$tag$ ... $tag$`; null where no such quote opens here (`$1` is a parameter). */
function endOfDollarQuoted(sql: string, at: number): number | null {
  let index = at + 1;
  if (isTagStart(sql[index] ?? '')) index = skip(sql, index + 1, isTagPart);
  if (sql[index] !== '$') return null;
  const tag = sql.slice(at, index + 1);
  const close = sql.indexOf(tag, index + 1);
  return close < 0 ? sql.length : close + tag.length;
}

function skip(sql: string, from: number, matches: (letter: string) => boolean): number {
  let index = from;
  while (index < sql.length && matches(sql[index]!)) index += 1;
  return index;
}

const isSpace = (letter: string): boolean => letter <= ' ' || letter === '\u00a0' || letter === '\ufeff';
const isDigit = (letter: string): boolean => letter >= '0' && letter <= '9';
const isTagStart = (letter: string): boolean =>
  (letter >= 'a' && letter <= 'z') ||
  (letter >= 'A' && letter <= 'Z') ||
  letter === '_' ||
  letter >= '\u0080';
const isTagPart = (letter: string): boolean => isTagStart(letter) || isDigit(letter);
const isWordPart = (letter: string): boolean => isTagPart(letter) || letter === '$';
