import { PyFloat } from '../../jinja/values.ts';
import { isOperator, splitAt } from './groups.ts';
import type { PyToken } from './tokens.ts';

/** An expression that has to be run to know its value. */
export class NotLiteral extends Error {}

const words: Readonly<Record<string, unknown>> = { None: null, True: true, False: false };

/**
 * The value of an expression that is written out: texts, numbers, truth values, None, and lists, tuples (as lists)
 * and mappings of these. Throws NotLiteral for anything else.
 */
export function literalValue(tokens: readonly PyToken[]): unknown {
  const [first] = tokens;
  if (first === undefined) throw new NotLiteral();
  if (tokens.every(({ kind }) => kind === 'text')) return tokens.map(textValue).join('');
  if (isOperator(first, '-') || isOperator(first, '+'))
    return signed(first.text, literalValue(tokens.slice(1)));
  if (isOperator(first, '(')) return groupValue(tokens, ')');
  if (isOperator(first, '[')) return splitAt(within(tokens, ']'), ',').map(literalValue);
  if (isOperator(first, '{')) return mappingValue(within(tokens, '}'));
  if (tokens.length > 1) throw new NotLiteral();
  if (first.kind === 'number') return numberValue(first.text);
  if (first.kind === 'name' && Object.hasOwn(words, first.text)) return words[first.text];
  throw new NotLiteral();
}

function within(tokens: readonly PyToken[], close: string): readonly PyToken[] {
  if (!isOperator(tokens.at(-1), close)) throw new NotLiteral();
  return tokens.slice(1, -1);
}

/** Brackets around one value are that value; with a comma they are a tuple. */
function groupValue(tokens: readonly PyToken[], close: string): unknown {
  const inner = within(tokens, close);
  const items = splitAt(inner, ',');
  const isTuple = items.length !== 1 || isOperator(inner.at(-1), ',');
  return isTuple ? items.map(literalValue) : literalValue(items[0]!);
}

function mappingValue(inner: readonly PyToken[]): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const entry of splitAt(inner, ',')) {
    const [key, value, ...others] = splitAt(entry, ':');
    if (key === undefined || value === undefined || others.length > 0) throw new NotLiteral();
    out[String(literalValue(key))] = literalValue(value);
  }
  return out;
}

function signed(sign: string, value: unknown): unknown {
  if (value instanceof PyFloat) return sign === '-' ? new PyFloat(-value.value) : value;
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new NotLiteral();
  return sign === '-' ? -value : value;
}

function numberValue(written: string): unknown {
  if (/j$/i.test(written)) throw new NotLiteral();
  const digits = written.replaceAll('_', '');
  if (/^0[xob]/i.test(digits) || /^\d+$/.test(digits)) {
    const value = BigInt(digits);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }
  const value = Number(digits);
  return Number.isInteger(value) ? new PyFloat(value) : value;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function textValue({ text, prefix }: PyToken): string {
  if (/[bf]/.test(prefix)) throw new NotLiteral();
  if (prefix.includes('r')) return text;
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs,
    (whole, hex?: string, short?: string, long?: string, octal?: string, letter = '') => {
      const code = hex ?? short ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return escapes[letter] ?? whole;
    },
  );
}
