import type { WarehouseError } from '../../src/adapter/failure.ts';
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

/** The first major version that has MERGE. */
const firstWithMerge = 15;

/** The server's complaint about the word `merge`, in words that help, where `major` is too old to know it. */
export function explainMerge(error: WarehouseError, major: number): WarehouseError {
  const { code, message } = error.failure;
  if (major >= firstWithMerge || code !== '42601' || !/at or near "merge"/i.test(message)) return error;
  return ownFailure(
    'syntax',
    `PostgreSQL ${major} has no MERGE, which came with ${firstWithMerge}`,
    "have the model use incremental_strategy: 'delete+insert', or upgrade the server",
    error.sql,
    error.cause,
  );
}
