import { reveal } from '../../src/adapter/credentials.ts';
import type { Credentials } from '../../src/adapter/facts.ts';
import { invocationMark, literal, quoteIdentifier } from '../../src/adapter/names.ts';
import { postgresFacts } from './facts.ts';

/** Longest application name that a server keeps. */
const nameBytes = 63;

/**
 * The one query that prepares a connection for a work item; gives the server's process and its database. What reads
 * values depends on their forms, so those are set whatever the server's defaults are. A dead client's transaction is
 * ended after ten minutes of silence. Settings that this server does not have are left out.
 */
export function settingsSql(credentials: Credentials, invocationId: string, label: string): string {
  const fields = reveal(credentials.fields) as Readonly<Record<string, unknown>>;
  const searchPath = fields['search_path'];
  const settings: [string, string][] = [
    ['datestyle', 'ISO, MDY'],
    ['intervalstyle', 'postgres'],
    ['bytea_output', 'hex'],
    ['extra_float_digits', '1'],
    ['standard_conforming_strings', 'on'],
    ['idle_in_transaction_session_timeout', '10min'],
    ['application_name', applicationName(fields['application_name'], invocationId, label)],
  ];
  if (typeof searchPath === 'string' && searchPath !== '') settings.push(['search_path', searchPath]);
  const calls = settings.map(
    ([name, value]) =>
      `pg_catalog.set_config(${literal(postgresFacts, name)}, ${literal(postgresFacts, value)}, false)`,
  );
  return `select pg_catalog.pg_backend_pid(), pg_catalog.current_database()::text, ${calls.join(', ')}`;
}

/** Has the server look for a vanished client while a statement runs; refused before 14 and on some platforms. */
export const connectionCheckSql = "set client_connection_check_interval = '5s'";

/** Gives what the timeout was: longer than this no swap waits, and nobody behind it. */
export const shortLocksSql =
  "select pg_catalog.current_setting('lock_timeout'), pg_catalog.set_config('lock_timeout', '5s', true)";

/** Sets the timeout again for what follows in the transaction. */
export const lockTimeoutSql = (value: string): string =>
  `select pg_catalog.set_config('lock_timeout', ${literal(postgresFacts, value)}, true)`;

/** The role to work as; null where the profile names none. dbt writes the name as it stands, and so folds its case. */
export function roleSql(credentials: Credentials): string | null {
  const role = reveal(credentials.fields['role']);
  if (typeof role !== 'string' || role === '') return null;
  return `set role ${/^\w+$|^".*"$/s.test(role) ? role : quoteIdentifier(postgresFacts, role)}`;
}

/** `dbt 0123456789ab model.shop.orders`: the profile's name, the invocation's mark, the work item. */
function applicationName(given: unknown, invocationId: string, label: string): string {
  const prefix = typeof given === 'string' && given !== '' ? `${given} ` : '';
  // The server shows anything but printable ASCII as escapes.
  const name = `${prefix}${invocationMark(invocationId)} ${label}`.replace(/[^\x20-\x7e]/g, '?');
  return name.slice(0, nameBytes);
}
