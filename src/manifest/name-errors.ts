import { type Diagnostic, error, type RelatedPlace, warning } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';

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

export function duplicateDocs(name: string, packageName: string, span: Span, other: Span): Diagnostic {
  return error({
    code: 'duplicate-docs',
    message: `package '${packageName}' has two docs blocks named '${name}'`,
    span,
    hint: 'rename or remove one of them',
    related: [also('the other one', other)],
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

/** `ref(name)` would mean either of them. */
export function versionedAndNot(name: string, unversioned: string, span: Span, versioned: Span): Diagnostic {
  return error({
    code: 'versioned-and-unversioned',
    message: `'${name}' is a model with versions and, without one, ${unversioned}`,
    span,
    hint: 'rename this one, or list it under versions:',
    related: [also('the one with versions', versioned)],
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
