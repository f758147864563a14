import { type Failure, type FailureKind, WarehouseError } from '../../src/adapter/failure.ts';

/** What the driver's errors carry: the fields of the server's message, or the code of a failed system call. */
export interface DriverError {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  /** Of the relation that the error is about. */
  readonly schema?: string;
  /** Counted in characters from 1, in the statement's text. */
  readonly position?: string;
}

/** Translates a failed statement; `prefixLength` counts UTF-16 units that we put in front of the caller's text. */
export function statementFailure(thrown: unknown, sql: string, prefixLength = 0): WarehouseError {
  if (thrown instanceof WarehouseError) return thrown;
  const error = driverError(thrown);
  const offset = error.position === undefined ? null : codeUnitOffset(sql, Number(error.position) - 1);
  const caller = sql.slice(prefixLength);
  const inside = offset !== null && offset >= prefixLength && offset <= sql.length;
  return new WarehouseError(failureOf(error, inside ? offset - prefixLength : null), caller, thrown);
}

export function cancelled(sql: string | null, cause: unknown): WarehouseError {
  return ownFailure('cancelled', 'cancelled', null, sql, cause);
}

/** The connection was lost before the server had committed: nothing of the transaction is there. */
export function notCommitted(sql: string, cause: unknown): WarehouseError {
  const message = 'the connection was lost before the transaction was committed; it was rolled back';
  return ownFailure('transient', message, 'nothing was changed; run it again', sql, cause);
}

/** Somebody who reads what is swapped came to wait for the swap. */
export const gaveWay = (sql: string, cause: unknown): WarehouseError =>
  ownFailure('contention', 'it gave way to somebody who would have waited for it in turn', null, sql, cause);

export const dependentsChanged = (cause: unknown): WarehouseError =>
  ownFailure('contention', 'somebody made a view over it meanwhile', null, null, cause);

export const rolledBack = (): WarehouseError =>
  ownFailure(
    'unknown',
    'the transaction had failed and was rolled back instead of committed',
    null,
    'commit',
  );

/** Nobody could be asked whether the server has committed. */
export function commitUnsettled(sql: string, cause: unknown): WarehouseError {
  return ownFailure(
    'unsettled',
    'the connection was lost while the transaction was committed, and the server could not be asked what became of it',
    'what stands there is the old or the new, whole: look which, before it is run again',
    sql,
    cause,
  );
}

/** A failure that we find ourselves. */
export function ownFailure(
  kind: FailureKind,
  message: string,
  hint: string | null,
  sql: string | null = null,
  cause: unknown = undefined,
): WarehouseError {
  return new WarehouseError({ kind, message, code: null, detail: null, hint, position: null }, sql, cause);
}

