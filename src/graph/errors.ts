import { type Diagnostic, error, type Severity, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import type { AnyNode } from '../manifest/node.ts';
import { methodNames } from './selector.ts';
import type { ContractBreach } from './state/contract-change.ts';

/** `ring` holds each node before the one that depends on it; the last one closes the ring. */
export function dependencyCycle(ring: readonly AnyNode[]): Diagnostic {
  const names = [...ring, ring[0]!].map((node) => node.unique_id);
  return error({
    code: 'dependency-cycle',
    message: `Found a cycle: ${names.join(' -> ')}`,
    hint: 'each of these nodes needs the one before it; take one of the references out',
    related: ring.map((node) => ({ message: `${node.unique_id} (${node.original_file_path})`, span: null })),
  });
}

export function unknownSelectorMethod(method: string, span: Span | null): Diagnostic {
  return error({
    code: 'selector-method-unknown',
    family: 'Runtime Error',
    message: `'${method}' is not a valid method name`,
    span,
    hint: didYouMean(method, methodNames) ?? `methods are ${methodNames.join(', ')}`,
  });
}

export function selectorAtWithChildren(raw: string, span: Span): Diagnostic {
  return error({
    code: 'selector-at-with-children',
    family: 'Runtime Error',
    message: `Invalid node spec ${raw}: the '@' prefix and the '+' suffix are incompatible`,
    span,
    hint: "'@' selects all descendants already; leave the '+' out",
  });
}

/** A value outside the method's list: `test_type:nope`. */
export function invalidSelectorValue(
  raw: string,
  method: string,
  value: string,
  allowed: readonly string[],
): Diagnostic {
  return error({
    code: 'selector-value-invalid',
    family: 'Runtime Error',
    message: `Invalid ${method} selector '${value}' in '${raw}'`,
    hint: didYouMean(value, allowed) ?? `expected one of: ${allowed.join(', ')}`,
  });
}

/** A dotted name of too many parts: `source:a.b.c.d`. */
export function invalidSelectorName(
  raw: string,
  method: string,
  value: string,
  forms: readonly string[],
): Diagnostic {
  return error({
    code: 'selector-name-invalid',
    family: 'Runtime Error',
    message: `Invalid ${method} selector value '${value}' in '${raw}'`,
    hint: `write ${forms.map((form) => `${method}:${form}`).join(' or ')}`,
  });
}

/** `needs` names what the method compares with, as the user knows it. */
export function selectionStateMissing(raw: string, method: string, needs: string): Diagnostic {
  return error({
    code: 'selection-state-missing',
    family: 'Runtime Error',
    message: `The '${method}' selector method in '${raw}' needs ${needs} to compare with`,
    hint: 'name the folder of its artifacts: --state path/to/target',
  });
}

export function invalidStateValue(value: string, known: readonly string[]): Diagnostic {
  return invalidSelectorValue(`state:${value}`, 'state', value, known);
}

/** Whoever reads a model relies on its contract. Event of dbt, for a model without versions: UnversionedBreakingChange. */
export function contractBroken(
  { name, original_file_path: path }: Pick<AnyNode, 'name' | 'original_file_path'>,
  { phrases, data }: ContractBreach,
  severity: Severity,
): Diagnostic {
  const fields = {
    code: 'contract-broken',
    message: `the contract of '${name}' (${path}) breaks with that of the former run: ${phrases.join('; ')}`,
  };
  return severity === 'error'
    ? error({ ...fields, hint: 'make a new version of the model, and leave this one as it is' })
    : warning({
        ...fields,
        event: 'UnversionedBreakingChange',
        data: { ...noBreach, ...data, breaking_changes: phrases, model_name: name, model_file_path: path },
        hint: 'a new version would leave readers the old one',
      });
}

const noBreach = {
  contract_enforced_disabled: false,
  columns_removed: [],
  column_type_changes: [],
  enforced_column_constraint_removed: [],
  enforced_model_constraint_removed: [],
  materialization_changed: [],
};

const seedReasons = {
  SeedIncreased: 'and was smaller before: it has changed',
  SeedExceedsLimitSamePath: 'and lies where it lay: it is taken to be the same',
  SeedExceedsLimitAndPathChanged: 'and lay elsewhere before: it is taken to be changed',
} as const;

export function seedNotCompared(
  { name, package_name }: Pick<AnyNode, 'name' | 'package_name'>,
  event: keyof typeof seedReasons,
): Diagnostic {
  return warning({
    code: 'seed-not-compared',
    message: `seed '${name}' is larger than 1 MiB, so that its rows are not compared, ${seedReasons[event]}`,
    event,
    data: { package_name, name },
  });
}

/** Event of dbt: NoNodesForSelectionCriteria. */
export function criterionUnmatched(spec: string, nearest: string | null): Diagnostic {
  return warning({
    code: 'selection-criterion-unmatched',
    family: 'Runtime Error',
    message: `The selection criterion '${spec}' does not match any enabled nodes`,
    hint: nearest === null ? null : `did you mean '${nearest}'?`,
    event: 'NoNodesForSelectionCriteria',
    data: { spec_raw: spec },
  });
}

/** `at` says where in the definition: `union[1].exclude`. */
export function invalidSelectorDefinition(
  name: string,
  at: string,
  problem: string,
  span: Span | null,
  hint: string | null = null,
): Diagnostic {
  const place = at === '' ? '' : ` at ${at}`;
  return error({
    code: 'selector-definition-invalid',
    family: 'Runtime Error',
    message: `selectors.yml: selector '${name}'${place}: ${problem}`,
    span,
    hint,
  });
}

export function selectorNotFound(name: string, known: Iterable<string>): Diagnostic {
  const names = [...known];
  return error({
    code: 'selector-not-found',
    family: 'Runtime Error',
    message: `Could not find selector named ${name}`,
    hint:
      didYouMean(name, names) ??
      (names.length === 0 ? 'no selectors are defined in selectors.yml' : `defined are ${names.join(', ')}`),
  });
}

export function severalDefaultSelectors(first: string, second: string, span: Span | null): Diagnostic {
  return error({
    code: 'selector-default-ambiguous',
    family: 'Runtime Error',
    message: `selectors.yml: both '${first}' and '${second}' have 'default: true'`,
    span,
    hint: 'one selector can be the default',
  });
}
