/**
 * A value that came back from the warehouse, told apart by its column's kind. Integers are numbers up to 2^53 and
 * bigint beyond; decimals are their exact text; dates, times and timestamps ISO 8601 text (a space between date and
 * time, microseconds only where not zero, an offset only for `timestamptz`); intervals the engine's text; JSON its
 * text; bytes a Uint8Array; lists and structs nest.
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array | readonly Cell[] | CellStruct;

/** Fields of a struct or map value, in order. */
export interface CellStruct {
  readonly fields: readonly (readonly [name: string, value: Cell])[];
}

export type ColumnKind =
  | 'boolean'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'text'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'json'
  | 'bytes'
  | 'list'
  | 'struct'
  | 'other';

export interface ResultColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The warehouse's spelling of the type. */
  readonly type: string;
}

/** What one statement gave back. */
export interface StatementResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** `adapter_response` of dbt's artifacts, with dbt's keys: `_message`, `code`, `rows_affected`, `query_id`. */
  readonly response: Readonly<Record<string, string | number | null>>;
}
