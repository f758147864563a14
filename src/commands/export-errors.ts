import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';

export function ciSystemUnknown(name: string | null): Diagnostic {
  const known = ['github', 'gitlab', 'jenkins'];
  return error({
    code: 'ci-system-unknown',
    family: 'Usage Error',
    message: name === null ? 'export ci needs the name of a CI system' : `there is no CI system '${name}'`,
    hint: (name === null ? null : didYouMean(name, known)) ?? `one of ${known.join(', ')}`,
  });
}

export function ciFileExists(path: string): Diagnostic {
  return error({
    code: 'ci-file-exists',
    family: 'Runtime Error',
    message: `${path} exists already; nothing was written`,
    hint: 'name another file with --output, or overwrite this one with --force',
  });
}

export function ciTargetMissing(profile: string, production: string): Diagnostic {
  return error({
    code: 'ci-target-missing',
    family: 'Runtime Error',
    message: `changes would be built with the output '${production}' of profile '${profile}', which is production's`,
    hint: "give the profile an output 'ci' with a schema of its own, or name one with --target",
  });
}

export function ciProfileOutside(directory: string): Diagnostic {
  return warning({
    code: 'ci-profile-outside',
    family: 'Runtime Error',
    message: `profiles.yml lies in ${directory}, where jobs will not find it`,
    hint: 'put one into the project that takes what is secret from env_var()',
  });
}
