import { ownFailure } from './failures.ts';

/** The oldest major version that the adapter is made for; the oldest whose catalogs have what it reads. */
const oldest = 12;

/**
 * Throws `configuration` for a server that is too old; `version` is what the server calls itself when it is connected
 * to (`15.4 (Debian 15.4-1)`, `17beta1`), null where it does not say.
 */
export function checkServerVersion(version: string | null): void {
  const major = Number.parseInt(version ?? '', 10);
  if (Number.isNaN(major) || major >= oldest) return;
  throw ownFailure(
    'configuration',
    `the server is PostgreSQL ${version}, and PostgreSQL ${oldest} is the oldest that can be used`,
    "check 'host' and 'port', or upgrade the server",
  );
}
