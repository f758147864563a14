import { isRecord } from '../../manifest/record.ts';

/** Whether two values are the same as JSON; a member that is missing is one that is null, as in artifacts of old versions. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [one, other] = [a ?? null, b ?? null];
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameData(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return one === other;
  return [...Object.keys(one), ...Object.keys(other)].every((key) => sameData(one[key], other[key]));
}
