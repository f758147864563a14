import { unescapeString } from './string-literal.ts';
import { makeFloat, PyDict, PySet, tupleOf, type Value } from './values.ts';

const space = /\s*/y;
const string = /[rRuU]?(?:'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)")/y;
const float = /[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?/y;
const integer = /[+-]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)/y;
const word = /(?:True|False|None)\b/y;
const words: ReadonlyMap<string, Value> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** Python's `ast.literal_eval`: the value that a text of Python literals stands for; undefined where it is none. */
export function literalEval(text: string): Value | undefined {
  const reader = new LiteralReader(text.replace(/^[ \t]+/, ''));
  try {
    return reader.whole();
  } catch (thrown) {
    if (thrown === notALiteral || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

const notALiteral = new Error('not a literal');

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value {
    let value = this.#value();
    if (this.#skip(',')) value = tupleOf([value, ...this.#items('')]);
    this.#match(space);
    if (this.#at < this.#text.length) throw notALiteral;
    return value;
  }

  #value(): Value {
    this.#match(space);
    const first = this.#text[this.#at];
    if (first === '[' || first === '(' || first === '{') return this.#container(first);
    const literal = this.#match(string);
    if (literal !== null) return this.#adjacentStrings(literal);
    const number = this.#match(float);
    if (number !== null) return makeFloat(Number(number[0]));
    const digits = this.#match(integer);
    if (digits !== null) return intOf(digits[0]);
    const value = words.get(this.#match(word)?.[0] ?? '');
    if (value === undefined) throw notALiteral;
    return value;
  }

  #adjacentStrings(first: RegExpExecArray): string {
    let out = '';
    for (let part: RegExpExecArray | null = first; part !== null; part = this.#match(string)) {
      const body = part[1] ?? part[2] ?? '';
      out += /^r/i.test(part[0]) ? body : unescapeString(body);
      this.#match(space);
    }
    return out;
  }

  #container(open: '[' | '(' | '{'): Value {
    this.#at += 1;
    if (open === '{') return this.#dictOrSet();
    const items = this.#items(open === '[' ? ']' : ')');
    if (open === '[') return items;
    return items.length === 1 && !this.#trailingComma ? items[0]! : tupleOf(items);
  }

  #trailingComma = false;

  /** Items up to the closing bracket, or to the end of the text where that is empty. */
  #items(close: string): Value[] {
    const out: Value[] = [];
    let comma = true;
    while (!this.#closes(close)) {
      if (!comma) throw notALiteral;
      out.push(this.#value());
      comma = this.#skip(',');
    }
    this.#trailingComma = comma && out.length > 0;
    return out;
  }

  #dictOrSet(): Value {
    if (this.#closes('}')) return new PyDict();
    const first = this.#value();
    if (!this.#skip(':')) {
      if (this.#skip(',')) return new PySet([first, ...this.#items('}')]);
      if (!this.#closes('}')) throw notALiteral;
      return new PySet([first]);
    }
    const dict = new PyDict().set(first, this.#value());
    while (this.#skip(',') && !this.#text.startsWith('}', this.#at)) {
      const key = this.#value();
      if (!this.#skip(':')) throw notALiteral;
      dict.set(key, this.#value());
    }
    if (!this.#closes('}')) throw notALiteral;
    return dict;
  }

  #closes(close: string): boolean {
    this.#match(space);
    if (close === '') return this.#at >= this.#text.length;
    return this.#skip(close);
  }

  #skip(character: string): boolean {
    this.#match(space);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.#match(space);
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }
}

function intOf(digits: string): number | bigint {
  const negative = digits.startsWith('-');
  const body = digits.replace(/^[+-]/, '');
  if (/^0\d*[1-9]/.test(body)) throw notALiteral;
  const value = Number(body);
  if (Number.isSafeInteger(value)) return negative ? 0 - value : value;
  return negative ? -BigInt(body) : BigInt(body);
}
