import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { CredentialsContext } from './adapter.ts';

const family = 'Runtime Error';

export function credentialMissing(
  context: CredentialsContext,
  name: string,
  aliases: readonly string[],
): Diagnostic {
  const spellings = [name, ...aliases].map((one) => `'${one}'`).join(' or ');
  return error({ code: 'credential-missing', family, message: `${place(context)} has no ${spellings}` });
}

export function credentialType(
  context: CredentialsContext,
  name: string,
  expected: string,
  found: string,
): Diagnostic {
  const quoted = found === 'text' && (expected === 'a whole number' || expected === 'a number');
  return error({
    code: 'credential-type',
    family,
    message: `'${name}' of ${place(context)} must be ${expected}, not ${found}`,
    hint: quoted ? 'write it without quotes, or as "{{ env_var(\'NAME\') | as_number }}"' : null,
  });
}

export function credentialDuplicate(
  context: CredentialsContext,
  name: string,
  spellings: readonly string[],
): Diagnostic {
  return error({
    code: 'credential-duplicate',
    family,
    message: `${place(context)} sets '${name}' more than once: as ${spellings.map((one) => `'${one}'`).join(' and ')}`,
  });
}

export function credentialUnknown(
  context: CredentialsContext,
  name: string,
  known: Iterable<string>,
): Diagnostic {
  return warning({
    code: 'credential-unknown',
    family,
    message: `${place(context)} has a key '${name}' that means nothing here`,
    hint: didYouMean(name, known),
  });
}

/** A value that has the right type and still cannot be: `problem` says why. */
export function credentialInvalid(
  context: CredentialsContext,
  name: string,
  problem: string,
  hint: string | null = null,
): Diagnostic {
  return error({
    code: 'credential-invalid',
    family,
    message: `'${name}' of ${place(context)} ${problem}`,
    hint,
  });
}

/** A key of dbt's adapter that needs what we do not have (Python, another server). */
export function credentialUnsupported(
  context: CredentialsContext,
  name: string,
  reason: string,
  hint: string | null,
): Diagnostic {
  return error({
    code: 'credential-unsupported',
    family,
    message: `'${name}' of ${place(context)} is not supported: ${reason}`,
    hint,
  });
}

/** A key that is accepted and changes nothing. */
export function credentialIgnored(context: CredentialsContext, name: string, reason: string): Diagnostic {
  return warning({
    code: 'credential-ignored',
    family,
    message: `'${name}' of ${place(context)} has no effect: ${reason}`,
  });
}

export function identifierTooLong(what: string, name: string, bytes: number, limit: number): Diagnostic {
  return error({
    code: 'identifier-too-long',
    message: `${what} is named '${name}', which is ${bytes} bytes long; the warehouse cuts names after ${limit}`,
    hint: 'give it a shorter name, or a shorter alias',
  });
}

const place = (context: CredentialsContext): string =>
  `profile '${context.profileName}', target '${context.targetName}'`;
