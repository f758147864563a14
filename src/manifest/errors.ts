import { type Diagnostic, error, type RelatedPlace, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import { reprText, str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';

/** A value in a message: short, as Python prints it. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? reprText(value) : value === undefined ? 'nothing' : describe(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? 'a mapping'
    : str(value as Value);
}

const also = (message: string, span: Span | null): RelatedPlace => ({ message, span });

export function configTypeMismatch(key: string, expected: string, value: unknown): Diagnostic {
  return error({
    code: 'config-type',
    family: 'Parsing Error',
    message: `config '${key}' must be ${expected}, not ${shown(value)}`,
  });
}

export function configChoice(key: string, value: unknown, choices: readonly string[]): Diagnostic {
  return error({
    code: 'config-value',
    family: 'Parsing Error',
    message: `config '${key}' cannot be ${shown(value)}: ${choices.length === 1 ? 'it is always' : 'it is one of'} ${choices.join(', ')}`,
    hint: typeof value === 'string' ? didYouMean(value, choices) : null,
  });
}

export function configRule(key: string, value: unknown, rule: string): Diagnostic {
  return error({ code: 'config-value', family: 'Parsing Error', message: `config '${key}' cannot be ${shown(value)}: ${rule}` });
}

export function duplicateMacro(name: string, packageName: string, span: Span, other: Span): Diagnostic {
  return error({
    code: 'duplicate-macro',
    message: `package '${packageName}' has two macros named '${name}'`,
    span,
    hint: 'rename or remove one of them',
    related: [also('the other one', other)],
  });
}

export function strayBlock(tag: string, span: Span): Diagnostic {
  return warning({
    code: 'unexpected-jinja-block',
    message: `a '${tag}' tag outside of every block has no effect here`,
    span,
    event: 'UnexpectedJinjaBlockDeprecation',
  });
}

export function duplicateDocs(name: string, packageName: string, span: Span, other: Span): Diagnostic {
  return error({
    code: 'duplicate-docs',
    message: `package '${packageName}' has two docs blocks named '${name}'`,
    span,
    hint: 'rename or remove one of them',
    related: [also('the other one', other)],
  });
}

export function docsWithoutName(span: Span): Diagnostic {
  return error({ code: 'docs-without-name', message: 'a docs block needs a name: {% docs name %}', span });
}

export function docNotFound(name: string, packageName: string | null, label: string, known: Iterable<string>): Diagnostic {
  const full = packageName === null ? name : `${packageName}.${name}`;
  return error({
    code: 'doc-not-found',
    message: `Documentation for '${label}' depends on doc '${full}' which was not found`,
    hint: didYouMean(name, known),
  });
}

export function duplicateResource(
  kind: string,
  name: string,
  path: string,
  otherPath: string,
  span: Span,
  other: Span,
): Diagnostic {
  return error({
    code: 'duplicate-name',
    message: `two ${kind} are named '${name}': ${otherPath} and ${path}. To fix this, rename or remove one of them`,
    span,
    hint: 'names are unique within a package; the folder does not count',
    related: [also('the other one', other)],
  });
}

export function duplicateTest(name: string, target: string, span: Span, other: Span): Diagnostic {
  return error({
    code: 'duplicate-test',
    message: `two tests named '${name}' on '${target}' are the same test`,
    span,
    hint: 'remove one, or give one a name of its own with name:',
    related: [also('the other one', other)],
  });
}

/** dbt's ambiguous alias: two nodes would be one relation. */
export function ambiguousAlias(relation: string, first: string, second: string, span: Span, other: Span): Diagnostic {
  return error({
    code: 'ambiguous-alias',
    message: `dbt found two resources with the database representation ${relation}: ${first} and ${second}`,
    span,
    hint: 'give one of them another alias, schema or database',
    related: [also('the other one', other)],
  });
}

export function duplicateName(name: string, first: string, second: string, packageName: string, span: Span): Diagnostic {
  return warning({
    code: 'duplicate-name-distinct-types',
    message: `package '${packageName}' has two resources named '${name}': ${first} and ${second}`,
    span,
    event: 'DuplicateNameDistinctNodeTypesDeprecation',
  });
}

export function refNotFound(
  label: string,
  name: string,
  version: string | number | null,
  packageName: string | null,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  const wanted = version === null ? `'${name}'` : `'${name}' with version '${version}'`;
  const inPackage = packageName === null ? '' : ` in package '${packageName}'`;
  return error({
    code: 'ref-not-found',
    message: `${capital(label)} depends on a node named ${wanted}${inPackage} which was not found`,
    span,
    hint: didYouMean(name, known),
  });
}

export function refDisabled(
  label: string,
  name: string,
  packageName: string | null,
  span: Span | null,
  where: string,
): Diagnostic {
  const inPackage = packageName === null ? '' : ` in package '${packageName}'`;
  return error({
    code: 'ref-disabled',
    message: `${capital(label)} depends on a node named '${name}'${inPackage} which is disabled`,
    span,
    hint: `enable ${where}, or remove the reference`,
  });
}

export function ambiguousRef(label: string, name: string, ids: readonly string[], span: Span | null): Diagnostic {
  return error({
    code: 'ref-ambiguous',
    message: `${capital(label)} refers to '${name}', which several packages have: ${ids.join(', ')}`,
    span,
    hint: `say which: ref('<package>', '${name}')`,
  });
}

export function sourceNotFound(label: string, name: string, span: Span | null, known: Iterable<string>): Diagnostic {
  return error({
    code: 'source-not-found',
    message: `${capital(label)} depends on a source named '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
  });
}

export function sourceDisabled(label: string, name: string, span: Span | null): Diagnostic {
  return error({
    code: 'source-disabled',
    message: `${capital(label)} depends on a source named '${name}' which is disabled`,
    span,
  });
}

export function metricNotFound(label: string, name: string, kind: 'metric' | 'function', span: Span | null): Diagnostic {
  return error({
    code: `${kind}-not-found`,
    message: `${capital(label)} depends on a ${kind} named '${name}' which was not found`,
    span,
  });
}

/** A test whose target is missing or disabled is left out, with a warning, as in dbt. */
export function testWithoutTarget(label: string, target: string, disabled: boolean, span: Span | null): Diagnostic {
  const why = disabled ? 'which is disabled' : 'which was not found';
  return warning({
    code: 'test-without-target',
    message: `${capital(label)} depends on ${target} ${why}; the test is left out`,
    span,
    event: disabled ? 'InvalidDisabledTargetInTestNode' : 'NodeNotFoundOrDisabled',
  });
}

export function privateRef(label: string, target: string, group: string | null, span: Span | null): Diagnostic {
  return error({
    code: 'ref-private',
    family: 'Parsing Error',
    message: `${capital(label)} attempted to reference node '${target}', which is not allowed because the referenced node is private to the '${group ?? ''}' group`,
    span,
    hint: 'put both in one group, or widen the access of the referenced model',
  });
}

export function protectedRef(label: string, target: string, packageName: string, span: Span | null): Diagnostic {
  return error({
    code: 'ref-protected',
    family: 'Parsing Error',
    message: `${capital(label)} attempted to reference node '${target}', which is not allowed because the referenced node is protected to the '${packageName}' package`,
    span,
  });
}

export function rootNodeFromPackage(label: string, packageName: string, target: string, span: Span | null): Diagnostic {
  return warning({
    code: 'package-depends-on-root',
    message: `${capital(label)} of package '${packageName}' depends on the root project's '${target}'`,
    span,
    event: 'PackageNodeDependsOnRootProjectNode',
  });
}

export function seedWithDependencies(label: string, span: Span): Diagnostic {
  return error({
    code: 'seed-with-dependencies',
    family: 'Parsing Error',
    message: `a hook of ${label} calls ref, source or metric, but seeds cannot depend on other nodes`,
    span,
    hint: "name the relation with {{ this }}, or move the hook to a model",
  });
}

export function snapshotIncomplete(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'snapshot-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function microbatchConfig(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'microbatch-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function unknownGroup(label: string, group: string, known: readonly string[], span: Span): Diagnostic {
  const expected = known.length === 0 ? 'the project has no groups' : `expected one of ${known.join(', ')}`;
  return error({
    code: 'unknown-group',
    family: 'Parsing Error',
    message: `Invalid group '${group}' of ${label}: ${expected}`,
    span,
    hint: didYouMean(group, known),
  });
}

export function publicEphemeral(label: string, span: Span): Diagnostic {
  return error({
    code: 'public-ephemeral',
    family: 'Parsing Error',
    message: `${label} is ephemeral and cannot have public access`,
    span,
  });
}

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
  });
}

