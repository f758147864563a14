import { makeFloat } from '../../jinja/values.ts';
import { PlainScalarError } from './plain-error.ts';
import { readTimestamp } from './timestamp.ts';

const words = new Map<string, boolean | null>();
for (const word of ['yes', 'true', 'on']) spell(word, true);
for (const word of ['no', 'false', 'off']) spell(word, false);
spell('null', null);

/** YAML 1.1 knows three spellings of each word; `yEs` is text. */
function spell(word: string, value: boolean | null): void {
  words.set(word, value);
  words.set(word.toUpperCase(), value);
  words.set(word[0]!.toUpperCase() + word.slice(1), value);
}

const text = 0;
const word = 1;
const numeral = 2;
const sign = 3;

/** What a plain scalar may be by its first character; PyYAML looks no further either. */
const kinds = new Uint8Array(128);
for (const character of 'yYnNtTfFoO') kinds[character.charCodeAt(0)] = word;
for (const character of '0123456789+-.') kinds[character.charCodeAt(0)] = numeral;
for (const character of '~<=') kinds[character.charCodeAt(0)] = sign;

/**
 * The value of a plain (unquoted, untagged) scalar as PyYAML's safe loader gives it: text, boolean, null, number,
 * bigint beyond 2^53, PyFloat for a float with an integral value, and dates as the text that Python prints for
 * them. Throws PlainScalarError where PyYAML fails.
 */
export function resolvePlain(source: string): unknown {
  if (source.length === 0) return null;
  const first = source.charCodeAt(0);
  switch (first < 128 ? kinds[first] : text) {
    case word: {
      if (source.length > 5) return source;
      const value = words.get(source);
      return value === undefined ? source : value;
    }
    case numeral:
      return resolveNumeral(source, first);
    case sign:
      if (source === '~') return null;
      if (source === '=' || source === '<<') throw new PlainScalarError(`a plain '${source}' is no value`);
      return source;
    default:
      return source;
  }
}

const integer =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function resolveNumeral(source: string, first: number): unknown {
  if (float.test(source)) return floatOf(source);
  if (integer.test(source)) return integerOf(source);
  return first >= 48 && first <= 57 ? readTimestamp(source) : source;
}

/** `!!int` text to its value; throws PlainScalarError where Python's conversion fails. */
export function integerOf(source: string): number | bigint {
  const { negative, digits } = unsigned(source);
  const value = digits.includes(':') ? sexagesimal(digits) : BigInt(prefixed(digits));
  const signed = negative ? -value : value;
  const small = Number(signed);
  return Number.isSafeInteger(small) ? small : signed;
}

function prefixed(digits: string): string {
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (!/^(?:0b[01]+|0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+)$/.test(literal)) {
    throw new PlainScalarError(`'${digits}' is no integer`);
  }
  return literal;
}

function sexagesimal(digits: string): bigint {
  return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
}

/** `!!float` text to its value. */
export function floatOf(source: string): unknown {
  const { negative, digits } = unsigned(source.toLowerCase());
  const value = unsignedFloat(digits);
  if (Number.isNaN(value) && digits !== '.nan') throw new PlainScalarError(`'${source}' is no number`);
  return makeFloat(negative ? -value : value);
}

function unsignedFloat(digits: string): number {
  if (digits === '.inf') return Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  if (!digits.includes(':')) return digits === '' ? Number.NaN : Number(digits);
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function unsigned(source: string): { negative: boolean; digits: string } {
  const bare = source.replaceAll('_', '');
  const first = bare[0];
  return { negative: first === '-', digits: first === '-' || first === '+' ? bare.slice(1) : bare };
}

/** `!!bool` text; undefined where it is none. */
export function booleanOf(source: string): boolean | undefined {
  const value = words.get(source.toLowerCase());
  return value === null ? undefined : value;
}
