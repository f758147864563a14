import type { ResourceType } from '../node.ts';
import { sourceFreshness } from '../properties/freshness.ts';
import { isRecord, type PlainRecord } from '../record.ts';
import { configFields } from './fields.ts';
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
    out[name] = valueType === 'hooks' ? hooksOf(value ?? [], report) : value;
  }
  for (const [key, value] of Object.entries(merged)) {
    if (!Object.hasOwn(out, key) && key !== 'pre-hook' && key !== 'post-hook') out[key] = value;
  }
  for (const key of ['docs', 'contract', 'snapshot_meta_column_names']) {
    const value = out[key];
    const fallback = fields.find((field) => field.name === key)?.fallback;
    if (isRecord(value) && isRecord(fallback)) out[key] = { ...fallback, ...value };
  }
  if (type === 'test') settleStoreFailures(out);
  if (type === 'source') out['freshness'] = sourceFreshness(out['freshness']);
  if (type === 'model') out['freshness'] = modelFreshness(out['freshness']);
  if (typeof out['static_analysis'] === 'boolean')
    out['static_analysis'] = out['static_analysis'] ? 'on' : 'off';
  return out;
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

function modelFreshness(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value['build_after'])) return null;
  const { count = null, period = null, updates_on: updatesOn = 'any', ...others } = value['build_after'];
  return { ...value, build_after: { count, period, updates_on: updatesOn, ...others } };
}
