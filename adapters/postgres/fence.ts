import { createHash } from 'node:crypto';
import type { ExecuteOptions, Fence, FenceOptions } from '../../src/adapter/adapter.ts';
import type { StatementResult } from '../../src/adapter/cell.ts';
import type { WarehouseError } from '../../src/adapter/failure.ts';
import { literal } from '../../src/adapter/names.ts';
import type { RelationName } from '../../src/adapter/relation.ts';
import { postgresFacts } from './facts.ts';
import { ownFailure, sqlState } from './failures.ts';
import { processText } from './lock-holders.ts';

/** What a fence needs of a session. */
export interface FenceHolder {
  /** The server's process behind the session, as told when it was opened. */
  readonly backend: number;
  send(sql: string, options?: ExecuteOptions): Promise<StatementResult>;
  /** Called where the lock may still be held: the connection must not be used again. */
  spoiled(): void;
}

/**
 * A session advisory lock of the current database. The server frees it when the connection ends, whatever ended it,
 * but not before the statement that runs; so a dead client's last statement is waited for.
 */
export async function acquireFence(
  holder: FenceHolder,
  target: RelationName,
  { waits, ...options }: FenceOptions,
): Promise<Fence> {
  const key = fenceKey(target);
  const { rows } = await holder.send(
    `select pg_try_advisory_lock('${key}'::bigint), pg_backend_pid()`,
    options,
  );
  const [held, backend] = rows[0]!;
  if (backend !== holder.backend) {
    holder.spoiled();
    throw ownFailure(
      'configuration',
      'a pooler hands out another server process for each transaction, so no lock of a session can be held',
      "connect to the server itself, or set the pooler's 'pool_mode' to 'session'",
    );
  }
  if (held !== true) {
    const other = await lockHolder(holder, key, options);
    waits?.(other);
    try {
      await waitForLock(holder, key, options);
    } catch (error) {
      // The lock may have been given just before the cancel arrived.
      holder.spoiled();
      throw sqlState(error) === '55P03' ? stillHeld(target, other, error) : error;
    }
  }
  let released = false;
  return {
    waited: held !== true,
    release: async () => {
      if (released) return;
      released = true;
      try {
        await holder.send(`select pg_advisory_unlock('${key}'::bigint)`);
      } catch {
        holder.spoiled();
      }
    },
  };
}

/** Names the server's process that has the lock, as an administrator would look for it. */
async function lockHolder(holder: FenceHolder, key: bigint, options: ExecuteOptions): Promise<string> {
  const { rows } = await holder.send(
    `select a.pid, a.usename, a.application_name from pg_catalog.pg_locks as l
join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.classid = ${(key >> 32n) & 0xffffffffn} and l.objid = ${key & 0xffffffffn}`,
    options,
  );
  const [found] = rows;
  if (found === undefined) return 'another run, which has just ended';
  const [pid, user, application] = found;
  return `another run: ${processText(pid, user, application)}`;
}

/** For as long as `lock_timeout` lets it: a limit for statements is not one for the work of others. */
async function waitForLock(holder: FenceHolder, key: bigint, options: ExecuteOptions): Promise<void> {
  const { rows } = await holder.send(
    "select current_setting('statement_timeout'), set_config('statement_timeout', '0', false)",
    options,
  );
  await holder.send(`select pg_advisory_lock('${key}'::bigint)`, options);
  const before = literal(postgresFacts, String(rows[0]![0]));
  await holder.send(`select set_config('statement_timeout', ${before}, false)`, options);
}

const stillHeld = ({ schema, identifier }: RelationName, other: string, cause: unknown): WarehouseError =>
  ownFailure(
    'locked',
    `${schema}.${identifier} has been worked on for longer than 'lock_timeout' by ${other}`,
    "nothing was changed; wait until that run has ended, or raise 'lock_timeout'",
    null,
    cause,
  );

export const fenceKey = ({ schema, identifier }: RelationName): bigint =>
  advisoryKey(schema ?? '', identifier);

/** 64 bits of a hash, signed, as the key of one of our advisory locks; the database is the lock's own. */
function advisoryKey(...words: readonly string[]): bigint {
  const hash = createHash('sha256')
    .update(['sluice', ...words].join('\u0000'))
    .digest();
  return hash.readBigInt64BE(0);
}
