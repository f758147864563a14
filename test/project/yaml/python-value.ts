import { PyDict, PyFloat } from '../../../src/jinja/values.ts';

/**
 * Data in a form that keeps Python's types apart: `{ i }` an int, `{ f }` a float by its number, `{ m }` a dict by
 * its entries in order. `cases.json` holds PyYAML's answers in it.
 */
export function pythonValue(value: unknown): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { i: String(value) };
  if (value instanceof PyFloat) return { f: String(value.value) };
  if (typeof value === 'number') return Number.isInteger(value) ? { i: String(value) } : { f: String(value) };
  if (Array.isArray(value)) return value.map(pythonValue);
  const entries = value instanceof PyDict ? value.entries() : Object.entries(value as object);
  return { m: entries.map(([key, item]) => [pythonValue(key), pythonValue(item)]) };
}

/** Python's spelling of a float to the one above: `1.0` is `1`, `inf` is `Infinity`. */
export function normalOracle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalOracle);
  if (typeof value !== 'object' || value === null) return value;
  const { f, m } = value as { f?: string; m?: unknown };
  if (m !== undefined) return { m: normalOracle(m) };
  if (f === undefined) return value;
  return { f: String(Number(f.replace('inf', 'Infinity'))) };
}
