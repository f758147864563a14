import { type Failure, type FailureKind, WarehouseError } from '../../src/adapter/failure.ts';

/** What the driver's errors carry: the fields of the server's message, or the code of a failed system call. */
interface DriverError {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
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
  return new WarehouseError(failure(error, inside ? offset - prefixLength : null), caller, thrown);
}

/** Translates a failure to connect, which has no statement; `place` is where the profile points at. */
export function connectionFailure(thrown: unknown, place: string): WarehouseError {
  if (thrown instanceof WarehouseError) return thrown;
  const error = driverError(thrown);
  const translated = failure(error, null);
  const known = connectRules.find(
    ({ codes, words }) =>
      (error.code !== undefined && codes.includes(error.code)) || words?.test(error.message),
  );
  const kind = known?.kind ?? translated.kind;
  const hint = translated.hint ?? known?.hint?.(place) ?? null;
  return new WarehouseError({ ...translated, kind, hint }, null, thrown);
}

export function cancelled(sql: string | null, cause: unknown): WarehouseError {
  return ownFailure('cancelled', 'cancelled', null, sql, cause);
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

function driverError(thrown: unknown): DriverError {
  // Several addresses of one host failed: the first tells as much as all.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return driverError(thrown.errors[0]);
  return thrown instanceof Error ? (thrown as DriverError) : { message: String(thrown) };
}

function failure(error: DriverError, position: number | null): Failure {
  const [first, ...rest] = error.message.split('\n');
  const copied = /^COPY .*$/m.exec(error.where ?? '')?.[0];
  const detail = error.detail ?? copied ?? rest.join('\n').trim();
  return {
    kind: kindOf(error),
    message: first!,
    code: error.code ?? null,
    detail: detail === '' ? null : detail,
    hint: error.hint ?? null,
    position,
  };
}

function kindOf({ code, message }: DriverError): FailureKind {
  if (code === '57014') return /timeout/.test(message) ? 'timeout' : 'cancelled';
  if (code !== undefined) return states[code] ?? classes[code.slice(0, 2)] ?? networkKinds[code] ?? 'unknown';
  return /^Connection terminated|^Client was closed|not queryable|timeout expired/.test(message)
    ? 'transient'
    : 'unknown';
}

/** SQLSTATEs that are not what their class is. */
const states: Readonly<Record<string, FailureKind>> = {
  '0A000': 'syntax',
  '21000': 'data',
  '25006': 'permission',
  '25P03': 'transient',
  '25P04': 'timeout',
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

interface ConnectRule {
  readonly codes: readonly string[];
  readonly words?: RegExp;
  readonly kind: FailureKind;
  readonly hint?: (place: string) => string;
}

/** What means something else while a connection is made. */
const connectRules: readonly ConnectRule[] = [
  {
    codes: ['ECONNREFUSED'],
    kind: 'transient',
    hint: (place) => `nothing listens at ${place}: check 'host' and 'port', and that the server runs`,
  },
  { codes: ['ENOTFOUND'], kind: 'configuration', hint: () => "check 'host'" },
  { codes: ['ENOENT', 'EACCES'], kind: 'configuration' },
  {
    codes: ['3D000'],
    kind: 'configuration',
    hint: () => "create the database, or name another one in 'dbname'",
  },
  { codes: ['22023', '42704'], kind: 'configuration' },
  {
    codes: [],
    words: /does not support SSL/,
    kind: 'configuration',
    hint: () => "'sslmode' asks for TLS, which the server does not offer",
  },
  {
    codes: ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    kind: 'configuration',
    hint: () => "name the authority's certificate in 'sslrootcert'",
  },
  { codes: ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'], kind: 'configuration' },
];

/** The server counts characters; a text counts UTF-16 units. */
function codeUnitOffset(text: string, characters: number): number {
  let offset = 0;
  for (let count = 0; count < characters && offset < text.length; count += 1) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}
