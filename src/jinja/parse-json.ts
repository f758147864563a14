import { makeInt } from './numbers.ts';
import { raise } from './py-error.ts';
import { makeFloat, PyDict, type Value } from './values.ts';

/**
 * What Python's `json.loads` reads: dicts keep the order of their keys (JavaScript's parser moves keys like "1" to
 * the front), ints keep all their digits, floats stay floats, NaN and Infinity are read. A JSONDecodeError names
 * the place as Python does.
 */
export function parseJson(text: string): Value {
  const reader = new Reader(text);
  const value = reader.value();
  reader.finish();
  return value;
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON text may not hold them unescaped
const stringPattern = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const wordPattern = /-?[A-Za-z]+/y;
const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const deepest = 1000;

class Reader {
  readonly #text: string;
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Value {
    this.#skipSpace();
    switch (this.#text[this.#index]) {
      case '{':
        return this.#nested(() => this.#dict());
      case '[':
        return this.#nested(() => this.#list());
      case '"':
        return this.#string();
      default:
        return this.#number() ?? this.#word();
    }
  }

  finish(): void {
    this.#skipSpace();
    if (this.#index < this.#text.length) this.#fail('Extra data');
  }

  #nested(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > deepest) raise('RecursionError', 'JSON is nested too deeply');
    this.#index += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #dict(): Value {
    const out = new PyDict();
    this.#skipSpace();
    if (this.#take('}')) return out;
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#index] !== '"') this.#fail('Expecting property name enclosed in double quotes');
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) this.#fail("Expecting ':' delimiter");
      out.set(key, this.value());
      this.#skipSpace();
      if (this.#take('}')) return out;
      if (!this.#take(',')) this.#fail("Expecting ',' delimiter");
    }
  }

  #list(): Value {
    const out: Value[] = [];
    this.#skipSpace();
    if (this.#take(']')) return out;
    for (;;) {
      out.push(this.value());
      this.#skipSpace();
      if (this.#take(']')) return out;
      if (!this.#take(',')) this.#fail("Expecting ',' delimiter");
    }
  }

  #string(): string {
    const found = this.#match(stringPattern);
    if (found === null) this.#fail('Unterminated string starting at');
    return JSON.parse(found) as string;
  }

  #number(): Value | null {
    numberPattern.lastIndex = this.#index;
    const match = numberPattern.exec(this.#text);
    if (match === null) return null;
    this.#index += match[0].length;
    return match[1] === undefined && match[2] === undefined
      ? makeInt(BigInt(match[0]))
      : makeFloat(Number(match[0]));
  }

  #word(): Value {
    wordPattern.lastIndex = this.#index;
    const found = wordPattern.exec(this.#text)?.[0];
    const value = found === undefined ? undefined : words.get(found);
    if (value === undefined) this.#fail('Expecting value');
    this.#index += found!.length;
    return value;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#index += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.#text[this.#index] !== character) return false;
    this.#index += 1;
    return true;
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text[this.#index] ?? 'x')) this.#index += 1;
  }

  #fail(message: string): never {
    const before = this.#text.slice(0, this.#index);
    const line = before.split('\n').length;
    const column = this.#index - before.lastIndexOf('\n');
    raise('JSONDecodeError', `${message}: line ${line} column ${column} (char ${this.#index})`);
  }
}
