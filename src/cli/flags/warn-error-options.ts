import type { Diagnostic } from '../../core/diagnostic.ts';
import { bothSpellings, unknownWarning, warnWithoutError, wrongValue } from '../errors.ts';
import { dbtEvents } from '../log/dbt-events.ts';
import type { SettingValue } from './settings.ts';

const everything: readonly unknown[] = ['all', '*'];
const group = 'Deprecations';

/** What is wrong with the names that `warn_error_options` hold, by dbt's rules; our own codes are names too. */
export function wrongWarnErrorOptions(value: SettingValue | undefined): readonly Diagnostic[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [];
  const { error, include, warn, exclude, silence } = value as Readonly<Record<string, unknown>>;
  if (isGiven(error) && isGiven(include)) return [bothSpellings('error', 'include')];
  if (isGiven(warn) && isGiven(exclude)) return [bothSpellings('warn', 'exclude')];
  const raised = error ?? include ?? [];
  const excepted = namesOf(warn ?? exclude);
  if (typeof raised === 'string' && !everything.includes(raised)) {
    return [wrongValue('warn_error_options', raised, "'all' or a list of names where it is 'error'")];
  }
  const out = [...namesOf(raised), ...excepted, ...namesOf(silence)].filter((name) => !isWarning(name));
  const grouped = [...namesOf(raised), ...namesOf(silence)].includes(group);
  return [
    ...out.map((name) => unknownWarning(name, [group, ...Object.keys(dbtEvents)])),
    ...(excepted.length > 0 && !everything.includes(raised) && !grouped ? [warnWithoutError()] : []),
  ];
}

const isWarning = (name: string): boolean =>
  name === group || Object.hasOwn(dbtEvents, name) || /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);

/** Null and an empty list name nothing. */
const isGiven = (value: unknown): boolean => namesOf(value).length > 0;

function namesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return everything.includes(value) ? [] : [value];
  return Array.isArray(value) ? value.map(String) : [];
}
