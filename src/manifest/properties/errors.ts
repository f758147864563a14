import { type Diagnostic, error, warning } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';
import type { MacroNode } from '../node.ts';
import { shown } from '../shown-value.ts';

export function nodeForPropertiesMissing(
  section: string,
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return warning({
    code: 'properties-without-node',
    message: `Did not find matching node for patch with name '${name}' in the '${section}' section`,
    span,
    hint: didYouMean(name, known),
    event: 'NoNodeForYamlKey',
    data: { patch_name: name, yaml_key: section, file_path: span?.file ?? '' },
  });
}

export function constraintsIgnored(label: string, materialized: string, span: Span | null): Diagnostic {
  return warning({
    code: 'constraints-ignored',
    message: `${label} has constraints, which ${/^[aeiou]/.test(materialized) ? 'an' : 'a'} ${materialized} cannot have: they are left out`,
    span,
    hint: "'warn_unsupported: false' on a constraint says that this is known",
    event: 'UnsupportedConstraintMaterialization',
    data: { materialized },
  });
}

export function wrongSection(
  name: string,
  kind: string,
  section: string,
  right: string,
  span: Span | null,
): Diagnostic {
  return warning({
    code: 'properties-wrong-section',
    message: `'${name}' is a ${kind}, but is described in the '${section}' section`,
    span,
    hint: `move it to ${right}:`,
    event: 'WrongResourceSchemaFile',
    data: {
      patch_name: name,
      resource_type: kind,
      plural_resource_type: right,
      yaml_key: section,
      file_path: span?.file ?? '',
    },
  });
}

export function duplicateProperties(
  kind: string,
  name: string,
  span: Span | null,
  otherPath: string,
): Diagnostic {
  return error({
    code: 'duplicate-properties',
    message: `properties of ${kind} '${name}' are given twice: here and in ${otherPath}`,
    span,
    hint: 'keep one of them',
  });
}

export function macroForPropertiesMissing(
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return warning({
    code: 'properties-without-macro',
    message: `Found patch for macro '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
    event: 'MacroNotFoundForPatch',
    data: { patch_name: name },
  });
}

export function exposureName(name: string, span: Span | null): Diagnostic {
  return warning({
    code: 'exposure-name',
    message: `the name of exposure '${name}' may hold letters, digits, underscores and hyphens only`,
    span,
    hint: 'keep the name for people under label:',
    event: 'ExposureNameDeprecation',
    data: { exposure: name },
  });
}

export function macroAnnotation(
  problem: string,
  macro: Pick<MacroNode, 'unique_id' | 'original_file_path'>,
  span: Span | null,
): Diagnostic {
  return warning({
    code: 'macro-annotation',
    message: problem,
    span,
    event: 'InvalidMacroAnnotation',
    data: { msg: problem, macro_unique_id: macro.unique_id, macro_file_path: macro.original_file_path },
  });
}

export function unknownKey(
  where: string,
  key: string,
  span: Span | null,
  known: readonly string[],
): Diagnostic {
  return warning({
    code: 'unknown-key',
    message: `'${key}' is not a key of ${where}`,
    span,
    hint: didYouMean(key, known) ?? 'keys of your own belong under meta:',
    event: 'CustomKeyInObjectDeprecation',
    data: { key, file: span?.file ?? '', key_path: where },
  });
}

export function keyNotAllowed(
  where: string,
  key: string,
  span: Span | null,
  known: readonly string[],
): Diagnostic {
  const hint = known.includes('config')
    ? 'keys of your own belong under config: meta:'
    : `it has ${known.join(', ')}`;
  return error({
    code: 'key-not-allowed',
    family: 'Parsing Error',
    message: `'${key}' is not a key of ${where}`,
    span,
    hint: didYouMean(key, known) ?? hint,
  });
}

export function unknownSection(key: string, span: Span | null, known: readonly string[]): Diagnostic {
  const message = `'${key}' is not a section of a properties file`;
  return warning({
    code: 'unknown-section',
    message,
    span,
    hint: didYouMean(key, known),
    event: 'CustomTopLevelKeyDeprecation',
    data: { msg: message, file: span?.file ?? '' },
  });
}

export function propertyType(
  where: string,
  key: string,
  expected: string,
  value: unknown,
  span: Span | null,
): Diagnostic {
  return error({
    code: 'property-type',
    family: 'Parsing Error',
    message: `'${key}' of ${where} must be ${expected}, not ${shown(value)}`,
    span,
  });
}

export function propertyInvalid(
  where: string,
  problem: string,
  span: Span | null,
  hint: string | null = null,
): Diagnostic {
  return error({
    code: 'property-value',
    family: 'Parsing Error',
    message: `${where}: ${problem}`,
    span,
    hint,
  });
}

/** Of a `data_tests:` section; dbt makes a note of it. */
export function sectionCutShort({ message, span, hint }: Diagnostic): Diagnostic {
  return warning({
    code: 'data-tests-cut-short',
    message: `${message}; from there on 'data_tests' is passed over`,
    span,
    hint,
    event: 'Note',
  });
}

export function missingArgumentsProperty(
  test: string,
  target: string,
  packageName: string,
  span: Span | null,
): Diagnostic {
  return warning({
    code: 'test-arguments-at-top-level',
    message: `top-level arguments to test '${test}' on '${target}' in package '${packageName}'`,
    span,
    hint: 'nest them under arguments:',
    event: 'MissingArgumentsPropertyInGenericTestDeprecation',
    data: {
      test_name: `\`${test}\` defined on '${target}' in package '${packageName}' (${span?.file ?? ''})`,
    },
  });
}

