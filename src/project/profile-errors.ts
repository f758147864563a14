import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';

const family = 'Runtime Error';

/** `known` are the profiles of the file; null where there is no file at `path`. */
export function profileNotFound(
  span: Span | null,
  name: string,
  path: string,
  known: readonly string[] | null,
): Diagnostic {
  const message = `Could not find profile named '${name}'`;
  if (known === null) {
    return error({
      code: 'profile-not-found',
      family,
      message: `${message}: there is no file ${path}`,
      span,
      hint: 'write it, give --profiles-dir, or name no profile to run on a DuckDB file beside the project',
    });
  }
  return error({
    code: 'profile-not-found',
    family,
    message: `${message} in ${path}`,
    span,
    hint: didYouMean(name, known) ?? listing('profiles there', known),
  });
}

export function profilesFileEmpty(path: string): Diagnostic {
  return error({ code: 'profiles-empty', family, message: `${path} is empty` });
}

export function profileInvalid(span: Span, message: string): Diagnostic {
  return error({ code: 'profile-invalid', family, message, span });
}

export function targetNotFound(
  span: Span | null,
  profile: string,
  target: string,
  known: readonly string[],
): Diagnostic {
  return error({
    code: 'target-not-found',
    family,
    message: `The profile '${profile}' does not have a target named '${target}'`,
    span,
    hint: didYouMean(target, known) ?? listing('its targets', known),
  });
}

export function targetWithoutProfile(target: string): Diagnostic {
  return error({
    code: 'target-without-profile',
    family,
    message: `there is no target '${target}': the project names no profile`,
    hint: "name one with 'profile:' in dbt_project.yml or --profile; without, the target is 'dev'",
  });
}

export function adapterUnknown(span: Span, type: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'adapter-unknown',
    family,
    message: `there is no adapter of type '${type}'`,
    span,
    hint: didYouMean(type, known) ?? listing('adapters', known),
  });
}

export function adapterTypeMissing(
  span: Span,
  profile: string,
  target: string,
  known: readonly string[],
): Diagnostic {
  return error({
    code: 'adapter-type-missing',
    family,
    message: `target '${target}' of profile '${profile}' has no 'type'`,
    span,
    hint: listing('adapters', known),
  });
}

export function threadsInvalid(span: Span | null, shown: string): Diagnostic {
  return error({
    code: 'threads-invalid',
    family,
    message: `'threads' must be an integer of at least 1, not ${shown}`,
    span,
    hint: "of a template, an integer is made by the filter: {{ env_var('THREADS') | as_number }}",
  });
}

/** `config:` of profiles.yml is where flags stood once. */
export function flagsMoved(span: Span): Diagnostic {
  return warning({
    code: 'profiles-config-moved',
    family,
    message: "'config' in profiles.yml is deprecated",
    span,
    hint: "move it to 'flags' in dbt_project.yml",
    event: 'ProjectFlagsMovedDeprecation',
  });
}

export function flagsTwice(span: Span): Diagnostic {
  return error({
    code: 'project-flags-twice',
    family,
    message: "flags stand in both 'config' of profiles.yml and 'flags' of dbt_project.yml",
    span,
    hint: 'keep those of dbt_project.yml',
  });
}

const listing = (what: string, names: readonly string[]): string =>
  names.length === 0 ? `${what}: none` : `${what}: ${[...names].sort().join(', ')}`;
