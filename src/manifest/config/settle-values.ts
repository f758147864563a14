import type { ResourceType } from '../node.ts';
import { modelFreshness, sourceFreshness } from '../properties/freshness.ts';
import { isRecord, type PlainRecord } from '../record.ts';
import { configFields, fieldsByName } from './fields.ts';
import { hooksOf } from './hooks.ts';
import type { ConfigValues, Report } from './merge.ts';

/**
 * Merged values in their published form: hooks as statements, mappings with their own defaults, `store_failures` and
 * `store_failures_as` in agreement. `merged` has the keys of the resource type in order, then unknown ones.
 */
export function settleConfigValues(
  merged: PlainRecord,
  type: ResourceType | 'group',
  report: Report,
): ConfigValues {
  // A copy keeps its hidden class; an object that is filled key by key becomes a slow table after a dozen.
  const out: ConfigValues = { ...merged };
  const byName = fieldsByName(configFields(type));
  for (const key of ['post-hook', 'pre-hook']) {
    if (byName.has(key)) out[key] = hooksOf(key, out[key] ?? [], report);
    else delete out[key];
  }
  for (const key of ['docs', 'contract', 'snapshot_meta_column_names']) {
    const value = out[key];
    const fallback = byName.get(key)?.fallback;
    if (value !== fallback && isRecord(value) && isRecord(fallback)) out[key] = knownKeys(value, fallback);
  }
  if (type === 'test') settleStoreFailures(out);
  if (type === 'source') out['freshness'] = sourceFreshness(out['freshness']);
  if (type === 'model') out['freshness'] = modelFreshness(out['freshness']);
  if (typeof out['static_analysis'] === 'boolean')
    out['static_analysis'] = out['static_analysis'] ? 'on' : 'off';
  return out;
}

/** As in dbt, what is not given has its default, and what is not known is dropped. */
function knownKeys(value: PlainRecord, fallback: PlainRecord): PlainRecord {
  const known = Object.entries(value).filter(([key]) => Object.hasOwn(fallback, key));
  return { ...fallback, ...Object.fromEntries(known) };
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
