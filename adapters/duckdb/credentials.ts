import { basename, isAbsolute, resolve } from 'node:path';
import type { CredentialsContext } from '../../src/adapter/adapter.ts';
import { conceal, isMapping, readCredentialFields, reveal } from '../../src/adapter/credentials.ts';
import { credentialIgnored, credentialInvalid, credentialUnsupported } from '../../src/adapter/errors.ts';
import type { CredentialField, Credentials, CredentialsResult } from '../../src/adapter/facts.ts';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { checkOptions, type Report } from './options.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Checks an output of type duckdb. In `fields`, paths of files are absolute and whatever looks like a password is a
 * Secret; `target` shows the profile's own words, with null for what it leaves out, as dbt-duckdb does.
 */
export function readDuckDBCredentials(
  fields: readonly CredentialField[],
  output: Values,
  context: CredentialsContext,
): CredentialsResult {
  const read = readCredentialFields(fields, output, context);
  const values = { path: ':memory:', schema: 'main', external_root: '.', settings: {}, ...read.values };
  const errors: Diagnostic[] = [...read.errors, ...unsupported(values, context)];
  const warnings: Diagnostic[] = [...read.warnings];
  const report: Report = (name, problem, hint) =>
    errors.push(credentialInvalid(context, name, problem, hint));
  checkOptions(reveal(values) as Values, report);
  const database = databaseOf(reveal(values) as Values, report);
  for (const [name, reason] of ignored) {
    if (isGiven(read.values[name])) warnings.push(credentialIgnored(context, name, reason));
  }
  if (errors.length > 0) return { errors };
  const shown = { disable_transactions: false, ...values } as Values;
  const target = fields
    .filter((field) => field.inTarget && field.name !== 'database' && field.name !== 'schema')
    .map((field): [string, unknown] => [field.name, hidePasswords(shown[field.name] ?? null)]);
  const credentials: Credentials = {
    type: 'duckdb',
    database,
    schema: String(reveal(values.schema)),
    threads: read.threads,
    fields: resolvePaths({ ...values, database }, context.workingDirectory),
    target: Object.fromEntries(target),
  };
  return { credentials, warnings };
}

/** The catalog that DuckDB opens for a path: what stands before the first dot of the file's name. */
export function databaseNameOf(path: string): string {
  if (path === ':memory:') return 'memory';
  const scheme = schemeOf(path);
  const file = basename(path.slice(scheme === null ? 0 : scheme.length + 1).split('?', 1)[0]!);
  if (scheme === 'md' || scheme === 'motherduck') return stem(file) || 'my_db';
  if (scheme === 'ducklake') return stem(file.includes(':') ? file.slice(file.indexOf(':') + 1) : file);
  return file.replace(/^\.+/, '').split('.', 1)[0]!;
}

/** What stands before the first colon (`md:`, `s3://`), lower case; null for paths of files, drives included. */
export function schemeOf(path: string): string | null {
  const found = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(path);
  return found === null ? null : found[1]!.toLowerCase();
}

export const isMotherDuck = (path: string): boolean => ['md', 'motherduck'].includes(schemeOf(path) ?? '');

function databaseOf(values: Values, report: Report): string {
  const path = String(values['path']);
  const derived = databaseNameOf(path);
  if (derived === '') report('path', `names no database: '${path}'`);
  const named = values['database'];
  if (typeof named !== 'string' || named === derived) return derived;
  const attached = Array.isArray(values['attach']) ? values['attach'] : [];
  if (!attached.some((one) => isMapping(one) && one['alias'] === named)) {
    report(
      'database',
      `is '${named}', but 'path' opens the database '${derived}'`,
      `remove it, or write '${derived}'`,
    );
  }
  return named;
}

/** What dbt-duckdb does in Python. */
function* unsupported(values: Values, context: CredentialsContext): Generator<Diagnostic> {
  for (const [name, reason, hint] of refused) {
    const value = values[name];
    const onlyMotherDuck =
      name === 'plugins' &&
      Array.isArray(value) &&
      value.every((plugin) => isMapping(plugin) && plugin['module'] === 'motherduck');
    if (isGiven(value) && !onlyMotherDuck) yield credentialUnsupported(context, name, reason, hint);
  }
}

const refused: readonly (readonly [name: string, reason: string, hint: string | null])[] = [
  ['plugins', 'plugins are Python modules', 'read and write such sources with DuckDB extensions'],
  ['module_paths', 'there is no Python to load modules into', null],
  [
    'filesystems',
    'fsspec file systems are Python modules',
    "use the 'httpfs' or 'azure' extension and 'secrets'",
  ],
  ['remote', 'servers of the Buena Vista protocol cannot be reached', null],
];

const ignored: readonly (readonly [name: string, reason: string])[] = [
  ['flights', 'there are no Python models'],
  ['disable_transactions', 'every node runs in a transaction, so that it is built whole or not at all'],
];

const isGiven = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return isMapping(value) ? Object.keys(value).length > 0 : true;
};

function resolvePaths(values: Values, workingDirectory: string): Values {
  const out: Record<string, unknown> = { ...values };
  out['path'] = resolvePath(String(reveal(values['path'])), workingDirectory);
  for (const name of ['settings', 'config_options']) {
    if (out[name] !== undefined) out[name] = hidePasswords(out[name]);
  }
  if (Array.isArray(values['attach'])) {
    out['attach'] = values['attach'].map((one: Values) => {
      const type = reveal(one['type']) ?? 'duckdb';
      const ofFile = type === 'duckdb' || type === 'sqlite';
      const path = String(reveal(one['path']));
      return { ...one, path: ofFile ? resolvePath(path, workingDirectory) : path };
    });
  }
  return out;
}

function resolvePath(path: string, workingDirectory: string): string {
  if (path === ':memory:' || path === '' || isAbsolute(path) || schemeOf(path) !== null) return path;
  return resolve(workingDirectory, path);
}

/** Settings such as `s3_secret_access_key` become Secrets; anything else stays. */
function hidePasswords(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, passwordKey.test(key) ? conceal(inner) : inner]),
  );
}

const passwordKey = /secret|token|password/i;
const stem = (file: string): string => file.replace(/\.[^.]*$/, '');
