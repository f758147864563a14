import { type Diagnostic, type DiagnosticFields, error, warning } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';

const family = 'Runtime Error';

const failure = (fields: DiagnosticFields): Diagnostic => error({ family, ...fields });
const caution = (fields: DiagnosticFields): Diagnostic => warning({ family, ...fields });

export function hubPackageMissing(span: Span | null, name: string, known: readonly string[]): Diagnostic {
  return failure({
    code: 'package-not-found',
    message: `Package ${name} was not found in the package index`,
    span,
    hint: didYouMean(name, known),
  });
}

/** A request that failed for good. `reason` says how, and no secret. */
export function downloadFailed(
  span: Span | null,
  url: string,
  reason: string,
  hint: string | null,
): Diagnostic {
  return failure({ code: 'download-failed', message: `cannot get ${url}: ${reason}`, span, hint });
}

export function hubAnswerInvalid(url: string, expected: string): Diagnostic {
  return failure({
    code: 'hub-answer-invalid',
    message: `${url} does not answer as a package hub does: ${expected}`,
    hint: 'DBT_PACKAGE_HUB_URL names the hub',
  });
}

export function redirectRefused(span: Span | null, url: string, reason: string): Diagnostic {
  return failure({ code: 'download-failed', message: `${url} redirects ${reason}`, span });
}

export function packageRedirected(old: string, name: string): Diagnostic {
  return caution({
    code: 'package-redirect',
    message: `The \`${old}\` package is deprecated in favor of \`${name}\``,
    hint: `write ${name} in packages.yml`,
    event: 'PackageRedirectDeprecation',
    data: { old_name: old, new_name: name },
  });
}

export function gitUnpinned(span: Span | null, url: string, branch: string | null): Diagnostic {
  return caution({
    code: 'package-unpinned',
    message: `The git package "${url}" is ${branch === null ? 'not pinned, using HEAD (default branch)' : `pinned to the "${branch}" branch`}: it changes when the branch does`,
    span,
    hint: 'give a tag or a commit as revision, or warn-unpinned: false',
    event: 'DepsUnpinned',
    data: { revision: branch ?? 'HEAD', git: url },
  });
}

export function gitUrlRefused(span: Span | null, url: string, reason: string): Diagnostic {
  return failure({
    code: 'package-url-refused',
    message: `${url} is no address that packages are fetched from: ${reason}`,
    span,
    hint: 'use https://, ssh:// or user@host:path; git://, http://, file:// and absolute paths work too',
  });
}

export function revisionRefused(span: Span | null, revision: string, url: string): Diagnostic {
  return failure({
    code: 'package-revision-invalid',
    message: `'${revision}' cannot be a tag, a branch or a commit of ${url}`,
    span,
  });
}

export function revisionMissing(span: Span | null, revision: string, url: string): Diagnostic {
  return failure({
    code: 'package-revision-not-found',
    message: `${url} has no tag and no branch '${revision}'`,
    span,
    hint: /^[0-9a-f]{4,39}$/.test(revision) ? 'a commit is given with all of its 40 digits' : null,
  });
}

export function subdirectoryRefused(span: Span | null, subdirectory: string): Diagnostic {
  return failure({
    code: 'package-subdirectory-invalid',
    message: `the subdirectory '${subdirectory}' leads out of its repository`,
    span,
  });
}

export function subdirectoryMissing(span: Span | null, subdirectory: string, url: string): Diagnostic {
  return failure({
    code: 'package-subdirectory-not-found',
    message: `${url} has no folder '${subdirectory}'`,
    span,
  });
}

/** `said` is what git printed, masked. */
export function gitFailed(span: Span | null, url: string, said: string): Diagnostic {
  return failure({
    code: 'git-failed',
    message: `git cannot get ${url}${said === '' ? '' : `: ${said}`}`,
    span,
    hint: /could not read (?:user|pass)|authentication|denied|prompts disabled/i.test(said)
      ? 'git asks nothing here: it needs a credential helper, a key, or a token in the URL'
      : null,
  });
}

export function gitMissing(span: Span | null, reason: string): Diagnostic {
  return failure({
    code: 'git-missing',
    message: `git cannot be used: ${reason}`,
    span,
    hint: 'install git 2.31 or newer; packages of the hub need none',
  });
}

export function unencryptedSource(span: Span | null, url: string): Diagnostic {
  return caution({
    code: 'package-unencrypted',
    message: `${url} is fetched over a connection that anyone on the way can change`,
    span,
    hint: 'use https:// or ssh://',
  });
}

export function localOfRemote(span: Span | null, path: string, wantedBy: readonly string[]): Diagnostic {
  return caution({
    code: 'package-local-remote',
    message: `${wantedBy.join(' > ')} was fetched, and names the folder ${path} of this machine as a package`,
    span,
  });
}

/** `what` completes "the archive ... ". */
export function archiveRefused(span: Span | null, url: string, what: string): Diagnostic {
  return failure({
    code: 'package-archive-refused',
    message: `the archive ${url} ${what}; nothing of it was written`,
    span,
  });
}

export function archiveHasLinks(label: string, first: string): Diagnostic {
  return caution({
    code: 'package-links',
    message: `the package ${label} has symbolic links inside, such as ${first}`,
  });
}

export function linkLeavesPackage(span: Span | null, label: string, path: string): Diagnostic {
  return failure({
    code: 'link-outside',
    message: `${path} of the package ${label} is a link out of the package`,
    span,
  });
}
