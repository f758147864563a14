import { type Failure, type FailureKind, WarehouseError } from '../../src/adapter/failure.ts';

/** DuckDB's error, taken apart. Connections ask for errors as JSON; opening a database gives text only. */
export interface EngineError {
  /** `Catalog`, `Parser`, `IO`, ...; empty where the message names none. */
  readonly type: string;
  readonly message: string;
  /** Offset in bytes of UTF-8; null where the engine gives none. */
  readonly position: number | null;
  /** The missing name that the position points at; null where the engine names none. */
  readonly name: string | null;
}

/** Reads the error that the driver threw. */
export function engineError(thrown: unknown): EngineError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const json = /^(?:[A-Za-z ]+ Error: )?(\{"exception_type".*\})\s*$/s.exec(text);
  if (json !== null) {
    const fields = JSON.parse(json[1]!) as Record<string, string>;
    return {
      type: fields['exception_type'] ?? '',
      message: fields['exception_message'] ?? text,
      position: fields['position'] === undefined ? null : Number(fields['position']),
      name: fields['name'] ?? null,
    };
  }
  const [, type, message] = /^([A-Za-z][A-Za-z ]*) Error: (.*)$/s.exec(text) ?? [null, '', text];
  // The frame that DuckDB draws in text mode is ours to draw.
  return { type: type!, message: message!.replace(/\n\nLINE \d+: .*$/s, ''), position: null, name: null };
}

/** Translates a failed statement; `prefixLength` counts characters that we put in front of the caller's text. */
export function statementFailure(thrown: unknown, sql: string, prefixLength = 0): WarehouseError {
  const error = engineError(thrown);
  const position = characterOffset(error, sql);
  const shifted = position === null || position < prefixLength ? null : position - prefixLength;
  return new WarehouseError(failure(error, shifted), sql.slice(prefixLength), thrown);
}

/** Translates a failure to open a database, which has no statement. */
export function connectionFailure(thrown: unknown): WarehouseError {
  const error = engineError(thrown);
  const translated = failure(error, null);
  // At this point a file that is not there, or an option that is not known, is the profile's mistake.
  const kind =
    ['unknown', 'syntax', 'data'].includes(translated.kind) && error.type !== 'Corrupt'
      ? 'configuration'
      : translated.kind;
  return new WarehouseError({ ...translated, kind }, null, thrown);
}

export function cancelled(sql: string | null, cause: unknown): WarehouseError {
  return new WarehouseError(
    { kind: 'cancelled', message: 'cancelled', code: null, detail: null, hint: null, position: null },
    sql,
    cause,
  );
}

/** The name that the Python client gives the exception, which profiles list to have it retried. */
export function exceptionName(type: string): string {
  const special: Readonly<Record<string, string>> = {
    TransactionContext: 'TransactionException',
    INTERRUPT: 'InterruptException',
    INTERNAL: 'InternalException',
  };
  const words = type.split(' ').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return special[type] ?? `${words.join('')}Exception`;
}

function failure(error: EngineError, position: number | null): Failure {
  const [first, ...rest] = error.message.split('\n');
  const detail = withoutReaderSettings(rest).join('\n').trim();
  // It calls records lines: one whose cells have line breaks counts once.
  const record = /^CSV Error on Line: (\d+)$/.exec(first!)?.[1];
  const known = rules.find(
    (rule) => rule.when.test(error.message) && (rule.types?.includes(error.type) ?? true),
  );
  return {
    kind: known?.kind ?? kinds[error.type] ?? 'unknown',
    message: error.type === '' ? first! : `${error.type} Error: ${first}`,
    code: error.type === '' ? null : error.type,
    detail: detail === '' ? null : detail,
    hint: known?.hint?.(error.message) ?? null,
    position,
    ...(record === undefined ? {} : { fileRecord: Number(record) }),
  };
}

