import type { Diagnostic } from '../core/diagnostic.ts';
import { Secret } from '../core/secret.ts';
import type { CredentialsContext } from './adapter.ts';
import { credentialDuplicate, credentialMissing, credentialType, credentialUnknown } from './errors.ts';
import type { CredentialField } from './facts.ts';

/** What an output says, by canonical names, with everything that is wrong with it. */
export interface CredentialFields {
  /** Present fields only; a field that is null in the profile is absent. Secret fields hold Secrets. */
  readonly values: Readonly<Record<string, unknown>>;
  /** dbt's default is 1. */
  readonly threads: number;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Keys of every output, whatever its adapter. */
const commonKeys = ['type', 'threads'];

/**
 * Checks an output against an adapter's fields as dbt does: aliases count as their field, types are not coerced
 * (`"3"` is no number), a missing required field is an error, an unknown key only a warning.
 */
export function readCredentialFields(
  fields: readonly CredentialField[],
  output: Readonly<Record<string, unknown>>,
  context: CredentialsContext,
): CredentialFields {
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const spellings = [field.name, ...field.aliases].filter((name) => present(output, name));
    if (spellings.length > 1) errors.push(credentialDuplicate(context, field.name, spellings));
    const spelling = spellings[0];
    if (spelling === undefined) {
      if (field.required) errors.push(credentialMissing(context, field.name, field.aliases));
      continue;
    }
    const value = output[spelling];
    if (!hasType(field.type, value)) {
      errors.push(credentialType(context, spelling, expectedType[field.type], typeName(value)));
    } else {
      values[field.name] = field.secret ? conceal(value) : value;
    }
  }
  const known = new Set([...commonKeys, ...fields.flatMap((field) => [field.name, ...field.aliases])]);
  for (const name of Object.keys(output)) {
    if (!known.has(name)) warnings.push(credentialUnknown(context, name, known));
  }
  const threads = present(output, 'threads') ? output['threads'] : 1;
  if (!hasType('integer', threads)) {
    errors.push(credentialType(context, 'threads', expectedType.integer, typeName(threads)));
  }
  return { values, threads: typeof threads === 'number' ? Math.max(1, threads) : 1, errors, warnings };
}

/** Wraps every text in a value, however deep, into a Secret. */
export function conceal(value: unknown): unknown {
  if (typeof value === 'string') return new Secret(value);
  return mapDeep(value, conceal);
}

/** Gives back what `conceal` wrapped, for the driver's eyes only. */
export function reveal(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  return mapDeep(value, reveal);
}

function mapDeep(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

const present = (output: Readonly<Record<string, unknown>>, name: string): boolean =>
  Object.hasOwn(output, name) && output[name] !== null && output[name] !== undefined;

const expectedType: Readonly<Record<CredentialField['type'], string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  mapping: 'a mapping',
  any: 'anything',
};

/** A Secret is text: it comes from `env_var('DBT_ENV_SECRET_...')`. */
function hasType(type: CredentialField['type'], value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' || value instanceof Secret;
    case 'integer':
      return Number.isInteger(value) || typeof value === 'bigint';
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'mapping':
      return isMapping(value);
    case 'any':
      return true;
  }
}

/** A plain mapping of a rendered profile. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** What a profile's author would call the value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string' || value instanceof Secret) return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') {
    return typeof value === 'bigint' || Number.isInteger(value) ? 'a whole number' : 'a fraction';
  }
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a mapping';
}