export function wrongSection(name: string, kind: string, section: string, right: string, span: Span | null): Diagnostic {
  return warning({
    code: 'properties-wrong-section',
    message: `'${name}' is a ${kind}, but is described in the '${section}' section`,
    span,
    hint: `move it to ${right}:`,
    event: 'WrongResourceSchemaFile',
  });
}

export function duplicateProperties(kind: string, name: string, span: Span | null, otherPath: string): Diagnostic {
  return error({
    code: 'duplicate-properties',
    message: `properties of ${kind} '${name}' are given twice: here and in ${otherPath}`,
    span,
    hint: 'keep one of them',
  });
}

export function macroForPropertiesMissing(name: string, span: Span | null, known: Iterable<string>): Diagnostic {
  return warning({
    code: 'properties-without-macro',
    message: `Found patch for macro '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
    event: 'MacroNotFoundForPatch',
  });
}

export function unknownKey(where: string, key: string, span: Span | null, known: readonly string[]): Diagnostic {
  return warning({
    code: 'unknown-key',
    message: `'${key}' is not a key of ${where}`,
    span,
    hint: didYouMean(key, known) ?? 'keys of your own belong under meta:',
    event: 'CustomKeyInObjectDeprecation',
  });
}

export function unknownSection(key: string, span: Span | null, known: readonly string[]): Diagnostic {
  return warning({
    code: 'unknown-section',
    message: `'${key}' is not a section of a properties file`,
    span,
    hint: didYouMean(key, known),
    event: 'CustomTopLevelKeyDeprecation',
  });
}

export function sectionNotRead(section: string, span: Span | null): Diagnostic {
  return warning({
    code: 'section-not-read',
    message: `the '${section}' section is not read yet: what it defines is left out of the manifest`,
    span,
  });
}

export function propertyType(where: string, key: string, expected: string, value: unknown, span: Span | null): Diagnostic {
  return error({
    code: 'property-type',
    family: 'Parsing Error',
    message: `'${key}' of ${where} must be ${expected}, not ${shown(value)}`,
    span,
  });
}

export function propertyInvalid(where: string, problem: string, span: Span | null, hint: string | null = null): Diagnostic {
  return error({ code: 'property-value', family: 'Parsing Error', message: `${where}: ${problem}`, span, hint });
}

export function missingArgumentsProperty(test: string, target: string, packageName: string, span: Span | null): Diagnostic {
  return warning({
    code: 'test-arguments-at-top-level',
    message: `top-level arguments to test '${test}' on '${target}' in package '${packageName}'`,
    span,
    hint: 'nest them under arguments:',
    event: 'MissingArgumentsPropertyInGenericTestDeprecation',
  });
}

export function argumentsProperty(test: string, span: Span | null): Diagnostic {
  return warning({
    code: 'test-arguments-property',
    message: `'arguments' of test '${test}' is an argument of that name, not the test's arguments`,
    span,
    hint: 'set the flag require_generic_test_arguments_property to use it as such',
    event: 'ArgumentsPropertyInGenericTestDeprecation',
  });
}

