import { type Diagnostic, error } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';

const parsing = { family: 'Parsing Error' } as const;

export function fixtureNotFound(
  name: string,
  label: string,
  span: Span,
  known: Iterable<string>,
): Diagnostic {
  return error({
    ...parsing,
    code: 'fixture-not-found',
    message: `File not found for fixture '${name}' of ${label}`,
    span,
    hint: didYouMean(name, known) ?? 'fixtures are files under tests/fixtures, named without their ending',
  });
}

export function fixtureTwice(name: string, path: string, otherPath: string): Diagnostic {
  return error({
    ...parsing,
    code: 'duplicate-fixture',
    message: `two fixtures are named '${name}': ${otherPath} and ${path}`,
    hint: 'names of fixtures are unique within a package; the folder does not count',
  });
}

export function rowsMismatch(label: string, kind: string, format: string, span: Span): Diagnostic {
  const wanted =
    format === 'dict'
      ? "'rows' must be a list of mappings"
      : "'rows' must be a text, or 'fixture' name a file";
  return error({
    ...parsing,
    code: 'unit-test-rows',
    message: `${label} has ${kind} rows which do not match format ${format}: ${wanted}`,
    span,
  });
}

export function seedOfInputMissing(label: string, input: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-rows',
    message: `${label} gives no rows for the input ${input}, which is no seed of its package`,
    span,
    hint: 'add rows: or fixture:; only the rows of a seed may be left out',
  });
}

export function testedModelNotFound(
  label: string,
  model: string,
  packageName: string,
  span: Span,
  known: Iterable<string>,
): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-model',
    message: `Unable to find model '${packageName}.${model}' for ${label}`,
    span,
    hint: didYouMean(model, known),
  });
}

export function incrementalOverrideMissing(label: string, model: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-incremental',
    message: `Boolean override for 'is_incremental' must be provided for ${label}: the model '${model}' calls it`,
    span,
    hint: 'add overrides: macros: is_incremental: true (or false)',
  });
}

export function thisInputMissing(label: string, model: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-incremental',
    message: `${label} for the incremental model '${model}' must have a 'this' input`,
    span,
  });
}

export function versionsOfUnversioned(label: string, model: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-versions',
    message: `${label} should not include or exclude versions: the model '${model}' has none`,
    span,
  });
}

export function versionNotFound(label: string, model: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'unit-test-versions',
    message: `${label} referenced a version of '${model}' which was not found`,
    span,
  });
}
