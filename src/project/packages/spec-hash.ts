import { createHash } from 'node:crypto';
import { toJson } from '../../jinja/json.ts';
import { PyDict, type Value } from '../../jinja/values.ts';
import { isMapping, mappingEntries } from '../yaml/mapping.ts';
import type { SealedTexts } from './sealed-text.ts';
import type { PackageSpec } from './spec.ts';

/**
 * dbt's `sha1_hash` of the packages that a project names: it says whether a lock was made for them. Each entry as JSON
 * with its keys in order, the lines sorted.
 */
export function specHash(specs: readonly Pick<PackageSpec, 'hashed'>[], texts: SealedTexts): string {
  const lines = specs.map(({ hashed }) => toJson(revealed(hashed, texts), { sortKeys: true }));
  return createHash('sha1').update(lines.sort().join('\n')).digest('hex');
}

function revealed(value: unknown, texts: SealedTexts): Value {
  if (typeof value === 'string') return texts.reveal(value);
  if (Array.isArray(value)) return value.map((item) => revealed(item, texts));
  if (!isMapping(value)) return value as Value;
  return PyDict.fromEntries(
    mappingEntries(value).map(([key, item]) => [key as Value, revealed(item, texts)]),
  );
}
