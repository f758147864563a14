import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import type { ModelNode } from './node.ts';
import type { Referrer } from './resolve-refs.ts';

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

/** What is defined in YAML and called by its name. */
export type DefinedKind = 'source' | 'metric' | 'function';

const missing = {
  source: { code: 'source-not-found' },
  metric: { code: 'metric-not-found' },
  function: { code: 'function-not-found' },
} as const;

const disabled = {
  source: { code: 'source-disabled' },
  metric: { code: 'metric-disabled' },
  function: { code: 'function-disabled' },
} as const;

export function definedNotFound(
  kind: DefinedKind,
  label: string,
  name: string,
  span: Span | null,
  known: Iterable<string>,
): Diagnostic {
  return error({
    ...missing[kind],
    message: `${capital(label)} depends on a ${kind} named '${name}' which was not found`,
    span,
    hint: didYouMean(name, known),
  });
}

export function definedDisabled(
  kind: DefinedKind,
  label: string,
  name: string,
  span: Span | null,
): Diagnostic {
  return error({
    ...disabled[kind],
    message: `${capital(label)} depends on a ${kind} named '${name}' which is disabled`,
    span,
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