/** After what is wrong in a CSV file, DuckDB lists every setting of its reader: line, value and column are told before. */
function withoutReaderSettings(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => /^(Column \S+ is being converted|\s*file = )/.test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

/** What a kind of exception means where no rule below knows better. */
const kinds: Readonly<Record<string, FailureKind>> = {
  Parser: 'syntax',
  Syntax: 'syntax',
  Binder: 'syntax',
  Catalog: 'syntax',
  'Not implemented': 'syntax',
  Dependency: 'held',
  Conversion: 'data',
  Constraint: 'data',
  'Out of Range': 'data',
  'Mismatch Type': 'data',
  'Invalid Input': 'data',
  'Divide by Zero': 'data',
  Decimal: 'data',
  INTERRUPT: 'cancelled',
  Permission: 'permission',
  'Out of Memory': 'resources',
  'Invalid Configuration': 'configuration',
  'Missing Extension': 'configuration',
  Extension: 'configuration',
};

interface Rule {
  readonly types?: readonly string[];
  readonly when: RegExp;
  readonly kind: FailureKind;
  readonly hint?: (message: string) => string;
}

/** Told apart by the words of DuckDB 1.5, first match wins; tests provoke each of them on the engine. */
const rules: readonly Rule[] = [
  {
    when: /write-write conflict|Conflict on (update|tuple deletion)|transaction conflict/i,
    kind: 'contention',
  },
  { when: /Could not set lock on file/, kind: 'locked', hint: lockHint },
  {
    when: /database file with version number/,
    kind: 'configuration',
    hint: () => 'the file was written by another version of DuckDB; open it with that version and export it',
  },
  {
    when: /not a valid DuckDB database file/,
    kind: 'configuration',
    hint: () => "the file holds something else; choose another 'path', or remove the file",
  },
  {
    when: /Corrupt database file/,
    kind: 'unknown',
    hint: () => 'restore the file from a copy, or remove it and build everything again',
  },
  {
    when: /different configuration than existing connections/,
    kind: 'configuration',
    hint: () => 'this process has the file open with other options; close it there first',
  },
  {
    when: /attached in read-only mode/,
    kind: 'permission',
    hint: () => 'open the database for writing: leave access_mode out, or build in another one',
  },
  {
    when: /No space left on device|disk full|Disk quota exceeded|File too large/i,
    kind: 'resources',
    hint: () =>
      'nothing was changed; make room for the file and for what DuckDB puts beside it, and run again',
  },
  {
    types: ['Out of Memory'],
    when: /./,
    kind: 'resources',
    hint: () =>
      "nothing was changed; give it more in the profile's 'settings': memory_limit, max_temp_directory_size",
  },
  {
    types: ['IO'],
    when: /Permission denied|Read-only file system/,
    kind: 'permission',
    hint: () => 'this user may not write the file, or not make files in its folder',
  },
  { types: ['IO'], when: /No files found that match/, kind: 'syntax' },
  {
    types: ['IO'],
    when: /Failed to download extension|Extension ".*" not found/,
    kind: 'configuration',
    hint: () => 'the extension must be installed once while there is a network',
  },
  {
    types: ['IO'],
    when: /Cannot open file .*: No such file or directory/,
    kind: 'configuration',
    hint: () => 'the folder of the file must exist',
  },
  { types: ['IO'], when: /Is a directory/, kind: 'configuration', hint: () => "'path' must name a file" },
  { types: ['HTTP'], when: /\b(401|403)\b/, kind: 'permission' },
  { types: ['HTTP'], when: /\b404\b/, kind: 'syntax' },
  { types: ['HTTP'], when: /\b(408|429|5\d\d)\b|timed? ?out|connect/i, kind: 'transient' },
  { types: ['TransactionContext'], when: /constraint violation/, kind: 'data' },
];

function lockHint(message: string): string {
  const [, program, pid] = /lock is held in (.+?) \(PID (\d+)\)/.exec(message) ?? [];
  const holder = pid === undefined ? 'another process' : `process ${pid} (${program})`;
  return `${holder} has the file open: wait until it ends, or close it there; DuckDB lets one process write at a time`;
}

/**
 * Characters instead of bytes. A position inside a view's own text points nowhere in the statement: where the engine
 * names what is missing, the name must stand near the place.
 */
function characterOffset({ position, name }: EngineError, sql: string): number | null {
  if (position === null) return null;
  const bytes = Buffer.from(sql, 'utf8');
  if (position > bytes.length) return null;
  const offset = bytes.subarray(0, position).toString('utf8').length;
  const near = sql.slice(offset, offset + 300).toLowerCase();
  return name === null || near.includes(name.toLowerCase()) ? offset : null;
}
