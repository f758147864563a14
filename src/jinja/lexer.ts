import type { Span } from '../core/span.ts';
import { isAsciiNamePart, isDigit, isNamePart, isNameStart, isSpace } from './characters.ts';
import { TemplateSyntaxError } from './errors.ts';
import { unescapeString } from './string-literal.ts';
import { comparisonOf, type Operator, operatorOf, type TokenType } from './token-type.ts';
import { makeFloat, type PyFloat } from './values.ts';

/** The source of a template: a whole file, or the block of one (a macro) between two offsets of it. */
export interface Source {
  /** Path as shown in errors. */
  readonly path: string;
  /** The text of the whole file. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const rawBegin = /\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})/y;
const rawEnd = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\})/g;
const commentEnd = /\+#\}|-#\}\s*|#\}/g;
const numberPattern =
  /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|(\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?[eE][+-]?\d+(?:_\d+)*|\d+(?:_\d+)*\.\d+(?:_\d+)*)|[1-9](?:_?\d)*|0(?:_?0)*/y;
/** Behind a dot a number is an index: `x.0.1` is two of them, no float. */
const indexPattern = /[1-9](?:_?\d)*|0(?:_?0)*/y;
const unicodeName = /[\p{L}\p{N}\p{Pc}\p{M}]+/uy;
const carriageReturns = /\r\n?/g;

/**
 * Jinja2's tokens with the default delimiters. Pull style: `next` writes the token into the fields, so that no token
 * objects are made. Line ends become `\n` in what tokens hold, while offsets stay those of the file.
 */
export class Lexer {
  readonly source: Source;
  type: TokenType = 'end';
  /** Text of data, names, numbers and strings; empty for operators and delimiters. */
  text = '';
  /** Value of integers and floats. */
  number: number | bigint | PyFloat = 0;
  start = 0;
  end = 0;
  readonly #text: string;
  readonly #limit: number;
  readonly #carriageReturns: boolean;
  #mode: 'data' | 'block' | 'output' = 'data';
  /** Closing brackets that are still expected: inside them `}}` and `%}` end nothing. */
  readonly #open: Operator[] = [];
  #depth = 0;

  constructor(source: Source) {
    this.source = source;
    this.#text = source.text;
    this.#limit = withoutTrailingNewline(source);
    this.#carriageReturns = source.text.includes('\r');
    this.end = source.start;
  }

