import { type Diagnostic, error } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';

export function packagesNotInstalled(
  specified: number,
  file: string,
  installed: number,
  installPath: string,
): Diagnostic {
  return error({
    code: 'packages-not-installed',
    message: `${specified} package(s) specified in ${file}, but only ${installed} package(s) installed in ${installPath}`,
    hint: 'run `sluice deps`, which puts them there',
  });
}

export function packageWithoutProject(directory: string): Diagnostic {
  return error({
    code: 'package-without-project',
    family: 'Runtime Error',
    message: `Failed to read package: No dbt_project.yml found in ${directory}`,
    hint: 'each folder among the installed packages is one: delete it, and install the packages again',
  });
}

export function packageNameTwice(name: string, directory: string, other: string): Diagnostic {
  return error({
    code: 'package-name-twice',
    message: `more than one package is named '${name}': ${other} and ${directory}`,
    hint: 'a name may occur once in a project; rename one of them',
  });
}

export function packagesTwice(span: Span): Diagnostic {
  return error({
    code: 'packages-twice',
    family: 'Runtime Error',
    message: "'packages' cannot stand in both packages.yml and dependencies.yml",
    span,
    hint: 'keep one of them',
  });
}

export function projectsInPackages(span: Span): Diagnostic {
  return error({
    code: 'packages-projects',
    family: 'Runtime Error',
    message: "'projects' cannot stand in packages.yml",
    span,
    hint: 'it belongs in dependencies.yml',
  });
}

export function unknownPackagesKey(span: Span, file: string, key: string): Diagnostic {
  return error({
    code: 'packages-key-unknown',
    family: 'Runtime Error',
    message: `${file} has no key '${key}'`,
    span,
    hint: didYouMean(key, ['packages']),
  });
}

export function packageSpecInvalid(span: Span, file: string, kinds: readonly string[]): Diagnostic {
  return error({
    code: 'packages-entry-invalid',
    family: 'Runtime Error',
    message: `each entry of 'packages' in ${file} is a mapping with one of ${kinds.join(', ')}`,
    span,
  });
}
