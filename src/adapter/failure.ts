/**
 * Why a statement or connection failed. Only `transient` and `contention` may be retried, and only where repeating is
 * safe. What an adapter does not recognise is `unknown` and never retried.
 */
export type FailureKind =
  | 'transient' // the connection or the server went away; an open transaction was rolled back
  | 'unsettled' // a commit whose outcome could not be found out
  | 'contention' // lock timeout, deadlock, serialization failure, write-write conflict
  | 'syntax' // the statement cannot be parsed or names something that is not there
  | 'held' // something else depends on what was to be dropped or changed
  | 'data' // values do not fit: casts, constraints, overflow
  | 'permission'
  | 'authentication'
  | 'resources' // disk, memory
  | 'locked' // the database is held by somebody else
  | 'cancelled'
  | 'timeout'
  | 'configuration' // the profile is wrong: host, path, setting
  | 'unknown';

/** A warehouse's error, translated once, at the adapter's border. */
export interface Failure {
  readonly kind: FailureKind;
  /** The warehouse's own first line, as users find it in a search. */
  readonly message: string;
  /** SQLSTATE or the vendor's code; null where there is none. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Offset into the statement's text (UTF-16 code units) where the warehouse points at; null where it does not. */
  readonly position: number | null;
  /** What could not be loaded of a file: its row, counted from 1 below the header, blank lines aside. */
  readonly fileRow?: number;
  /** The same, counted from 1 with the header and with blank lines. */
  readonly fileRecord?: number;
  /** The same, as a line of the file, counted from 1. */
  readonly fileLine?: number;
}

/** Thrown by adapters only; carries the vendor's error as its cause. */
export class WarehouseError extends Error {
  readonly failure: Failure;
  /** The statement that failed; null for failures of a connection. */
  readonly sql: string | null;

  constructor(failure: Failure, sql: string | null, cause: unknown) {
    super(failure.message, { cause });
    this.name = 'WarehouseError';
    this.failure = failure;
    this.sql = sql;
  }
}

export const retryable = (failure: Failure): boolean =>
  failure.kind === 'transient' || failure.kind === 'contention';
