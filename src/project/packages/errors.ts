import { type Diagnostic, type DiagnosticFields, error } from '../../core/diagnostic.ts';
import { didYouMean, didYouMeanKey } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';

// dbt calls what goes wrong with packages a `Runtime Error`, its dependency errors included.
const family = 'Runtime Error';

const failure = (fields: DiagnosticFields): Diagnostic => error({ family, ...fields });

/** Who asked for a package, for messages: `shop > finance`, or one entry's place. */
export interface Wish {
  readonly text: string;
  readonly wantedBy: readonly string[];
  readonly span: Span | null;
}

/** One wish of the project itself is the entry that is shown anyway. */
const wishes = (list: readonly Wish[]) =>
  list.length === 1 && list[0]?.wantedBy.length === 1
    ? []
    : list.map(({ text, wantedBy, span }) => ({ message: `${wantedBy.join(' > ')} wants ${text}`, span }));

export function packageRestricted(label: string, span: Span | null): Diagnostic {
  return failure({
    code: 'restricted-package',
    message: `--restricted: the package ${label} does not come from the hub`,
    span,
    hint: 'for projects that are not trusted, nothing but the hub is asked',
  });
}

/** `keys` are those of the entry, where it is a mapping. */
export function packageEntryInvalid(
  span: Span | null,
  file: string,
  kinds: readonly string[],
  keys: readonly string[] = [],
): Diagnostic {
  const near = kinds.map((kind) => didYouMeanKey(kind, keys)).find((hint) => hint !== null);
  return failure({
    code: 'packages-entry-invalid',
    message: `each entry of 'packages' in ${file} is a mapping with one of ${kinds.join(', ')}`,
    span,
    hint: near ?? null,
  });
}

export function packageKeyUnknown(
  span: Span | null,
  file: string,
  kind: string,
  key: string,
  known: readonly string[],
): Diagnostic {
  return failure({
    code: 'packages-key-unknown',
    message: `a '${kind}' entry of ${file} has no key '${key}'`,
    span,
    hint: didYouMean(key, known) ?? `it has ${known.join(', ')}`,
  });
}

export function packageKeyMissing(span: Span | null, file: string, name: string, key: string): Diagnostic {
  return failure({
    code: 'package-key-missing',
    message: `${name} in ${file} has no ${key}`,
    span,
    hint: key === 'version' ? 'packages of the hub need one, as in version: [">=1.0.0", "<2.0.0"]' : null,
  });
}

export function packageKeyType(span: Span | null, name: string, key: string, expected: string): Diagnostic {
  return failure({
    code: 'package-key-type',
    message: `'${key}' of the package ${name} must be ${expected}`,
    span,
  });
}

export function packageNamespaceMissing(span: Span | null, name: string): Diagnostic {
  return failure({
    code: 'package-name-invalid',
    message: `'${name}' is no package of the hub: their names have a namespace`,
    span,
    hint: 'as in dbt-labs/dbt_utils',
  });
}

export function packageVersionInvalid(span: Span | null, name: string, text: string | null): Diagnostic {
  return failure({
    code: 'package-version-invalid',
    message: `"${text ?? 'this'}" is not a valid semantic version, for the package ${name}`,
    span,
    hint: 'give all three numbers, and a range as a list: [">=1.0.0", "<2.0.0"]',
  });
}

export function privatePackage(span: Span | null, name: string): Diagnostic {
  return failure({
    code: 'package-private',
    message: `the private package ${name} needs dbt's platform, which knows where it is`,
    span,
    hint: "name its repository: git: 'https://...', with a token from a DBT_ENV_SECRET_ variable, or over ssh",
  });
}

export function packageFolderInvalid(span: Span | null, name: string, label: string): Diagnostic {
  return failure({
    code: 'package-name-invalid',
    message: `the package ${label} calls itself '${name}', which cannot be the name of its folder`,
    span,
    hint: 'a name is made of letters, digits, _, - and .',
  });
}

export function hubVersionMissing(
  name: string,
  wanted: readonly Wish[],
  installable: readonly string[],
  hidden: number,
): Diagnostic {
  const offered = installable.length === 0 ? 'none' : installable.slice(-8).join(', ');
  return failure({
    code: 'package-version-not-found',
    message: `Could not find a matching compatible version for package ${name}; there is ${offered}`,
    span: wanted[0]?.span ?? null,
    related: wishes(wanted),
    hint:
      hidden === 0
        ? null
        : `${hidden} more need another version of dbt, or are pre-releases: --no-version-check and install_prerelease let them in`,
  });
}

export function versionsConflict(name: string, wanted: readonly Wish[]): Diagnostic {
  return failure({
    code: 'package-version-conflict',
    message: `Version error for package ${name}: no version is what all of them want`,
    span: wanted[0]?.span ?? null,
    related: wishes(wanted),
  });
}

export function revisionsConflict(name: string, wanted: readonly Wish[]): Diagnostic {
  return failure({
    code: 'package-revision-conflict',
    message: `git dependencies should contain exactly one version, and ${name} is wanted at several`,
    span: wanted[0]?.span ?? null,
    related: wishes(wanted),
  });
}

export function packageKindsConflict(name: string, wanted: readonly Wish[]): Diagnostic {
  return failure({
    code: 'package-kinds-conflict',
    message: `${name} is wanted from different kinds of places`,
    span: wanted[0]?.span ?? null,
    related: wishes(wanted),
  });
}

export function packageCycle(span: Span | null, names: readonly string[]): Diagnostic {
  return failure({
    code: 'package-cycle',
    message: `the packages need each other in a circle: ${names.join(' -> ')}`,
    span,
    hint: 'take one of the entries out of its packages.yml',
  });
}

export function projectTwice(name: string, wanted: readonly Wish[]): Diagnostic {
  return failure({
    code: 'package-name-twice',
    message: `Found duplicate project "${name}": two packages have that name`,
    span: wanted[1]?.span ?? wanted[0]?.span ?? null,
    related: wishes(wanted),
    hint: 'a name may occur once in a project',
  });
}

export function packageNamedAsRoot(name: string, wanted: readonly Wish[]): Diagnostic {
  return failure({
    code: 'package-name-twice',
    message: `Found a dependency with the same name as the root project "${name}"`,
    span: wanted[0]?.span ?? null,
    related: wishes(wanted),
    hint: 'package names must be unique in a project; rename one of them',
  });
}

export function packageProjectMissing(span: Span | null, label: string, path: string): Diagnostic {
  return failure({
    code: 'package-without-project',
    message: `No dbt_project.yml found at expected path ${path}, for the package ${label}`,
    span,
    hint: 'a package is a project: its folder has a dbt_project.yml',
  });
}

export function packageProjectUnnamed(span: Span | null, label: string): Diagnostic {
  return failure({
    code: 'project-name-missing',
    message: `the dbt_project.yml of the package ${label} has no name`,
    span,
  });
}

export function addedVersionMissing(name: string): Diagnostic {
  return error({
    code: 'package-key-missing',
    family: 'Usage Error',
    message: `--add-package ${name} names no version, which packages of the hub need`,
    hint: `for example --add-package '${name}@>=1.0.0,<2.0.0'`,
  });
}

export function addedVersionUnused(name: string): Diagnostic {
  return error({
    code: 'package-key-type',
    family: 'Usage Error',
    message: `--add-package ${name} names a version, and a local package has none`,
  });
}
