import type { RelationName } from '../../src/adapter/relation.ts';
import { type Catalog, regclassSql } from './introspect.ts';

/** More of them are not named. */
const most = 3;

/** The processes that have a lock on a relation, as an administrator would look for them; null where none has. */
export async function lockHolders(catalog: Catalog, name: RelationName): Promise<string | null> {
  const { rows } = await catalog.ask(`select distinct a.pid, a.usename::text, a.application_name
from pg_catalog.pg_locks as l
join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.relation = ${regclassSql(name)}
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.pid <> pg_catalog.pg_backend_pid()
order by 1`);
  if (rows.length === 0) return null;
  const named = rows.slice(0, most).map(([pid, user, application]) => processText(pid, user, application));
  const more = rows.length - named.length;
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** `process 123 of the server, user analyst, 'psql'`. */
export const processText = (pid: unknown, user: unknown, application: unknown): string =>
  `process ${pid} of the server, user ${user}, '${application}'`;
