import type { MacroRegistry } from '../context/macro-registry.ts';
import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';

export function projectNameMissing(): Diagnostic {
  return error({
    code: 'project-name-missing',
    family: 'Usage Error',
    message: 'the new project needs a name',
    hint: 'sluice init my_project',
  });
}

export function projectNameInvalid(name: string): Diagnostic {
  return error({
    code: 'project-name-invalid',
    family: 'Usage Error',
    message: `'${name}' cannot be the name of a project`,
    hint: 'use letters, digits and underscores, and begin with a letter or an underscore',
  });
}

export function projectNameReserved(name: string): Diagnostic {
  return error({
    code: 'project-name-reserved',
    family: 'Usage Error',
    message: `'${name}' cannot be the name of a project: templates use it for something else`,
  });
}

export function folderExists(path: string): Diagnostic {
  return error({
    code: 'folder-exists',
    family: 'Usage Error',
    message: `the folder '${path}' exists already; nothing was written`,
    hint: 'choose another name, or remove the folder first',
  });
}

export function cannotWrite(path: string, reason: string): Diagnostic {
  return error({
    code: 'cannot-write',
    family: 'Runtime Error',
    message: `cannot write '${path}': ${reason}`,
  });
}

/** The warehouse, or a macro of the project, did not give the catalog. */
export const catalogFailed = (failure: Diagnostic): Diagnostic => ({
  ...failure,
  severity: 'warning',
  event: 'CatalogGenerationError',
  data: { exc: failure.message },
});

export function cleanOutsideProject(path: string): Diagnostic {
  return error({
    code: 'clean-outside-project',
    family: 'Runtime Error',
    message: `clean-targets names '${path}', which is not inside the project; nothing was removed`,
    hint: 'take it out of clean-targets in dbt_project.yml, or remove it by hand',
  });
}

export function packageHooks(packages: readonly string[], count: number): Diagnostic {
  const hooks = count === 1 ? 'a hook' : `${count} hooks`;
  return warning({
    code: 'package-hooks',
    family: 'Runtime Error',
    message: `${hooks} of installed packages run before or after all nodes: ${packages.join(', ')}`,
    hint: 'on-run-start and on-run-end of their dbt_project.yml have what they do',
  });
}

/** `current` is the folder that packages are installed to. */
export function oldPackagesFolder(current: string): Diagnostic {
  return warning({
    code: 'clean-old-packages',
    family: 'Runtime Error',
    message: `clean-targets names 'dbt_modules', where packages were installed once, and not '${current}'`,
    hint: `put '${current}' in its place`,
    event: 'PackageInstallPathDeprecation',
  });
}

export function cleanSourcePath(path: string): Diagnostic {
  return error({
    code: 'clean-source-path',
    family: 'Runtime Error',
    message: `clean-targets names '${path}', which holds the project's own files; nothing was removed`,
    hint: 'take it out of clean-targets in dbt_project.yml',
  });
}

export function runIsLive(path: string): Diagnostic {
  return error({
    code: 'run-is-live',
    family: 'Runtime Error',
    message: `a run is writing into '${path}'; nothing was removed`,
    hint: 'wait until it has ended, or stop it first',
  });
}

export function nothingToShow(): Diagnostic {
  return error({
    code: 'show-selection',
    family: 'Runtime Error',
    message: 'show needs to know what to show',
    hint: "name a node with --select, or give a query with --inline 'select ...'",
  });
}

export function cannotPreview(name: string, why: string): Diagnostic {
  return error({
    code: 'cannot-preview',
    family: 'Runtime Error',
    message: `cannot preview '${name}': ${why}`,
  });
}

export function profileReadable(path: string): Diagnostic {
  return warning({
    code: 'profile-readable',
    family: 'Runtime Error',
    message: `${path} holds a password, and others may read the file`,
    hint: `chmod 600 ${path}, or take the password from a variable: "{{ env_var('DBT_ENV_SECRET_...') }}"`,
  });
}

export function eventTimeInvalid(problem: string): Diagnostic {
  return error({
    code: 'event-time-invalid',
    family: 'Usage Error',
    message: problem,
    hint: '--event-time-start 2024-01-01 --event-time-end "2024-01-02 12:00:00", in UTC',
  });
}

export function sampleInvalid(given: string): Diagnostic {
  return error({
    code: 'sample-invalid',
    family: 'Usage Error',
    message: `'${given}' is no window of time for --sample`,
    hint: "--sample '3 days' (or hours, months, years), or --sample '{start: 2024-01-01, end: 2024-01-04}'",
  });
}

export function macroNameMissing(): Diagnostic {
  return error({
    code: 'macro-name-missing',
    family: 'Usage Error',
    message: 'run-operation needs the name of a macro',
    hint: "sluice run-operation my_macro --args '{name: value}'",
  });
}

/** dbt's words for a macro that no package has, or not the one that was named. */
export function macroUnknown(packageName: string | null, name: string, registry: MacroRegistry): Diagnostic {
  const where = packageName === null ? 'any package' : `the "${packageName}" package`;
  const known = packageName === null ? [...registry.packages, 'dbt'] : [packageName];
  const names = known.flatMap((one) => [...registry.namesIn(one)]);
  const hint =
    packageName === null || registry.hasPackage(packageName)
      ? didYouMean(name, names)
      : (didYouMean(packageName, registry.packages) ?? `there is no package '${packageName}'`);
  return error({
    code: 'macro-not-found',
    message: `dbt could not find a macro with the name "${name}" in ${where}`,
    hint,
  });
}

export function freshnessOutput(path: string): Diagnostic {
  return warning({
    code: 'freshness-output',
    message: `--output ${path}: a place of its own for sources.json is deprecated by dbt`,
    hint: 'selections by source_status: look into the target folder; --target-path moves all artifacts',
    event: 'CustomOutputPathInSourceFreshnessDeprecation',
    data: { path },
  });
}

export function freshnessHooksNotRun(): Diagnostic {
  return warning({
    code: 'freshness-hooks-not-run',
    message: 'the hooks on-run-start and on-run-end of the project do not run with source freshness',
    hint: 'take source_freshness_run_project_hooks: false out of the flags; a hook may look at flags.WHICH',
    event: 'SourceFreshnessProjectHooksNotRun',
  });
}

export function interruptedEarly(command: string): Diagnostic {
  return error({
    code: 'run-interrupted',
    family: 'Runtime Error',
    message: `'${command}' was interrupted before it had anything to show for it`,
  });
}
