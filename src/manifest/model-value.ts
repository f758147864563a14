import type { AdapterFacts } from '../adapter/facts.ts';
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

/** The same as its own templates see it: types of columns in the warehouse's words, unless the contract says otherwise. */
export function modelOf(node: AnyNode, { typeLabels }: Pick<AdapterFacts, 'typeLabels'>): PlainRecord {
  const record = modelRecord(node);
  const { contract, columns } = record;
  if (node.resource_type === 'seed' || !isRecord(contract) || contract['alias_types'] !== true) return record;
  return isRecord(columns) ? { ...record, columns: mapRecord(columns, typedBy(typeLabels)) } : record;
}

const typedBy =
  (labels: AdapterFacts['typeLabels']) =>
  (column: unknown): unknown => {
    const type = isRecord(column) ? column['data_type'] : undefined;
    const label = typeof type === 'string' ? type.toUpperCase() : '';
    return Object.hasOwn(labels, label) ? { ...(column as PlainRecord), data_type: labels[label] } : column;
  };

const mapRecord = (record: PlainRecord, change: (value: unknown) => unknown): PlainRecord =>
  Object.fromEntries(Object.entries(record).map(([name, one]) => [name, change(one)]));

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
  columns: (value) => (isRecord(value) ? mapRecord(value, column) : value),
};

const withoutNulls = (record: PlainRecord): PlainRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
