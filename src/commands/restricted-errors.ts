import { type Diagnostic, type DiagnosticFields, error } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';

const refusal = (fields: DiagnosticFields): Diagnostic =>
  error({ ...fields, family: 'Runtime Error', message: `--restricted: ${fields.message}` });

export function restrictedCommand(command: string): Diagnostic {
  return refusal({
    code: 'restricted-command',
    message: `'${command}' is not for projects that are not trusted`,
  });
}

/** `what` is the hook and whose it is. */
export function restrictedHook(what: string, span: Span | null): Diagnostic {
  return refusal({ code: 'restricted-hook', message: `${what} would run, and hooks may not`, span });
}

export function restrictedMaterialization(name: string, span: Span | null): Diagnostic {
  return refusal({
    code: 'restricted-materialization',
    message: `the materialization '${name}' is a program of the project, and those may not run`,
    span,
  });
}

export function restrictedExternal(node: string, span: Span | null): Diagnostic {
  return refusal({
    code: 'restricted-external',
    message: `${node} is written to a file, outside of the warehouse`,
    span,
    hint: 'models of a project that is not trusted must be tables or views',
  });
}

export function restrictedSource(source: string, location: string, span: Span | null): Diagnostic {
  return refusal({
    code: 'restricted-source',
    message: `the source ${source} is read from ${location}, outside of the warehouse`,
    span,
    hint: 'sources of a project that is not trusted must be tables',
  });
}

/** `setting` names what leads there: a key of dbt_project.yml, a package, a folder. */
export function restrictedPath(setting: string, path: string, span: Span | null = null): Diagnostic {
  return refusal({
    code: 'restricted-path',
    message: `${setting} leads to ${path}, outside of the project`,
    span,
  });
}

export function restrictedProfile(directory: string): Diagnostic {
  return refusal({
    code: 'restricted-profile',
    message: `the profile in ${directory} is part of what is not trusted, and says more than the path of a database file in the project`,
    hint: 'name a folder of your own with --profiles-dir, such as one of the branch that is merged into',
  });
}

/** `profile:` of the project would choose one of them. */
export function restrictedChoice(directory: string, names: readonly string[]): Diagnostic {
  return refusal({
    code: 'restricted-profile',
    message: `the project would choose among the profiles in ${directory}: ${names.join(', ')}`,
    hint: 'name the one that it may use with --profile',
  });
}