/** SQLSTATE of the driver's error; null where the server did not speak. */
export function sqlState(thrown: unknown): string | null {
  const { code } = driverError(thrown instanceof WarehouseError ? thrown.cause : thrown);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** The driver's error in what was thrown; the first one where several addresses of one host failed. */
export function driverError(thrown: unknown): DriverError {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return driverError(thrown.errors[0]);
  return thrown instanceof Error ? (thrown as DriverError) : { message: String(thrown) };
}

/** `position` counts UTF-16 units in the caller's text; null where the server points at none of it. */
export function failureOf(error: DriverError, position: number | null): Failure {
  const [first, ...rest] = error.message.split('\n');
  const copied = copiedRow(error.where ?? '');
  const detail = error.detail ?? copied?.text ?? rest.join('\n').trim();
  return {
    kind: kindOf(error),
    message: first!,
    code: error.code ?? null,
    detail: detail === '' ? null : detail,
    hint:
      error.hint ??
      hints.find(({ code, words }) => code === (error.code ?? null) && words.test(first!))?.hint ??
      null,
    position,
    ...(copied === null ? {} : { fileRow: copied.row }),
  };
}

/** The row that COPY stopped at, which the server calls a line, and the column with its value, if it is one's fault. */
function copiedRow(where: string): { readonly text: string; readonly row: number } | null {
  const found = /^COPY .*, line (\d+)(?:, column ([^\n]*?): ("[^\n]*"))?/m.exec(where);
  if (found === null) return null;
  const [, row, column, value] = found;
  const cell = column === undefined ? '' : `, column '${column}': ${value}`;
  return { text: `in row ${row}${cell}`, row: Number(row) };
}

/** What COPY says of a file that it took as it is: there the line that it names is one of the file. */
export function failureInFile(thrown: unknown): unknown {
  if (!(thrown instanceof WarehouseError) || thrown.failure.fileRow === undefined) return thrown;
  const { fileRow: fileLine, ...failure } = thrown.failure;
  const detail = failure.detail?.replace(/^in row /, 'in line ') ?? null;
  return new WarehouseError({ ...failure, detail, fileLine }, thrown.sql, thrown.cause);
}

/** What to do, where the server does not say. */
const hints: readonly { readonly code: string | null; readonly words: RegExp; readonly hint: string }[] = [
  {
    code: '25006',
    words: /./,
    hint: 'the server takes no writes: it is a standby, or default_transaction_read_only is on for this user or database',
  },
  {
    code: '42501',
    words: /^permission denied for database/,
    hint: 'only who may create in the database makes schemas: have it granted, or have somebody make the schema',
  },
  {
    code: '42501',
    words: /^permission denied for schema/,
    hint: 'have usage granted on the schema to read in it, and create to build in it',
  },
  {
    code: '42501',
    words: /^permission denied for (table|view|materialized view|sequence|foreign table)/,
    hint: 'have its owner grant what is missing: select to read, and to write insert, update, delete and truncate',
  },
  {
    code: '42501',
    words: /^must be owner of/,
    hint: 'only its owner replaces, changes or drops it: have it made over to you (alter ... owner to), or build under another name',
  },
  {
    code: '0A000',
    words: /^cross-database references/,
    hint: "a connection sees one database: leave 'database' out, or name it as 'dbname' of a target of its own",
  },
  {
    code: '57014',
    words: /statement timeout/,
    hint: "a limit for statements was reached: that of the profile's 'statement_timeout', of the user, or of the database",
  },
  {
    code: '55P03',
    words: /lock timeout/,
    hint: "somebody holds a lock on it: wait until they are done, or raise 'lock_timeout'",
  },
  ...['53100', 'XX000'].map((code) => ({
    code,
    words: code === '53100' ? /./ : /(File too large|Disk quota exceeded)$/,
    hint: 'nothing was changed; make room on the disk of the server, and run again',
  })),
  {
    code: '57P02',
    words: /./,
    hint: 'the server ends all connections when one of its processes dies; its log says why',
  },
  ...[null, 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].map((code) => ({
    code,
    words: /^Connection terminated|ECONNRESET|EPIPE|ETIMEDOUT/,
    hint: 'the server or the network ended the connection; what was not committed is gone',
  })),
  {
    code: '57P01',
    words: /./,
    hint: 'the server was shut down, or somebody ended this connection',
  },
];

function kindOf({ code, message, schema }: DriverError): FailureKind {
  // Two sessions made one name at once, which `if not exists` does not keep apart.
  if (code === '23505' && schema === 'pg_catalog') return 'contention';
  // The server has a code for a full disk alone, not for other ends of its room.
  if (code === 'XX000' && noRoom.test(message)) return 'resources';
  if (code === '57014') return /timeout/.test(message) ? 'timeout' : 'cancelled';
  if (code !== undefined) return states[code] ?? classes[code.slice(0, 2)] ?? networkKinds[code] ?? 'unknown';
  return /^Connection terminated|^Client was closed|not queryable|timeout expired/.test(message)
    ? 'transient'
    : 'unknown';
}

const noRoom = /(File too large|Disk quota exceeded)$/m;

/** SQLSTATEs that are not what their class is. */
const states: Readonly<Record<string, FailureKind>> = {
  '0A000': 'syntax',
  '21000': 'data',
  '25006': 'permission',
  '25P03': 'transient',
  '25P04': 'timeout',
  '2BP01': 'held',
  '3F000': 'syntax',
  '3D000': 'configuration',
  '40001': 'contention',
  '40P01': 'contention',
  '42501': 'permission',
  '44000': 'data',
  '53300': 'transient',
  '55P03': 'contention',
  '57P01': 'transient',
  '57P02': 'transient',
  '57P03': 'transient',
  '57P05': 'transient',
};

const classes: Readonly<Record<string, FailureKind>> = {
  '08': 'transient',
  '22': 'data',
  '23': 'data',
  '28': 'authentication',
  '42': 'syntax',
  '53': 'resources',
  '54': 'resources',
  '58': 'resources',
};

const networkKinds: Readonly<Record<string, FailureKind>> = {
  ECONNRESET: 'transient',
  ECONNREFUSED: 'transient',
  EPIPE: 'transient',
  ETIMEDOUT: 'transient',
  EHOSTUNREACH: 'transient',
  ENETUNREACH: 'transient',
  EAI_AGAIN: 'transient',
};

/** The server counts characters; a text counts UTF-16 units. */
function codeUnitOffset(text: string, characters: number): number {
  let offset = 0;
  for (let count = 0; count < characters && offset < text.length; count += 1) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}
