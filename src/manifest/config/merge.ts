import type { Diagnostic } from '../../core/diagnostic.ts';
import { isRecord, listOf, type PlainRecord } from '../record.ts';
import { configTypeMismatch } from './errors.ts';
import { type Field, fieldsByName, type MergeRule } from './fields.ts';

/** Configuration values in the making. */
export type ConfigValues = Record<string, unknown>;

/** Told of values that make no sense, with the key that they are given to; those that cannot be merged are left out. */
export type Report = (diagnostic: Diagnostic, key: string | null) => void;

/** `base` with the values of a more specific place laid over it by each key's rule. Neither argument is changed. */
export function mergeConfig(
  base: PlainRecord,
  over: PlainRecord,
  fields: readonly Field[],
  report: Report,
): ConfigValues {
  const byName = fieldsByName(fields);
  const out: ConfigValues = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const name = hookKeys[key] ?? key;
    // Of both spellings in one place, dbt keeps the one with the underscore.
    if (hookNames.has(key) && Object.hasOwn(over, key.replace('-', '_'))) continue;
    const rule = byName.get(name)?.rule ?? 'replace';
    const needsMapping = out[name] !== undefined && (rule === 'update' || rule === 'grants');
    if (needsMapping && !isRecord(value)) report(configTypeMismatch(name, 'a mapping', value), name);
    else out[name] = mergeValue(rule, out[name], value);
  }
  return out;
}

const hookKeys: Readonly<Record<string, string>> = { pre_hook: 'pre-hook', post_hook: 'post-hook' };
const hookNames: ReadonlySet<string> = new Set(Object.values(hookKeys));

function mergeValue(rule: MergeRule, before: unknown, value: unknown): unknown {
  if (rule === 'replace' || before === undefined) return value;
  if (rule === 'append') return [...listOf(before), ...listOf(value)];
  if (rule === 'update') return { ...(before as PlainRecord), ...(value as PlainRecord) };
  return mergeGrants(before as PlainRecord, value as PlainRecord);
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
export function addConfigCall(calls: ConfigValues, call: PlainRecord, report: Report): void {
  const first = Object.keys(calls).length === 0;
  for (const [key, value] of Object.entries(call)) {
    const isMapping = updated.has(key) || key === 'grants' || key === 'snapshot_meta_column_names';
    if (first) calls[key] = value;
    else if (appended.has(key)) calls[key] = joinLists(calls[key], value);
    else if (!isMapping) calls[key] = value;
    else if (!isRecord(value)) report(configTypeMismatch(key, 'a mapping', value), key);
    else calls[key] = joinMappings(key, calls[key], value);
  }
}

function joinLists(before: unknown, value: unknown): readonly unknown[] {
  return before === undefined ? listOf(value) : [...listOf(before), ...listOf(value)];
}

function joinMappings(key: string, before: unknown, value: PlainRecord): PlainRecord {
  const known = isRecord(before) ? before : {};
  return key === 'grants' ? joinGrants(known, value) : { ...known, ...value };
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
