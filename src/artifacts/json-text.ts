import { PyFloat } from '../jinja/values.ts';

/**
 * JSON of plain data that may hold Python floats (`PyFloat(1)` is written as `1.0`) and big integers (all digits).
 * Values that JSON cannot say (undefined, NaN, functions) become null in lists and are left out of objects, as
 * `JSON.stringify` does.
 */
export function jsonText(value: unknown): string {
  return needsCare(value) ? carefulText(value) : (JSON.stringify(value) ?? 'null');
}

/** `JSON.stringify` is several times faster than anything we could write: it is used wherever it would be right. */
function needsCare(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof PyFloat) return true;
  if (Array.isArray(value)) return value.some(needsCare);
  for (const key in value) if (needsCare((value as Record<string, unknown>)[key])) return true;
  return false;
}

function carefulText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof PyFloat) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(carefulText).join(',')}]`;
  if ('toJSON' in value) return JSON.stringify(value) ?? 'null';
  const members: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || typeof item === 'function') continue;
    members.push(`${JSON.stringify(key)}:${carefulText(item)}`);
  }
  return `{${members.join(',')}}`;
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
