import { isRecord, listOf, type PlainRecord } from '../record.ts';
import { configTypeMismatch } from '../errors.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { type Field, fieldsByName, type MergeRule } from './fields.ts';

/** Configuration values in the making. */
export type ConfigValues = Record<string, unknown>;

/**
 * `base` with the values of a more specific place laid over it by each key's rule. Neither argument is changed.
 * Throws a diagnostic where a rule needs a mapping and got something else.
 */
export function mergeConfig(base: PlainRecord, over: PlainRecord, fields: readonly Field[]): ConfigValues {
  const byName = fieldsByName(fields);
  const out: ConfigValues = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const name = hookKeys[key] ?? key;
    out[name] = mergeValue(byName.get(name)?.rule ?? 'replace', name, out[name], value);
  }
  return out;
}

const hookKeys: Readonly<Record<string, string>> = { pre_hook: 'pre-hook', post_hook: 'post-hook' };

function mergeValue(rule: MergeRule, key: string, before: unknown, value: unknown): unknown {
  if (rule === 'replace' || before === undefined) return value;
  if (rule === 'append') return [...listOf(before), ...listOf(value)];
  if (!isRecord(value)) throw new DiagnosticError(configTypeMismatch(key, 'a mapping', value));
  if (rule === 'update') return { ...(before as PlainRecord), ...value };
  return mergeGrants(before as PlainRecord, value);
}

/** Grants of a privilege replace those given before, unless its name is written with a plus. */
function mergeGrants(before: PlainRecord, value: PlainRecord): PlainRecord {
  const out: ConfigValues = {};
  for (const [key, grantees] of Object.entries(before)) out[key] = listOf(grantees);
  for (const [key, grantees] of Object.entries(value)) {
    const name = key.replace(/^\++/, '');
    const adds = key !== name && Object.hasOwn(out, name);
    out[name] = adds ? [...listOf(out[name]), ...listOf(grantees)] : listOf(grantees);
  }
  return out;
}

const appended = new Set(['pre-hook', 'pre_hook', 'post-hook', 'post_hook', 'tags', 'packages']);
const updated = new Set(['quoting', 'column_types', 'meta', 'docs', 'contract']);

/**
 * Adds one `config(...)` call of a file to the calls before it. The first call is taken as written; later ones
 * append to lists and update mappings, whatever the resource type is. Grants keep their plus signs.
 */
export function addConfigCall(calls: ConfigValues, call: PlainRecord): void {
  const first = Object.keys(calls).length === 0;
  for (const [key, value] of Object.entries(call)) calls[key] = first ? value : joinCall(key, calls[key], value);
}

function joinCall(key: string, before: unknown, value: unknown): unknown {
  if (appended.has(key)) return before === undefined ? listOf(value) : [...listOf(before), ...listOf(value)];
  const mapping = updated.has(key) || key === 'grants' || key === 'snapshot_meta_column_names';
  if (!mapping) return value;
  if (!isRecord(value)) throw new DiagnosticError(configTypeMismatch(key, 'a mapping', value));
  if (key === 'grants') return joinGrants(isRecord(before) ? before : {}, value);
  return isRecord(before) ? { ...before, ...value } : value;
}

function joinGrants(before: PlainRecord, value: PlainRecord): PlainRecord {
  const out: ConfigValues = {};
  for (const [key, grantees] of Object.entries(before)) out[key] = listOf(grantees);
  for (const [key, grantees] of Object.entries(value)) {
    const adds = key.startsWith('+') && Object.hasOwn(out, key);
    out[key] = adds ? [...listOf(out[key]), ...listOf(grantees)] : listOf(grantees);
  }
  return out;
}
