import { configFields } from './config/fields.ts';
import type { AnyNode } from './node.ts';
import { isRecord, type PlainRecord } from './record.ts';

/**
 * A node as its templates see it as `model`: keys that nothing was given for are absent there (`model.version` is
 * undefined, not None), in the parts that dbt has classes for. What users write (`meta`, arguments of tests) is kept.
 */
export function modelRecord(node: Pick<AnyNode, 'resource_type'>): PlainRecord {
  const out = { ...withoutNulls(node as unknown as PlainRecord) };
  for (const [key, change] of Object.entries(parts)) {
    if (Object.hasOwn(out, key)) out[key] = change(out[key], node.resource_type);
  }
  return out;
}

type Part = (value: unknown, type: AnyNode['resource_type']) => unknown;

const part: Part = (value) => (isRecord(value) ? withoutNulls(value) : value);
const each: Part = (value) => (Array.isArray(value) ? value.map(part as (one: unknown) => unknown) : value);

const config: Part = (value, type) => {
  if (!isRecord(value)) return value;
  const known = new Set(configFields(type).map((field) => field.name));
  const given = Object.entries(value).filter(([key, one]) => one !== null || !known.has(key));
  const out: Record<string, unknown> = Object.fromEntries(given);
  for (const key of ['docs', 'contract']) out[key] = part(out[key], type);
  for (const key of ['pre-hook', 'post-hook']) if (Object.hasOwn(out, key)) out[key] = each(out[key], type);
  return out;
};

const column = (value: unknown): unknown => {
  if (!isRecord(value)) return value;
  const out: Record<string, unknown> = { ...withoutNulls(value) };
  out['config'] = part(out['config'], 'model');
  out['constraints'] = each(out['constraints'], 'model');
  return out;
};

const parts: Readonly<Record<string, Part>> = {
  config,
  docs: part,
  contract: part,
  test_metadata: part,
  refs: each,
  constraints: each,
  columns: (value) =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, column(one)]))
      : value,
};

const withoutNulls = (record: PlainRecord): PlainRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
