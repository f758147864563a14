import { isAbsolute, resolve } from 'node:path';
import type { CredentialsContext } from '../../src/adapter/adapter.ts';
import { readCredentialFields } from '../../src/adapter/credentials.ts';
import { credentialIgnored, credentialInvalid } from '../../src/adapter/errors.ts';
import type { CredentialField, Credentials, CredentialsResult } from '../../src/adapter/facts.ts';
import { didYouMean } from '../../src/core/nearest.ts';

type Values = Readonly<Record<string, unknown>>;

/** What libpq knows, weakest first. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** dbt-postgres' own defaults; they show in `target` too. */
const defaults: Values = {
  connect_timeout: 10,
  keepalives_idle: 0,
  application_name: 'dbt',
  autocommit: false,
  retries: 1,
};

/** Checks an output of type postgres. In `fields`, paths of certificates are absolute. */
export function readPostgresCredentials(
  fields: readonly CredentialField[],
  output: Values,
  context: CredentialsContext,
): CredentialsResult {
  const read = readCredentialFields(fields, output, context);
  const values: Values = { ...defaults, ...read.values };
  const errors = [...read.errors];
  const warnings = [...read.warnings];
  const invalid = (name: string, problem: string, hint: string | null = null): void => {
    errors.push(credentialInvalid(context, name, problem, hint));
  };
  const { port, sslmode } = values;
  if (typeof port === 'number' && (port < 0 || port > 65535)) invalid('port', `is ${port}, which is no port`);
  if (typeof sslmode === 'string' && sslmode !== '' && !isSslMode(sslmode)) {
    invalid('sslmode', `is '${sslmode}', which is no mode of libpq`, didYouMean(sslmode, sslModes));
  }
  for (const name of ['connect_timeout', 'keepalives_idle', 'retries']) {
    if (typeof values[name] === 'number' && values[name] < 0) invalid(name, 'must not be negative');
  }
  if (values['autocommit'] === true) {
    const reason = 'every node runs in a transaction, so that it is built whole or not at all';
    warnings.push(credentialIgnored(context, 'autocommit', reason));
  }
  if (errors.length > 0) return { errors };
  const target = fields
    .filter((field) => field.inTarget && field.name !== 'database' && field.name !== 'schema')
    .map((field): [string, unknown] => [field.name, values[field.name] ?? null]);
  const credentials: Credentials = {
    type: 'postgres',
    database: String(values['database']),
    schema: String(values['schema']),
    threads: read.threads,
    fields: resolvePaths(values, context.workingDirectory),
    target: Object.fromEntries(target),
  };
  return { credentials, warnings };
}

const isSslMode = (mode: string): mode is SslMode => (sslModes as readonly string[]).includes(mode);

/** `system` is no file: libpq takes the certificates of the operating system then. */
function resolvePaths(values: Values, workingDirectory: string): Values {
  const out: Record<string, unknown> = { ...values };
  for (const name of ['sslcert', 'sslkey', 'sslrootcert']) {
    const path = values[name];
    if (typeof path !== 'string' || path === '' || isAbsolute(path)) continue;
    if (name === 'sslrootcert' && path === 'system') continue;
    out[name] = resolve(workingDirectory, path);
  }
  return out;
}
