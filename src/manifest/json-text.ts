import { toPlain } from '../context/plain.ts';
import { jsonLoss } from '../jinja/json-loss.ts';
import { parseJson } from '../jinja/parse-json.ts';
import { PyDict, PyFloat } from '../jinja/values.ts';

/**
 * What JSON makes of plain data: `plain` is read back by any reader; `python` holds Python floats, big integers or
 * dicts, which only `fromJsonText` reads back as they were.
 */
export type JsonKind = 'plain' | 'python';

/**
 * JSON of plain data that may hold Python floats (`PyFloat(1)` is written as `1.0`) and big integers (all digits).
 * Values that JSON cannot say (undefined, NaN, functions) become null in lists and are left out of objects, as
 * `JSON.stringify` does.
 */
export function jsonText(value: unknown): string {
  return jsonOf(value).text;
}

/** The same, and how it is read back. */
export function jsonOf(value: unknown): { readonly text: string; readonly kind: JsonKind } {
  // `JSON.stringify` is several times faster than anything we could write: it is used wherever it would be right.
  const text = plainText(value);
  return text === null ? { text: carefulText(value), kind: 'python' } : { text, kind: 'plain' };
}

/** Null where something in it needs care. */
function plainText(value: unknown): string | null {
  jsonLoss.met = false;
  try {
    const text = JSON.stringify(value) ?? 'null';
    return jsonLoss.met ? null : text;
  } catch (caught) {
    // A big integer.
    if (caught instanceof TypeError) return null;
    throw caught;
  }
}

/** Reads back what `jsonText` wrote. */
export function fromJsonText(text: string, kind: JsonKind): unknown {
  return kind === 'plain' ? JSON.parse(text) : toPlain(parseJson(text));
}

function carefulText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof PyFloat) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(carefulText).join(',')}]`;
  if (!(value instanceof PyDict) && 'toJSON' in value) return JSON.stringify(value) ?? 'null';
  const members: string[] = [];
  const entries = value instanceof PyDict ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) {
    if (item === undefined || typeof item === 'function') continue;
    members.push(`${keyText(key)}:${carefulText(item)}`);
  }
  return `{${members.join(',')}}`;
}

/** Keys that are no text become one, as in Python's `json`. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : `"${carefulText(key)}"`;
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
