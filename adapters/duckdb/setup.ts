import { isMapping, reveal } from '../../src/adapter/credentials.ts';
import type { Credentials } from '../../src/adapter/facts.ts';
import { literal, quoteIdentifier } from '../../src/adapter/names.ts';
import { isMotherDuck } from './credentials.ts';
import { duckdbFacts } from './facts.ts';

type Values = Readonly<Record<string, unknown>>;

/** How often, and after which of DuckDB's exceptions, the profile wants things tried again. */
export interface Retries {
  readonly connectAttempts: number;
  readonly queryAttempts: number;
  /** Names of the Python client's classes: `IOException`. */
  readonly exceptions: readonly string[];
}

/** What a profile asks of DuckDB, as the driver and the engine take it: secrets are plain here, and only here. */
export interface Setup {
  /** Absolute path, `:memory:`, or a URL that an extension opens. */
  readonly path: string;
  /** Options that must be given when the database is opened. */
  readonly config: Readonly<Record<string, string>>;
  /** Names and repositories; a null repository is DuckDB's own. */
  readonly extensions: readonly { readonly name: string; readonly repository: string | null }[];
  /** Once per database, in order: secrets, then attachments. */
  readonly databaseStatements: readonly string[];
  /** Once per connection: settings. */
  readonly sessionStatements: readonly string[];
  readonly retries: Retries;
}

/** Reads checked credentials; mistakes in them were reported before. */
export function readSetup(credentials: Credentials): Setup {
  const fields = reveal(credentials.fields) as Values;
  const path = String(fields['path']);
  const attachments = list(fields['attach']) as readonly Values[];
  const settings: Record<string, unknown> = { ...mapping(fields['settings']) };
  const config: Record<string, unknown> = { ...mapping(fields['config_options']) };
  const token = fields['motherduck_token'] ?? settings['motherduck_token'];
  delete settings['motherduck_token'];
  const usesMotherDuck = isMotherDuck(path) || attachments.some((one) => isMotherDuck(String(one['path'])));
  if (token !== undefined && usesMotherDuck) config['motherduck_token'] = token;
  return {
    path,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)])),
    extensions: list(fields['extensions']).map(extensionOf),
    databaseStatements: [...secretsOf(fields).map(secretSql), ...attachments.map(attachSql)],
    sessionStatements: Object.entries(settings).map(([key, value]) => `set ${key} = ${text(value)}`),
    retries: retriesOf(mapping(fields['retries'])),
  };
}

/** Statements that make an extension usable, in order; the first is tried alone, so that no network is needed. */
export function extensionStatements(name: string, repository: string | null): readonly string[] {
  const from =
    repository === null ? '' : ` from ${/^\w+$|^'.*'$/.test(repository) ? repository : text(repository)}`;
  const load = `load ${text(name)}`;
  return repository === null ? [load, `install ${text(name)}`, load] : [`install ${text(name)}${from}`, load];
}

function extensionOf(extension: unknown): { name: string; repository: string | null } {
  if (!isMapping(extension)) return { name: String(extension), repository: null };
  return { name: String(extension['name']), repository: String(extension['repo']) };
}

function secretsOf(fields: Values): readonly Values[] {
  const secrets = list(fields['secrets']) as readonly Values[];
  const chain =
    fields['use_credential_provider'] === 'aws' ? [{ type: 's3', provider: 'credential_chain' }] : [];
  return [...secrets, ...chain];
}

/** Unnamed secrets get dbt-duckdb's names, which an attachment may refer to. */
function secretSql(secret: Values, index: number): string {
  const { name, persistent, scope, ...parameters } = secret;
  const named = name === undefined || name === null ? `_dbt_secret_${index + 1}` : String(name);
  const lines = Object.entries(parameters)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${key} ${secretValue(key, value)}`);
  if (Array.isArray(scope)) lines.push(`scope [${scope.map(text).join(', ')}]`);
  else if (scope !== undefined && scope !== null) lines.push(`scope ${text(scope)}`);
  return `create or replace${persistent === true ? ' persistent' : ''} secret ${bareOrQuoted(named)} (${lines.join(', ')})`;
}

function secretValue(key: string, value: unknown): string {
  if (Array.isArray(value)) return `array [${value.map(text).join(', ')}]`;
  if (isMapping(value)) {
    return `map {${Object.entries(value)
      .map(([name, inner]) => `${text(name)}: ${text(inner)}`)
      .join(', ')}}`;
  }
  return key === 'type' || key === 'provider' || key === 'extra_http_headers' ? String(value) : text(value);
}

function attachSql(attachment: Values): string {
  const inner = mapping(attachment['options']);
  const path = String(attachment['path']);
  const options: string[] = [];
  const type = attachment['type'] ?? inner['type'];
  const secret = attachment['secret'] ?? inner['secret'];
  if (type !== undefined && type !== null) options.push(`type ${type}`);
  if (secret !== undefined && secret !== null) options.push(`secret ${secret}`);
  if (attachment['read_only'] || inner['read_only']) options.push('read_only');
  for (const [key, value] of Object.entries(inner)) {
    if (['type', 'secret', 'read_only'].includes(key) || value === null || value === false) continue;
    if (value === true) options.push(key);
    else options.push(`${key} ${typeof value === 'string' && !isQuoted(value) ? text(value) : value}`);
  }
  // MotherDuck takes no query parameters in ATTACH.
  const plainPath = isMotherDuck(path) ? path.split('?', 1)[0]! : path;
  const alias = attachment['alias'] ? ` as ${bareOrQuoted(String(attachment['alias']))}` : '';
  const list = options.length > 0 ? ` (${options.join(', ')})` : '';
  return `attach if not exists ${text(plainPath)}${alias}${list}`;
}

function retriesOf(retries: Values): Retries {
  const exceptions = list(retries['retryable_exceptions']).map(String);
  return {
    connectAttempts: Number(retries['connect_attempts'] ?? 1),
    queryAttempts: Number(retries['query_attempts'] ?? 1),
    exceptions: exceptions.length > 0 ? exceptions : ['IOException'],
  };
}

const text = (value: unknown): string => literal(duckdbFacts, String(value));
const isQuoted = (value: string): boolean => /^\s*('.*'|".*")\s*$/s.test(value);
const bareOrQuoted = (name: string): string =>
  /^\w+$|^".*"$/.test(name) ? name : quoteIdentifier(duckdbFacts, name);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const mapping = (value: unknown): Values => (isMapping(value) ? value : {});
