import { hash } from 'node:crypto';
import { repr, reprText, str } from '../jinja/text.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import type { TestMetadata } from './node.ts';
import { isMapping, isRecord, listOf, mappingEntries, type PlainRecord } from './record.ts';

/** Names of a generic test: `full` is its name and part of its unique id, `short` its alias and file. */
export interface TestNames {
  readonly full: string;
  readonly short: string;
}

const longestShortName = 63;
const identifyingLength = 30;

/**
 * The name of a generic test that was given none: type, target and every argument's values in the order of the
 * arguments' names, as Python prints them, joined by two underscores. From 64 characters on the short name is the
 * first 30 and the md5 of the full name. `kind` carries prefixes (`source_`, `dbt_utils_`); `model` is left out.
 */
export function testNames(kind: string, target: string, args: PlainRecord): TestNames {
  const parts: string[] = [];
  for (const name of sortedKeys(args)) {
    if (name === 'model') continue;
    const value = args[name];
    const values = isMapping(value) ? mappingEntries(value).map(([, one]) => one) : listOf(value);
    for (const one of values) parts.push(str(one as Value).replace(/[^0-9a-zA-Z_]+/g, '_'));
  }
  const identifier = `${kind}_${target}`;
  const full = `${identifier}_${parts.join('__')}`;
  if (full.length <= longestShortName || codePointLength(full) <= longestShortName)
    return { full, short: full };
  return { full, short: `${[...identifier].slice(0, identifyingLength).join('')}_${md5(full)}` };
}

/**
 * The last part of a generic test's unique id: ten hex digits over its name and everything that distinguishes it,
 * with keys sorted and every scalar as text.
 */
export function testHash(fullName: string, { kwargs, name, namespace }: TestMetadata): string {
  const identity = `{'kwargs': ${sortedRepr(kwargs)}, 'name': ${sortedRepr(name)}, 'namespace': ${sortedRepr(namespace)}}`;
  return md5(fullName + identity).slice(-10);
}

/** The data as Python prints it, with keys sorted and every scalar made a text first. */
function sortedRepr(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(sortedRepr).join(', ')}]`;
  if (isRecord(data)) {
    const keys = sortedKeys(data);
    return `{${keys.map((key) => `${reprText(key)}: ${sortedRepr(data[key])}`).join(', ')}}`;
  }
  if (!(data instanceof PyDict)) return reprText(str(data as Value));
  const entries = data.entries().toSorted(([a], [b]) => byCodePoint(String(a), String(b)));
  return `{${entries.map(([key, value]) => `${repr(key)}: ${sortedRepr(value)}`).join(', ')}}`;
}

/** Most tests have their few arguments in order. */
function sortedKeys(data: PlainRecord): readonly string[] {
  const keys = Object.keys(data);
  const inOrder = keys.every((key, index) => index === 0 || byCodePoint(keys[index - 1]!, key) < 0);
  return inOrder ? keys : keys.sort(byCodePoint);
}

export function md5(text: string): string {
  return hash('md5', text);
}

/** Python's order of texts, which differs from JavaScript's beyond the basic plane. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    if (a.charCodeAt(index) !== b.charCodeAt(index)) return a.codePointAt(index)! - b.codePointAt(index)!;
  }
  return a.length - b.length;
}

function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
