import { toPlain } from '../context/plain.ts';
import { parseJson } from '../jinja/parse-json.ts';
import { PyDict, PyFloat } from '../jinja/values.ts';

/**
 * What JSON makes of plain data: `plain` is read back by any reader; `numbers` holds Python floats or big integers,
 * which only `fromJsonText` reads back as they were; `opaque` holds objects that come back as something else.
 */
export type JsonKind = 'plain' | 'numbers' | 'opaque';

/**
 * JSON of plain data that may hold Python floats (`PyFloat(1)` is written as `1.0`) and big integers (all digits).
 * Values that JSON cannot say (undefined, NaN, functions) become null in lists and are left out of objects, as
 * `JSON.stringify` does.
 */
export function jsonText(value: unknown): string {
  return textOfKind(value, jsonKind(value));
}

/** The same for a caller who knows the kind already. */
export function textOfKind(value: unknown, kind: JsonKind): string {
  // `JSON.stringify` is several times faster than anything we could write: it is used wherever it would be right.
  return kind === 'plain' ? (JSON.stringify(value) ?? 'null') : carefulText(value);
}

/** Reads back what `jsonText` wrote of data that was `plain` or had `numbers`. */
export function fromJsonText(text: string, kind: JsonKind): unknown {
  return kind === 'plain' ? JSON.parse(text) : toPlain(parseJson(text));
}

export function jsonKind(value: unknown): JsonKind {
  if (typeof value === 'bigint') return 'numbers';
  if (typeof value !== 'object' || value === null) return 'plain';
  if (value instanceof PyFloat) return 'numbers';
  let kind: JsonKind = 'plain';
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item !== 'object' && typeof item !== 'bigint') continue;
      const inner = jsonKind(item);
      if (inner === 'opaque') return inner;
      if (inner === 'numbers') kind = inner;
    }
    return kind;
  }
  if (value instanceof PyDict || 'toJSON' in value) return 'opaque';
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item !== 'object' && typeof item !== 'bigint') continue;
    const inner = jsonKind(item);
    if (inner === 'opaque') return inner;
    if (inner === 'numbers') kind = inner;
  }
  return kind;
}

function carefulText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof PyFloat) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(carefulText).join(',')}]`;
  if ('toJSON' in value) return JSON.stringify(value) ?? 'null';
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
