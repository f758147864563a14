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
  return isSet(next) ? next : before;
}

const periods = ['minute', 'hour', 'day'];

/** What is wrong with a source's freshness. In `config` unknown keys are passed over, elsewhere nothing is. */
export function freshnessProblems(value: unknown, where: 'config' | 'property'): readonly string[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) return ['freshness must be a mapping'];
  const strict = where === 'property';
  return [
    ...timeProblems(value['warn_after'], 'warn_after', strict),
    ...timeProblems(value['error_after'], 'error_after', strict),
    ...strangers(value, ['warn_after', 'error_after', 'filter'], 'freshness', strict),
  ];
}

function timeProblems(value: unknown, name: string, strict: boolean): readonly string[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) return [`${name} must be a mapping with count and period`];
  const { count = null, period = null } = value;
  return [
    ...(count === null || isCount(count, strict) ? [] : [`count of ${name} must be a whole number`]),
    ...(period === null || periods.includes(period as string)
      ? []
      : [`period of ${name} must be one of ${periods.join(', ')}, not '${String(period)}'`]),
    ...strangers(value, ['count', 'period'], name, strict),
  ];
}

/** In configuration a text of digits is a number. */
const isCount = (value: unknown, strict: boolean): boolean =>
  Number.isInteger(value) || (!strict && typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value));

function strangers(value: PlainRecord, known: readonly string[], name: string, strict: boolean) {
  if (!strict) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `'${key}' is not a key of ${name}`);
}

/** What is wrong with a model's freshness: `build_after` has a count and a period, or neither. */
export function modelFreshnessProblems(value: unknown): readonly string[] {
  const after = isRecord(value) ? value['build_after'] : undefined;
  if (!isRecord(after)) return [];
  const { count = null, period = null, updates_on: updatesOn = 'any' } = after;
  const problems = [...timeProblems({ count, period }, 'build_after', false)];
  if (period !== null && count === null) problems.push('build_after must have a count where it has a period');
  if (count !== null && period === null) problems.push('build_after must have a period where it has a count');
  if (updatesOn !== 'any' && updatesOn !== 'all')
    problems.push('updates_on of build_after must be any or all');
  return problems;
}

/** A model's freshness with every key it may have; null where it says nothing. */
export function modelFreshness(value: unknown): PlainRecord | null {
  if (!isRecord(value) || !isRecord(value['build_after'])) return null;
  const { count = null, period = null, updates_on: updatesOn = 'any' } = value['build_after'];
  return {
    build_after: { count: typeof count === 'string' ? Number(count) : count, period, updates_on: updatesOn },
  };
}
