import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { CredentialsContext } from '../../src/adapter/adapter.ts';
import { readCredentialFields } from '../../src/adapter/credentials.ts';
import { credentialIgnored, credentialInvalid } from '../../src/adapter/errors.ts';
import type { CredentialField, Credentials, CredentialsResult } from '../../src/adapter/facts.ts';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { didYouMean } from '../../src/core/nearest.ts';
import { timeoutMs } from './timeouts.ts';

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

/**
 * Checks an output of type postgres. In `fields`, paths of certificates are absolute, and `home` is the folder whose
 * `.postgresql` holds those that are not named.
 */
export function readPostgresCredentials(
  fields: readonly CredentialField[],
  output: Values,
  context: CredentialsContext,
): CredentialsResult {
  const read = readCredentialFields(fields, output, context);
  // Of these, null is a value of its own: no name is told, dbt's default is not taken.
  const without = ['application_name', 'autocommit'].filter((name) => output[name] === null);
  const given = { ...defaults, ...read.values, ...Object.fromEntries(without.map((name) => [name, null])) };
  const values = resolvePaths(given, context.workingDirectory);
  const errors = [...read.errors, ...mistakes(values, context)];
  if (errors.length > 0) return { errors };
  const target = fields.filter((field) => field.inTarget).flatMap((field) => shown(field, given));
  const credentials: Credentials = {
    type: 'postgres',
    database: String(values['database']),
    schema: String(values['schema']),
    threads: read.threads,
    fields: { ...values, ...(context.home === undefined ? {} : { home: context.home }) },
    target: Object.fromEntries([...target, ['dbname', values['database']]]),
  };
  return { credentials, warnings: [...read.warnings, ...withoutEffect(values, context)] };
}

const shown = ({ name }: CredentialField, values: Values): [string, unknown][] => [
  [name, values[name] ?? null],
];

function* mistakes(values: Values, context: CredentialsContext): Generator<Diagnostic> {
  const { port, sslmode, sslrootcert } = values;
  if (typeof port === 'number' && (port < 0 || port > 65535)) {
    yield credentialInvalid(context, 'port', `is ${port}, which is no port`);
  }
  if (typeof sslmode === 'string' && sslmode !== '') {
    if (!isSslMode(sslmode)) {
      const hint = didYouMean(sslmode, sslModes) ?? `the modes are ${sslModes.join(', ')}`;
      yield credentialInvalid(context, 'sslmode', `is '${sslmode}', which is no mode of libpq`, hint);
    } else if (sslrootcert === 'system' && sslmode !== 'verify-full') {
      const problem = `is '${sslmode}', which is too weak for 'sslrootcert: system'`;
      yield credentialInvalid(
        context,
        'sslmode',
        problem,
        "everybody may have those certificates: use 'verify-full'",
      );
    }
  }
  for (const name of ['statement_timeout', 'lock_timeout']) {
    if (values[name] === undefined || timeoutMs(values[name]) !== null) continue;
    const hint = "write whole seconds, or a number with one of ms, s, min, h, d: '5min'";
    yield credentialInvalid(context, name, `is '${values[name]}', which is no time`, hint);
  }
  for (const name of ['keepalives_idle', 'retries']) {
    if (typeof values[name] === 'number' && values[name] < 0) {
      yield credentialInvalid(context, name, 'must not be negative');
    }
  }
}

function* withoutEffect(values: Values, context: CredentialsContext): Generator<Diagnostic> {
  if (values['autocommit'] === true) {
    const reason = 'every node runs in a transaction, so that it is built whole or not at all';
    yield credentialIgnored(context, 'autocommit', reason);
  }
  const mode = values['sslmode'];
  // As in libpq these are no errors; the modes that cannot do without the file say so when they connect.
  if (mode === 'disable') return;
  const verifies = mode === 'verify-ca' || mode === 'verify-full';
  for (const [name, consequence] of Object.entries(missingFiles)) {
    const path = values[name];
    if (typeof path !== 'string' || path === '' || path === 'system' || existsSync(path)) continue;
    if (name === 'sslrootcert' && verifies) continue;
    yield credentialIgnored(context, name, `${path} does not exist; ${consequence}`);
  }
}

const missingFiles = {
  sslcert: 'no certificate is shown to the server',
  sslrootcert: "the server's certificate is not checked",
};

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