/** `shown` are the arguments as Python prints them. */
export function argumentsProperty(test: string, shown: string, span: Span | null): Diagnostic {
  return warning({
    code: 'test-arguments-property',
    message: `'arguments' of test '${test}' is an argument of that name, not the test's arguments`,
    span,
    hint: 'set the flag require_generic_test_arguments_property to use it as such',
    event: 'ArgumentsPropertyInGenericTestDeprecation',
    data: { test_name: `\`${test}\` (${shown})` },
  });
}

export function propertyMovedToConfig(where: string, key: string, span: Span | null): Diagnostic {
  return warning({
    code: 'property-moved-to-config',
    message: `'${key}' of ${where} is a config`,
    span,
    hint: `nest it under config:`,
    event: 'PropertyMovedToConfigDeprecation',
    data: { key, file: span?.file ?? '', key_path: where },
  });
}

export function testInvalid(where: string, problem: string, span: Span | null): Diagnostic {
  return error({
    code: 'test-definition',
    message: `Invalid generic test configuration of ${where}: ${problem}`,
    span,
  });
}

export function testMacroMissing(
  name: string,
  where: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return warning({
    code: 'test-macro-missing',
    message: `no generic test named '${name}' exists (used on ${where}); running it will fail`,
    span,
    hint: didYouMean(name, known) ?? 'check the spelling, and that its package is installed',
  });
}

export function sourceOverride(name: string, span: Span | null): Diagnostic {
  return warning({
    code: 'source-override',
    message: `'overrides' of source '${name}' is deprecated`,
    span,
    hint: "disable the package's source, and define your own",
    event: 'SourceOverrideDeprecation',
    data: { source_name: name, file: span?.file ?? '' },
  });
}

export function unusedSourceOverrides(names: readonly string[], span: Span | null): Diagnostic {
  return warning({
    code: 'unused-source-override',
    message: `source overrides match no source:\n${names.join('\n')}`,
    span,
    event: 'UnusedTables',
    data: { unused_tables: names },
  });
}

export function severalDisabled(kind: string, name: string, count: number, span: Span | null): Diagnostic {
  return error({
    code: 'several-disabled-nodes',
    family: 'Parsing Error',
    message: `Found ${count} matching disabled nodes for ${kind} '${name}'; properties cannot enable one of them`,
    span,
    hint: 'enable it in dbt_project.yml or in its own file',
  });
}

/** dbt's words. */
export function loadedAtMissing(source: string, span: Span): Diagnostic {
  return warning({
    code: 'loaded-at-missing',
    message: `The configured adapter does not support metadata-based freshness. A loaded_at_field must be specified for source '${source}'.`,
    span,
    event: 'FreshnessConfigProblem',
  });
}
