import { jsonText } from '../../manifest/json-text.ts';
import { isRecord } from '../../manifest/record.ts';

/**
 * Whether a present value and one of an artifact are the same as JSON; a member that is missing is one that is null, as in
 * artifacts of old versions.
 */
export function sameData(present: unknown, former: unknown): boolean {
  if (present === former) return true;
  const [one, other] = [asRead(present ?? null), former ?? null];
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameData(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return one === other;
  return [...Object.keys(one), ...Object.keys(other)].every((key) => sameData(one[key], other[key]));
}

/** What is read of a value that JSON has another form of: Python's floats and dicts, integers of any length. */
function asRead(value: unknown): unknown {
  const isForeign = typeof value === 'object' && value !== null && !Array.isArray(value) && !isRecord(value);
  return isForeign || typeof value === 'bigint' ? (JSON.parse(jsonText(value)) as unknown) : value;
}
