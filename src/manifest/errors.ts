import { type Diagnostic, error, type RelatedPlace, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import type { ModelNode } from './node.ts';
import type { Referrer } from './resolve-refs.ts';

const also = (message: string, span: Span | null): RelatedPlace => ({ message, span });

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
  const message = `a '${tag}' tag outside of every block has no effect here`;
  return warning({
    code: 'unexpected-jinja-block',
    message,
    span,
    event: 'UnexpectedJinjaBlockDeprecation',
    data: { msg: message, file: span.file },
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
  return warning({
    code: 'docs-without-name',
    message: 'a docs block without a name is passed over: nothing can refer to it',
    span,
    hint: 'give it one: {% docs name %}',
  });
}

export function docNotFound(
  name: string,
  packageName: string | null,
  label: string,
  known: Iterable<string>,
): Diagnostic {
  const full = packageName === null ? name : `${packageName}.${name}`;
  return error({
    code: 'doc-not-found',
    message: `Documentation for ${label} depends on doc '${full}' which was not found`,
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
    message: `two ${kind} are named '${name}'${path === otherPath ? ` in ${path}` : `: ${otherPath} and ${path}`}. To fix this, rename or remove one of them`,
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
export function ambiguousAlias(
  relation: string,
  first: string,
  second: string,
  span: Span,
  other: Span,
): Diagnostic {
  return error({
    code: 'ambiguous-alias',
    message: `dbt found two resources with the database representation ${relation}: ${first} and ${second}`,
    span,
    hint: 'give one of them another alias, schema or database',
    related: [also('the other one', other)],
  });
}

/** Names that the warehouse does not tell apart, but dbt does. */
export function sameRelation(
  relation: string,
  first: string,
  second: string,
  span: Span,
  other: Span,
): Diagnostic {
  return warning({
    code: 'same-relation',
    message: `${first} and ${second} are one relation to the warehouse, ${relation}: each replaces the other`,
    span,
    hint: 'give one of them another alias, schema or database',
    related: [also('the other one', other)],
  });
}

export function duplicateName(
  name: string,
  first: string,
  second: string,
  packageName: string,
  span: Span,
): Diagnostic {
  return warning({
    code: 'duplicate-name-distinct-types',
    message: `package '${packageName}' has two resources named '${name}': ${first} and ${second}`,
    span,
    event: 'DuplicateNameDistinctNodeTypesDeprecation',
    data: { resource_name: name, package_name: packageName, unique_id1: first, unique_id2: second },
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

export function ambiguousRef(
  label: string,
  name: string,
  ids: readonly string[],
  span: Span | null,
): Diagnostic {
  return error({
    code: 'ref-ambiguous',
    message: `${capital(label)} refers to '${name}', which several packages have: ${ids.join(', ')}`,
    span,
    hint: `say which: ref('<package>', '${name}')`,
  });
}

export function sourceNotFound(
  label: string,
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
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

export function metricNotFound(
  label: string,
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return error({
    code: 'metric-not-found',
    message: `${capital(label)} depends on a metric named '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
  });
}

export function metricDisabled(label: string, name: string, span: Span | null): Diagnostic {
  return error({
    code: 'metric-disabled',
    message: `${capital(label)} depends on a metric named '${name}' which is disabled`,
    span,
  });
}

export function functionNotFound(
  label: string,
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return error({
    code: 'function-not-found',
    message: `${capital(label)} depends on a function named '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
  });
}

export function functionDisabled(label: string, name: string, span: Span | null): Diagnostic {
  return error({
    code: 'function-disabled',
    message: `${capital(label)} depends on a function named '${name}' which is disabled`,
    span,
  });
}

export function functionArgumentOrder(label: string, argument: string, span: Span): Diagnostic {
  return error({
    code: 'function-argument-order',
    family: 'Parsing Error',
    message: `${label}: the argument '${argument}' has no default, but stands behind one that has`,
    span,
    hint: 'arguments with a default come last',
  });
}

/** A test whose target is missing or disabled is left out, with a warning, as in dbt. */
export function testWithoutTarget(
  referrer: Pick<Referrer, 'uniqueId' | 'path' | 'label'>,
  target: { readonly kind: string; readonly name: string; readonly packageName: string | null },
  disabled: boolean,
  span: Span | null,
): Diagnostic {
  const why = disabled ? 'which is disabled' : 'which was not found';
  const data = {
    original_file_path: referrer.path,
    unique_id: referrer.uniqueId,
    resource_type_title: 'Test',
    target_name: target.name,
    target_kind: target.kind,
    target_package: target.packageName ?? '',
  };
  return warning({
    code: 'test-without-target',
    message: `${capital(referrer.label())} depends on a ${target.kind} named '${target.name}' ${why}; the test is left out`,
    span,
    ...(disabled
      ? { event: 'InvalidDisabledTargetInTestNode', data }
      : { event: 'NodeNotFoundOrDisabled', data: { ...data, disabled: 'False' } }),
  });
}

export function privateRef(
  label: string,
  target: string,
  group: string | null,
  span: Span | null,
): Diagnostic {
  return error({
    code: 'ref-private',
    family: 'Parsing Error',
    message: `${capital(label)} attempted to reference node '${target}', which is not allowed because the referenced node is private to the '${group ?? ''}' group`,
    span,
    hint: 'put both in one group, or widen the access of the referenced model',
  });
}

export function protectedRef(
  label: string,
  target: string,
  packageName: string,
  span: Span | null,
): Diagnostic {
  return error({
    code: 'ref-protected',
    family: 'Parsing Error',
    message: `${capital(label)} attempted to reference node '${target}', which is not allowed because the referenced node is protected to the '${packageName}' package`,
    span,
  });
}

export function rootNodeFromPackage(
  { name, packageName, label }: Pick<Referrer, 'name' | 'packageName' | 'label'>,
  target: Pick<ModelNode, 'name' | 'unique_id'>,
  span: Span | null,
): Diagnostic {
  return warning({
    code: 'package-depends-on-root',
    message: `${capital(label())} of package '${packageName}' depends on the root project's '${target.name}'`,
    span,
    event: 'PackageNodeDependsOnRootProjectNode',
    data: { node_name: name, package_name: packageName, root_project_unique_id: target.unique_id },
  });
}

export function seedWithDependencies(label: string, span: Span): Diagnostic {
  return error({
    code: 'seed-with-dependencies',
    family: 'Parsing Error',
    message: `a hook of ${label} calls ref, source or metric, but seeds cannot depend on other nodes`,
    span,
    hint: 'name the relation with {{ this }}, or move the hook to a model',
  });
}

export function snapshotIncomplete(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'snapshot-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function microbatchConfig(label: string, message: string, span: Span): Diagnostic {
  return error({ code: 'microbatch-config', family: 'Parsing Error', message: `${label}: ${message}`, span });
}

export function microbatchMacroOfProject(packageName: string, span: Span): Diagnostic {
  return warning({
    code: 'microbatch-macro',
    message: `package '${packageName}' has a get_incremental_microbatch_sql of its own, which is run once, not for each batch`,
    span,
    hint: 'set the flag require_batched_execution_for_custom_microbatch_strategy to have it run in batches',
    event: 'MicrobatchMacroOutsideOfBatchesDeprecation',
  });
}

export function microbatchUnfiltered(name: string, span: Span): Diagnostic {
  return warning({
    code: 'microbatch-unfiltered',
    message: `The microbatch model '${name}' has no 'ref' or 'source' input with an 'event_time' configuration: every batch reads all rows`,
    span,
    hint: 'set event_time on what it reads',
    event: 'MicrobatchModelNoEventTimeInputs',
    data: { model_name: name },
  });
}

export function batchesInTurn(count: number, adapterType: string): Diagnostic {
  const models = count === 1 ? '1 microbatch model asks' : `${count} microbatch models ask`;
  return warning({
    code: 'batches-in-turn',
    message: `${models} for 'concurrent_batches', which ${adapterType} cannot do: batches are built one after the other`,
    hint: 'leave the configuration out',
    event: 'InvalidConcurrentBatchesConfig',
    data: { num_models: count, adapter_type: adapterType },
  });
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

export function spaceInName(uniqueId: string, span: Span): Diagnostic {
  return warning({
    code: 'name-with-space',
    message: `the name of ${uniqueId} contains a space`,
    span,
    event: 'SpacesInResourceNameDeprecation',
    data: { unique_id: uniqueId, level: 'warn' },
  });
}

export function spacesInNames(names: readonly string[], span: Span | null, strict: boolean): Diagnostic {
  const fields = {
    code: 'name-with-spaces',
    message: `names of resources cannot contain spaces: ${names.join(', ')}`,
    span,
    event: 'ResourceNamesWithSpacesDeprecation',
    data: { count_invalid_names: names.length, show_debug_hint: true, level: '' },
  };
  return strict ? error({ ...fields, family: 'Runtime Error' }) : warning(fields);
}

export function deprecatedModel(model: ModelNode, date: string, span: Span): Diagnostic {
  const { name, version } = model;
  return warning({
    code: 'model-deprecated',
    message: `Model ${name} has passed its deprecation date of ${date}. This model should be disabled or removed`,
    span,
    event: 'DeprecatedModel',
    data: { model_name: name, model_version: String(version ?? ''), deprecation_date: date },
  });
}

export function deprecatedReference(
  referrer: { readonly name: string; readonly label: string },
  target: ModelNode,
  date: string,
  past: boolean,
  span: Span | null,
): Diagnostic {
  return warning({
    code: past ? 'reference-to-deprecated-model' : 'reference-to-model-to-be-deprecated',
    message: `${capital(referrer.label)} refers to model ${target.name}, which ${past ? 'was deprecated' : 'is slated for deprecation'} on ${date}`,
    span,
    event: past ? 'DeprecatedReference' : 'UpcomingReferenceDeprecation',
    data: {
      model_name: referrer.name,
      ref_model_package: target.package_name,
      ref_model_name: target.name,
      ref_model_version: String(target.version ?? ''),
      ref_model_latest_version: String(target.latest_version ?? 'None'),
      ref_model_deprecation_date: date,
    },
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
