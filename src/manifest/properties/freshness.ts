import { isRecord, type PlainRecord } from '../record.ts';

/** A limit of age; both null where none is set. */
interface Time {
  readonly count: unknown;
  readonly period: unknown;
}

export interface Freshness {
  readonly warn_after: Time | null;
  readonly error_after: Time | null;
  readonly filter: unknown;
}

const noTime: Time = { count: null, period: null };

/** A freshness mapping with every key it may have; null says that none is wanted, and stays. */
export function sourceFreshness(value: unknown): Freshness | null {
  if (value === null) return null;
  const given: PlainRecord = isRecord(value) ? value : {};
  return {
    warn_after: timeOf(given, 'warn_after'),
    error_after: timeOf(given, 'error_after'),
    filter: given['filter'] ?? null,
  };
}

function timeOf(given: PlainRecord, key: string): Time | null {
  if (!Object.hasOwn(given, key)) return noTime;
  const value = given[key];
  return isRecord(value) ? { count: value['count'] ?? null, period: value['period'] ?? null } : null;
}

const isSet = (time: Time | null): time is Time =>
  time !== null && time.count !== null && time.period !== null;

/** Whether there is a limit at all. */
export function hasFreshness(freshness: Freshness | null): freshness is Freshness {
  return freshness !== null && (isSet(freshness.warn_after) || isSet(freshness.error_after));
}

/**
 * What a table's freshness is, from the general (its source) to the specific (its own config). Each is a threshold,
 * or null where the file says null; a null switches everything before it off.
 */
export function mergeFreshness(thresholds: readonly (Freshness | null)[]): Freshness | null {
  const [first = null, ...others] = thresholds;
  let merged = first;
  for (const next of others) {
    if (merged !== null && next !== null) {
      merged = {
        warn_after: mergeTime(merged.warn_after, next.warn_after),
        error_after: mergeTime(merged.error_after, next.error_after),
        filter: next.filter ?? merged.filter,
      };
    } else merged = merged === null && hasFreshness(next) ? next : null;
  }
  return merged;
}

function mergeTime(before: Time | null, next: Time | null): Time | null {
  if (isSet(before) && isSet(next)) return next;
  if (next === null) return null;
  return isSet(next) ? next : (before ?? next);
}
