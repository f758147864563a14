import { reveal } from '../../src/adapter/credentials.ts';
import type { Credentials } from '../../src/adapter/facts.ts';
import { invocationMark, literal } from '../../src/adapter/names.ts';
import { postgresFacts } from './facts.ts';
import { timeoutMs } from './timeouts.ts';

/** Longest application name that a server keeps. */
const nameBytes = 63;

export interface SessionSettings {
  readonly credentials: Credentials;
  readonly applicationName: string;
  readonly readOnly: boolean;
  /** Has the server look for a vanished client while a statement runs. */
  readonly checksConnection: boolean;
}

/**
 * The one query that prepares a connection for a work item; gives the server's process, its database and its major
 * version. What reads values depends on their forms, so those are set whatever the server's defaults are. A dead
 * client's transaction is ended after ten minutes of silence.
 */
export function settingsSql({
  credentials,
  applicationName,
  readOnly,
  checksConnection,
}: SessionSettings): string {
  const fields = reveal(credentials.fields) as Readonly<Record<string, unknown>>;
  const { search_path: searchPath, role } = fields;
  const settings: [string, string][] = [
    ['datestyle', 'ISO, MDY'],
    ['intervalstyle', 'postgres'],
    ['bytea_output', 'hex'],
    ['extra_float_digits', '1'],
    ['standard_conforming_strings', 'on'],
    ['idle_in_transaction_session_timeout', '10min'],
    ['application_name', applicationName],
  ];
  for (const name of ['statement_timeout', 'lock_timeout']) {
    const limitMs = timeoutMs(fields[name]);
    if (limitMs !== null) settings.push([name, `${limitMs}ms`]);
  }
  if (checksConnection) settings.push(['client_connection_check_interval', connectionCheck]);
  if (readOnly) settings.push(['default_transaction_read_only', 'on']);
  if (typeof searchPath === 'string' && searchPath !== '') settings.push(['search_path', searchPath]);
  // Last, so that everything else is set by the user who logged in.
  if (typeof role === 'string' && role !== '') settings.push(['role', roleName(role)]);
  const calls = settings.map(([name, value]) => setting(name, value));
  return `select pg_catalog.pg_backend_pid(), pg_catalog.current_database()::text,
    pg_catalog.current_setting('server_version_num')::int / 10000, ${calls.join(', ')}`;
}

const setting = (name: string, value: string): string =>
  `pg_catalog.set_config(${literal(postgresFacts, name)}, ${literal(postgresFacts, value)}, false)`;

const connectionCheck = '5s';

/** Refused before PostgreSQL 14 and on systems that cannot tell, so it is tried by itself first. */
export const connectionCheckSql = `select ${setting('client_connection_check_interval', connectionCheck)}`;

/** dbt writes the name into `set role` as it stands: unquoted it is folded. One that SQL would refuse is taken as it is. */
function roleName(role: string): string {
  const quoted = /^"(.*)"$/s.exec(role)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return /^\w+$/.test(role) ? role.toLowerCase() : role;
}

/** How many attempts at a swap wait for each lock this long only; each one after them waits twice as long as the last. */
const briefAttempts = 4;
const briefWaitMs = 5000;

/** No attempt waits longer for a lock, unless the profile says otherwise. */
const longestWaitMs = 300_000;

/** An attempt that others may queue behind for long: earlier ones have shown that nothing else helps. */
export const isPatient = (attempt: number): boolean => attempt > briefAttempts;

/** As the brief attempts, where an attempt cannot be made a patient one. */
export const briefly = (attempt: number): number => Math.min(attempt, briefAttempts);

/**
 * Gives what the timeout was, and sets what an attempt of that number waits: never longer than the profile's own limit,
 * and well within that of the whole statement.
 */
export function swapLocksSql(attempt: number): string {
  const waitMs = briefWaitMs * 2 ** (attempt - briefly(attempt));
  return `select pg_catalog.current_setting('lock_timeout'),
  pg_catalog.set_config('lock_timeout', greatest(1, least(${waitMs},
    coalesce(nullif(${settingMs('lock_timeout')}, 0), ${longestWaitMs}),
    nullif(${settingMs('statement_timeout')}, 0) / 2))::int::text || 'ms', true)`;
}

const settingMs = (name: string): string =>
  `extract(epoch from pg_catalog.current_setting('${name}')::interval) * 1000`;

/**
 * For a brief attempt at a swap that takes several locks: shorter than the server lets a deadlock be, so that the swap
 * gives way before a reader is made to.
 */
export const shortestLocksSql = `select pg_catalog.set_config('lock_timeout', least(400,
  ${settingMs('deadlock_timeout')} / 2)::int::text || 'ms', true)`;

/** Sets the timeout again for what follows in the transaction. */
export const lockTimeoutSql = (value: string): string =>
  `select pg_catalog.set_config('lock_timeout', ${literal(postgresFacts, value)}, true)`;

/** `dbt 0123456789ab model.shop.orders`: the profile's name, the invocation's mark, the work item. */
export function applicationName({ fields }: Credentials, invocationId: string, label: string): string {
  const given = fields['application_name'];
  const prefix = typeof given === 'string' && given !== '' ? `${given} ` : '';
  // The server shows anything but printable ASCII as escapes.
  const name = `${prefix}${invocationMark(invocationId)} ${label}`.replace(/[^\x20-\x7e]/g, '?');
  return name.slice(0, nameBytes);
}
