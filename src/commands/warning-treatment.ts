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
  const leftAlone = options.args?.[handlesAll] === true ? unchecked : neverRaised;
  const isRaisedByDbt = (event: string | null): boolean => event !== null && !leftAlone.has(event);
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

/** The project's flag that has --warn-error raise warnings which dbt merely tells, too. */
const handlesAll = 'require_all_warnings_handled_by_warn_error';

/** dbt checks the keys of YAML for BigQuery, Databricks, Redshift and Snowflake only. */
const unchecked: ReadonlySet<string> = new Set([
  'CustomKeyInConfigDeprecation',
  'CustomKeyInObjectDeprecation',
  'CustomTopLevelKeyDeprecation',
  'MissingPlusPrefixDeprecation',
  'PropertyMovedToConfigDeprecation',
  'SourceOverrideDeprecation',
]);

/**
 * Warnings that dbt's own --warn-error leaves alone: a project that passes under it passes under ours, whatever else
 * we warn of.
 */
const neverRaised: ReadonlySet<string> = new Set([
  ...unchecked,
  'FreshnessConfigProblem',
  'GetMetaKeyWarning',
  'InvalidDisabledTargetInTestNode',
  'MicrobatchModelNoEventTimeInputs',
  'Note',
  'SemanticValidationFailure',
  'SpacesInResourceNameDeprecation',
  'WarnStateTargetEqual',
]);

function namesOf(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set([value]);
  return new Set(Array.isArray(value) ? value.map(String) : []);
}
