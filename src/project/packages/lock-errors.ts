import { type Diagnostic, type DiagnosticFields, error, warning } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';

const family = 'Runtime Error';

const failure = (fields: DiagnosticFields): Diagnostic => error({ family, ...fields });
const caution = (fields: DiagnosticFields): Diagnostic => warning({ family, ...fields });

export function lockScrubbed(url: string): Diagnostic {
  return caution({
    code: 'package-url-scrubbed',
    message: `a secret is written out in ${url}; the lock gets it masked, and cannot be installed from`,
    hint: "write {{ env_var('DBT_ENV_SECRET_...') }} in its place",
    event: 'DepsScrubbedPackageName',
    data: { package_name: url },
  });
}

export function packageChanged(
  label: string,
  what: 'archive' | 'content',
  locked: string,
  now: string,
): Diagnostic {
  return failure({
    code: 'package-changed',
    message: `the ${what} of ${label} is not what it was when it was locked`,
    related: [
      { message: `locked: sha256 ${locked}`, span: null },
      { message: `now:    sha256 ${now}`, span: null },
    ],
    hint: 'find out who changed it. To accept it, delete its entry in sluice-lock.yml and run deps again',
  });
}

export function archiveRepacked(label: string, locked: string, now: string): Diagnostic {
  return caution({
    code: 'package-repacked',
    message: `the archive of ${label} was packed anew, with the same content`,
    related: [
      { message: `locked: sha256 ${locked}`, span: null },
      { message: `now:    sha256 ${now}`, span: null },
    ],
  });
}

export function tagMoved(
  span: Span | null,
  label: string,
  tag: string,
  locked: string,
  now: string,
): Diagnostic {
  return failure({
    code: 'package-tag-moved',
    message: `the tag '${tag}' of ${label} names another commit than it did when it was locked`,
    span,
    related: [
      { message: `locked: ${locked}`, span: null },
      { message: `now:    ${now}`, span: null },
    ],
    hint: 'tags do not move by themselves. To accept it, delete its entry in sluice-lock.yml and run deps again',
  });
}

export function lockInvalid(span: Span | null, file: string): Diagnostic {
  return failure({
    code: 'package-lock-invalid',
    message: `${file} is no lock that deps wrote`,
    span,
    hint: `delete it, and run deps again`,
  });
}

export function offlineUnlocked(file: string): Diagnostic {
  return failure({
    code: 'deps-offline',
    message: `without the network packages are installed as they are locked, and package-lock.yml is not made from this ${file}`,
    hint: 'run `sluice deps` once with the network',
  });
}

export function offlineMissing(span: Span | null, label: string): Diagnostic {
  return failure({
    code: 'deps-offline',
    message: `the package ${label} is neither installed as it is locked nor kept from an earlier installation`,
    span,
    hint: 'run `sluice deps` once with the network',
  });
}

export function installPathRefused(path: string, why: string): Diagnostic {
  return failure({
    code: 'packages-install-path',
    message: `packages-install-path is '${path}', and ${why}; everything in it would be deleted`,
    hint: 'name a folder that holds nothing else; dbt_packages is the usual one',
  });
}

export function installFailed(path: string, reason: string): Diagnostic {
  return failure({ code: 'packages-not-written', message: `cannot write ${path}: ${reason}` });
}

export function installRunning(path: string): Diagnostic {
  return failure({
    code: 'deps-running',
    message: `another 'deps' is installing packages`,
    hint: `wait for it; if there is none, delete ${path}`,
  });
}

export function shortSecret(name: string): Diagnostic {
  return caution({
    code: 'secret-too-short',
    message: `the secret ${name} has fewer than four characters, and is not masked where it shows up in other text`,
  });
}