  next(): void {
    if (this.#mode === 'data') this.#nextData();
    else this.#nextCode();
  }

  is(type: TokenType): boolean {
    return this.type === type;
  }

  isName(name: string): boolean {
    return this.type === 'name' && this.text === name;
  }

  /** Whether a single `=` follows the current token. */
  assignmentFollows(): boolean {
    const at = this.#skipSpace(this.end);
    return this.#text.charCodeAt(at) === 61 && this.#text.charCodeAt(at + 1) !== 61;
  }

  /** Whether the given word follows the current token. */
  wordFollows(word: string): boolean {
    const at = this.#skipSpace(this.end);
    return this.#text.startsWith(word, at) && !isNamePart(this.#text.charCodeAt(at + word.length));
  }

  span(start: number, end: number): Span {
    return { file: this.source.path, text: this.#text, start, end };
  }

  fail(
    message: string,
    start = this.start,
    end = Math.max(this.end, start + 1),
    hint: string | null = null,
  ): never {
    throw new TemplateSyntaxError(message, this.span(start, end), hint);
  }

  #token(type: TokenType, text: string, start: number, end: number): void {
    this.type = type;
    this.text = text;
    this.start = start;
    this.end = end;
  }

  #nextData(): void {
    const text = this.#text;
    const limit = this.#limit;
    for (;;) {
      const from = this.end;
      if (from >= limit) {
        this.#token('end', '', limit, limit);
        return;
      }
      const tag = this.#findTag(from);
      if (tag > from) {
        const end = tag < limit && text.charCodeAt(tag + 2) === 45 ? this.#trimmedEnd(from, tag) : tag;
        this.end = tag;
        if (end > from) {
          this.type = 'data';
          this.text = this.#normalized(text.slice(from, end));
          this.start = from;
          return;
        }
        continue;
      }
      const sign = text.charCodeAt(tag + 2);
      const inside = sign === 45 || sign === 43 ? tag + 3 : tag + 2;
      const kind = text.charCodeAt(tag + 1);
      if (kind === 35) {
        this.#skipComment(tag, inside);
        continue;
      }
      if (kind === 37 && this.#rawFollows(tag, inside)) {
        if (this.#raw(tag)) return;
        continue;
      }
      this.#mode = kind === 37 ? 'block' : 'output';
      this.#depth = 0;
      this.#token(kind === 37 ? 'block-begin' : 'output-begin', '', tag, inside);
      return;
    }
  }

  /** Offset of the next `{{`, `{%` or `{#`, or the end of the template. */
  #findTag(from: number): number {
    const text = this.#text;
    let at = from;
    for (;;) {
      at = text.indexOf('{', at);
      if (at < 0 || at + 1 >= this.#limit) return this.#limit;
      const next = text.charCodeAt(at + 1);
      if (next === 123 || next === 37 || next === 35) return at;
      at += 1;
    }
  }

  #skipComment(tag: number, from: number): void {
    commentEnd.lastIndex = from;
    const match = commentEnd.exec(this.#text);
    if (match === null || match.index + 2 > this.#limit)
      this.fail('Missing end of comment tag', tag, tag + 2);
    this.end = Math.min(match.index + match[0].length, this.#limit);
  }

  #rawFollows(tag: number, afterSign: number): boolean {
    if (!this.#text.startsWith('raw', this.#skipSpace(afterSign))) return false;
    rawBegin.lastIndex = tag;
    return rawBegin.test(this.#text);
  }

  /** Reads a raw block; false where nothing is in it. */
  #raw(tag: number): boolean {
    const start = rawBegin.lastIndex;
    rawEnd.lastIndex = start;
    const match = rawEnd.exec(this.#text);
    if (match === null || match.index >= this.#limit) this.fail('Missing end of raw directive', tag, start);
    const end = match[1] === '-' ? this.#trimmedEnd(start, match.index) : match.index;
    this.#token('data', this.#normalized(this.#text.slice(start, end)), start, end);
    this.end = Math.min(match.index + match[0].length, this.#limit);
    return end > start;
  }

  #nextCode(): void {
    const text = this.#text;
    const at = this.#skipSpace(this.end);
    if (at >= this.#limit) {
      this.#token('end', '', this.#limit, this.#limit);
      return;
    }
    const code = text.charCodeAt(at);
    if (isNameStart(code)) this.#name(at);
    else if (isDigit(code)) this.#number(at);
    else if (code === 39 || code === 34) this.#string(at, code);
    else if (this.#depth > 0 || !this.#closesTag(at, code)) this.#operator(at, code);
  }

  #closesTag(at: number, code: number): boolean {
    const output = this.#mode === 'output';
    const brace = output ? 125 : 37;
    const signed = code === 45 || (code === 43 && !output);
    const close = signed ? at + 1 : at;
    if (this.#text.charCodeAt(close) !== brace || this.#text.charCodeAt(close + 1) !== 125) return false;
    this.#mode = 'data';
    const end = code === 45 ? this.#skipSpace(close + 2) : close + 2;
    this.#token(output ? 'output-end' : 'block-end', '', at, end);
    return true;
  }

  #name(at: number): void {
    const text = this.#text;
    const limit = this.#limit;
    let end = at;
    while (end < limit && isAsciiNamePart(text.charCodeAt(end))) end += 1;
    if (end < limit && text.charCodeAt(end) >= 128) {
      unicodeName.lastIndex = at;
      const match = unicodeName.exec(text);
      if (match === null) this.#unexpected(at);
      end = at + match[0].length;
    }
    this.#token('name', text.slice(at, end), at, end);
  }

  #number(at: number): void {
    const pattern = this.#text.charCodeAt(at - 1) === 46 ? indexPattern : numberPattern;
    pattern.lastIndex = at;
    const match = pattern.exec(this.#text)!;
    const digits = match[0].replaceAll('_', '');
    const value = Number(digits);
    if (match[1] === undefined) {
      this.number = Number.isSafeInteger(value) ? value : BigInt(digits);
      this.#token('integer', match[0], at, at + match[0].length);
    } else {
      this.number = makeFloat(value);
      this.#token('float', match[0], at, at + match[0].length);
    }
  }

  #string(at: number, quote: number): void {
    const text = this.#text;
    const limit = this.#limit;
    let end = at + 1;
    let escaped = false;
    for (;;) {
      if (end >= limit) this.#unexpected(at);
      const code = text.charCodeAt(end);
      if (code === quote) break;
      if (code === 92) {
        escaped = true;
        end += 1;
      }
      end += 1;
    }
    const literal = this.#normalized(text.slice(at + 1, end));
    this.#token('string', escaped ? unescapeString(literal) : literal, at, end + 1);
  }

  #operator(at: number, code: number): void {
    const next = this.#text.charCodeAt(at + 1);
    if (next === 61 && (code === 61 || code === 33 || code === 60 || code === 62)) {
      this.#token(comparisonOf(code), '', at, at + 2);
      return;
    }
    if (code === next && (code === 47 || code === 42)) {
      this.#token(code === 47 ? '//' : '**', '', at, at + 2);
      return;
    }
    const operator = operatorOf(code);
    if (operator === null) this.#unexpected(at);
    switch (operator) {
      case '(':
        this.#opens(')');
        break;
      case '[':
        this.#opens(']');
        break;
      case '{':
        this.#opens('}');
        break;
      case ')':
      case ']':
      case '}':
        this.#closes(operator, at);
    }
    this.#token(operator, '', at, at + 1);
  }

  #opens(closing: Operator): void {
    this.#open[this.#depth] = closing;
    this.#depth += 1;
  }

  #closes(closing: Operator, at: number): void {
    if (this.#depth === 0) this.fail(`unexpected '${closing}'`, at, at + 1);
    this.#depth -= 1;
    const expected = this.#open[this.#depth];
    if (expected !== closing) this.fail(`unexpected '${closing}', expected '${expected}'`, at, at + 1);
  }

  #unexpected(at: number): never {
    const character = String.fromCodePoint(this.#text.codePointAt(at) ?? 0xfffd);
    const quoted = character === "'" ? `"'"` : `'${character}'`;
    this.fail(`unexpected char ${quoted} at ${at - this.source.start}`, at, at + character.length);
  }

  #skipSpace(from: number): number {
    const text = this.#text;
    const limit = this.#limit;
    let at = from;
    while (at < limit && isSpace(text.charCodeAt(at))) at += 1;
    return at;
  }

  #trimmedEnd(start: number, end: number): number {
    let at = end;
    while (at > start && isSpace(this.#text.charCodeAt(at - 1))) at -= 1;
    return at;
  }

  #normalized(text: string): string {
    return this.#carriageReturns ? text.replace(carriageReturns, '\n') : text;
  }
}

/** Jinja2's `keep_trailing_newline` is off in dbt: exactly one newline at the end is dropped. */
function withoutTrailingNewline({ text, start, end }: Source): number {
  if (end > start && text.charCodeAt(end - 1) === 10) {
    return end - 1 > start && text.charCodeAt(end - 2) === 13 ? end - 2 : end - 1;
  }
  return end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}
