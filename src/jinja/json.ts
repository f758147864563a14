import { mappingEntries } from './mapping.ts';
import { floatRepr, intRepr, isFloat, isNumber, toNumber } from './numbers.ts';
import { compare } from './operations.ts';
import { raise } from './py-error.ts';
import { str } from './text.ts';
import { hostTypeOf, isText, textOf, typeName, type Value } from './values.ts';

export interface JsonOptions {
  /** Spaces per level; null for one line. */
  readonly indent?: number | null;
  /** Keys in order; a TypeError where they have none. */
  readonly sortKeys?: boolean;
}

/** What Python's `json.dumps` writes: ASCII, `, ` and `: ` as separators. */
export function toJson(value: Value, options: JsonOptions = {}): string {
  return write(value, { indent: options.indent ?? null, sortKeys: options.sortKeys ?? false }, '', []);
}

function write(
  value: Value,
  options: Required<JsonOptions>,
  margin: string,
  within: readonly Value[],
): string {
  const simple = writeSimple(value);
  if (simple !== null) return simple;
  if (within.includes(value)) raise('ValueError', 'Circular reference detected');
  const inner = options.indent === null ? '' : margin + ' '.repeat(options.indent);
  const inside = [...within, value];
  const wrap = (open: string, parts: readonly string[], close: string): string => {
    if (parts.length === 0) return open + close;
    if (options.indent === null) return open + parts.join(', ') + close;
    return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
  };
  if (Array.isArray(value)) {
    return wrap(
      '[',
      value.map((item) => write(item, options, inner, inside)),
      ']',
    );
  }
  const entries = mappingEntries(value);
  if (entries !== null) {
    if (options.sortKeys) entries.sort(([left], [right]) => (compare('<', left, right) ? -1 : 1));
    const parts = entries.map(([key, item]) => `${writeKey(key)}: ${write(item, options, inner, inside)}`);
    return wrap('{', parts, '}');
  }
  const host = hostTypeOf(value);
  if (host?.toJson !== undefined) return write(host.toJson(value), options, margin, inside);
  const name = typeName(value).split('.').at(-1);
  return raise('TypeError', `Object of type ${name} is not JSON serializable`);
}

function writeSimple(value: Value): string | null {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (isText(value)) return quote(textOf(value));
  if (!isNumber(value)) return null;
  return isFloat(value) ? writeFloat(toNumber(value)) : intRepr(value as number | bigint);
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

function writeKey(key: Value): string {
  if (isText(key)) return quote(textOf(key));
  if (key === null || typeof key === 'boolean') return `"${String(key)}"`;
  if (isNumber(key)) return `"${isFloat(key) ? writeFloat(toNumber(key)) : str(key)}"`;
  return raise('TypeError', `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

/** A JSON string in ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
