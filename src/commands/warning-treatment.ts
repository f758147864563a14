import { isDeprecation } from '../core/deprecation.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { ProjectOptions } from './options.ts';

/** What becomes of a warning. */
export type Treatment = 'error' | 'warn' | 'silence';

/**
 * Which warnings are errors, and which are not told. `warnErrorOptions` decides about what it names: by name of the
 * event or by our code, then `Deprecations` as a group, then `all`; where a warning is named twice, `silence` wins
 * over `warn`, and that over `error`. Else `warnError` makes errors of everything that dbt itself would, and `strict`
 * of everything.
 */
export function treatmentOf(
  options: ProjectOptions,
): (warning: Pick<Diagnostic, 'event' | 'code'>) => Treatment {
  const {
    error = [],
    include = error,
    warn = [],
    exclude = warn,
    silence = [],
  } = options.warnErrorOptions ?? {};
  const lists = [
    ['silence', namesOf(silence)],
    ['warn', namesOf(exclude)],
    ['error', namesOf(include)],
  ] as const;
  const named = (...names: readonly string[]): Treatment | undefined =>
    lists.find(([, list]) => names.some((name) => list.has(name)))?.[0];
  return ({ event, code }) => {
    const name = event ?? code;
    if (options.warnError === true && isRaisedByDbt(event)) return 'error';
    const decided =
      named(name, code) ??
      (isDeprecation(name) ? named('Deprecations') : undefined) ??
      (isRaisedByDbt(event) ? named('all', '*') : undefined);
    return decided ?? (options.strict === true && !harmless.has(name) ? 'error' : 'warn');
  };
}

/** Warnings of what the user asked for or says himself: no form that dbt merely tolerates. */
const harmless: ReadonlySet<string> = new Set([
  'NoNodesForSelectionCriteria',
  'JinjaLogWarning',
  'LogTestResult',
]);

/**
 * Warnings of dbt's that its own --warn-error leaves alone: it checks the keys of YAML for BigQuery, Databricks,
 * Redshift and Snowflake only, of freshness it only tells, and the last two are never raised.
 */
const leftAlone: ReadonlySet<string> = new Set([
  'CustomKeyInConfigDeprecation',
  'CustomKeyInObjectDeprecation',
  'CustomTopLevelKeyDeprecation',
  'FreshnessConfigProblem',
  'MissingPlusPrefixDeprecation',
  'PropertyMovedToConfigDeprecation',
  'SourceOverrideDeprecation',
  'MicrobatchModelNoEventTimeInputs',
  'SemanticValidationFailure',
]);

/** A project that passes under dbt's --warn-error passes under ours, whatever else we warn of. */
const isRaisedByDbt = (event: string | null): boolean => event !== null && !leftAlone.has(event);

function namesOf(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set([value]);
  return new Set(Array.isArray(value) ? value.map(String) : []);
}
