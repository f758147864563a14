import type { ResourceType } from '../node.ts';
import { modelFreshness, sourceFreshness } from '../properties/freshness.ts';
import { isRecord, type PlainRecord } from '../record.ts';
import { configFields, type Field } from './fields.ts';
import { hooksOf } from './hooks.ts';
import type { ConfigValues, Report } from './merge.ts';

/**
 * Merged values in their published form: the keys of the resource type in order, then unknown ones; hooks as
 * statements, mappings with their own defaults, `store_failures` and `store_failures_as` in agreement.
 */
export function settleConfigValues(
  merged: PlainRecord,
  type: ResourceType | 'group',
  report: Report,
): ConfigValues {
  const out: ConfigValues = {};
  const fields = configFields(type);
  for (const { name, type: valueType, fallback } of fields) {
    const value = Object.hasOwn(merged, name) ? merged[name] : fallback;
    out[name] = valueType === 'hooks' ? hooksOf(name, value ?? [], report) : value;
  }
  for (const [key, value] of Object.entries(merged)) {
    if (!Object.hasOwn(out, key) && key !== 'pre-hook' && key !== 'post-hook') out[key] = value;
  }
  for (const key of ['docs', 'contract', 'snapshot_meta_column_names']) {
    const value = out[key];
    const fallback = fields.find((field) => field.name === key)?.fallback;
    if (isRecord(value) && isRecord(fallback)) out[key] = { ...fallback, ...value };
  }
  if (type === 'snapshot')
    out['snapshot_meta_column_names'] = knownKeys(out['snapshot_meta_column_names'], fields);
  if (type === 'test') settleStoreFailures(out);
  if (type === 'source') out['freshness'] = sourceFreshness(out['freshness']);
  if (type === 'model') out['freshness'] = modelFreshness(out['freshness']);
  if (typeof out['static_analysis'] === 'boolean')
    out['static_analysis'] = out['static_analysis'] ? 'on' : 'off';
  return out;
}

/** Columns that dbt adds are known; another key is dropped, as in dbt. */
function knownKeys(names: unknown, fields: readonly Field[]): unknown {
  const known = fields.find(({ name }) => name === 'snapshot_meta_column_names')?.fallback;
  if (!isRecord(names) || !isRecord(known)) return names;
  return Object.fromEntries(Object.entries(names).filter(([key]) => Object.hasOwn(known, key)));
}

const storing: Readonly<Record<string, boolean>> = { ephemeral: false, table: true, view: true };

/** `store_failures_as` wins wherever it is set; else it follows `store_failures`. */
function settleStoreFailures(values: ConfigValues): void {
  const { store_failures: stores, store_failures_as: as } = values;
  if (as === null || as === undefined) {
    values['store_failures_as'] =
      stores === null || stores === undefined ? null : stores === true ? 'table' : 'ephemeral';
  } else values['store_failures'] = storing[String(as)] ?? true;
}