export function propertyMovedToConfig(where: string, key: string, span: Span | null): Diagnostic {
  return warning({
    code: 'property-moved-to-config',
    message: `'${key}' of ${where} is a config`,
    span,
    hint: `nest it under config:`,
    event: 'PropertyMovedToConfigDeprecation',
  });
}

export function testInvalid(where: string, problem: string, span: Span | null): Diagnostic {
  return error({ code: 'test-definition', message: `Invalid generic test configuration of ${where}: ${problem}`, span });
}

export function testMacroMissing(name: string, where: string, span: Span | null, known: Iterable<string>): Diagnostic {
  return warning({
    code: 'test-macro-missing',
    message: `no generic test named '${name}' exists (used on ${where}); running it will fail`,
    span,
    hint: didYouMean(name, known) ?? 'check the spelling, and that its package is installed',
  });
}

export function unusedConfigPaths(paths: readonly string[], span: Span | null): Diagnostic {
  const list = paths.map((path) => `- ${path}`).join('\n');
  return warning({
    code: 'unused-config-paths',
    message: `Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\n${list}`,
    span,
    event: 'UnusedResourceConfigPath',
  });
}

export function spacesInNames(names: readonly string[], span: Span | null, strict: boolean): Diagnostic {
  const fields = {
    code: 'name-with-spaces',
    message: `names of resources cannot contain spaces: ${names.join(', ')}`,
    span,
    event: 'ResourceNamesWithSpacesDeprecation',
  };
  return strict ? error({ ...fields, family: 'Validation Error' }) : warning(fields);
}

export function deprecatedModel(name: string, date: string, span: Span): Diagnostic {
  return warning({
    code: 'model-deprecated',
    message: `Model ${name} has passed its deprecation date of ${date}. This model should be disabled or removed`,
    span,
    event: 'DeprecatedModel',
  });
}

export function deprecatedReference(label: string, target: string, date: string, past: boolean, span: Span | null): Diagnostic {
  return warning({
    code: past ? 'reference-to-deprecated-model' : 'reference-to-model-to-be-deprecated',
    message: `${capital(label)} refers to model ${target}, which ${past ? 'was deprecated' : 'is slated for deprecation'} on ${date}`,
    span,
    event: past ? 'DeprecatedReference' : 'UpcomingReferenceDeprecation',
  });
}

export function unusedSourceOverrides(names: readonly string[], span: Span | null): Diagnostic {
  return warning({
    code: 'unused-source-override',
    message: `source overrides match no source: ${names.join(', ')}`,
    span,
    event: 'UnusedTables',
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

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
