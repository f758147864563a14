import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectOptions } from '../../src/adapter/adapter.ts';
import { retryable } from '../../src/adapter/failure.ts';
import { askAside } from './aside.ts';
import { connectionFailure } from './connection-failures.ts';

/** What became of a transaction whose commit was sent and never answered. */
export type Settled = 'committed' | 'aborted' | 'unknown';

/** SQLSTATE invalid_parameter_value: of a `txid_status` that is asked for a number not yet given. */
const numberToCome = '22023';

/** How long a server that is away is waited for, and the pauses between: doubled each time, up to the longest. */
const patienceMs = 60_000;
const firstPauseMs = 100;
const longestPauseMs = 5000;

/**
 * Looks up what became of a transaction, over a connection of its own. As long as the server holds it open, nobody is
 * left to end it: the process that works on it is ended, whether or not the commit has reached it, and then it is
 * known. `unknown` where nobody can be asked, or the server does not know the transaction.
 */
export async function settle(options: ConnectOptions, transactionId: string): Promise<Settled> {
  let waited = 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const settled = await look(options, transactionId);
    if (settled !== null) return settled;
    if (waited >= patienceMs || options.signal?.aborted) return 'unknown';
    await sleep(pauseMs);
    waited += pauseMs;
  }
}

/** Null where it is worth asking again. */
async function look(options: ConnectOptions, transactionId: string): Promise<Settled | null> {
  try {
    const [row] = await askAside(options, 'settle', statusSql(transactionId));
    const [status, standby] = row!;
    // What a standby has not heard of looks as if it had been given up.
    if (standby === 't' || status === 'in progress') return null;
    // A server that has forgotten the transaction says nothing.
    return status === 'committed' || status === 'aborted' ? status : 'unknown';
  } catch (error) {
    const { failure } = connectionFailure(error, options.credentials.fields);
    // A server that crashed before anything of the transaction reached its disk takes the number for one to come.
    if (failure.code === numberToCome) return 'aborted';
    return retryable(failure) ? null : 'unknown';
  }
}

/** `backend_xid` has the lower half of the transaction's number. */
const statusSql = (transactionId: string): string => `select pg_catalog.txid_status(${transactionId}),
  pg_catalog.pg_is_in_recovery(),
  (select pg_catalog.bool_or(pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity
   where backend_xid::text = (${transactionId} % 4294967296)::text and usename = session_user)`;
