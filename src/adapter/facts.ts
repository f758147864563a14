import type { Diagnostic } from '../core/diagnostic.ts';
import type { StatementResult } from './cell.ts';
import type { RelationName } from './relation.ts';

/** One key of a profile's output. */
export interface CredentialField {
  readonly name: string;
  /** Other accepted spellings, as dbt's adapter accepts them (`pass` for `password`). */
  readonly aliases: readonly string[];
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'mapping' | 'any';
  readonly required: boolean;
  /** Held as a Secret from the start. */
  readonly secret: boolean;
  /** Shown to templates in `target`. */
  readonly inTarget: boolean;
  /** Shown by `debug`, as dbt's adapter's connection keys. */
  readonly inDebug: boolean;
}

/** How SQL text of a warehouse is cut into tokens: comments, strings, quoted names. */
export interface SqlSyntax {
  readonly lineComments: readonly string[];
  readonly nestedBlockComments: boolean;
  /** `$tag$ ... $tag$` */
  readonly dollarQuotes: boolean;
  /** Backslash escapes in plain strings; in PostgreSQL only in `E'...'`. */
  readonly backslashEscapes: 'always' | 'e-strings' | 'never';
  readonly identifierQuotes: readonly string[];
  readonly stringQuotes: readonly string[];
}

/** Whether a constraint of that kind is enforced by the engine, only recorded, or not known to it. */
export type ConstraintSupport = 'enforced' | 'not_enforced' | 'not_supported';

export type ConstraintKind = 'check' | 'not_null' | 'unique' | 'primary_key' | 'foreign_key';

/** What a kind of warehouse is like: data only, importable without its driver. */
export interface AdapterFacts {
  /** dbt's adapter type: `duckdb`, `postgres`; also the prefix of dispatched macros. */
  readonly type: string;
  /** Adapters whose macros apply where this one has none, nearest first (`redshift` has `postgres`). */
  readonly dispatchParents: readonly string[];
  /** Name of the macro package in templates: `dbt_duckdb`. */
  readonly macroPackage: string;
  readonly credentials: readonly CredentialField[];
  readonly quote: string;
  /** dbt's default quoting policy of database, schema and identifier. */
  readonly quoting: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean };
  /** What happens to a name written without quotes. */
  readonly folding: 'lower' | 'upper' | 'preserve';
  /** True where two names that differ only in case are one. */
  readonly caseInsensitiveNames: boolean;
  /** Longest identifier in bytes; null for none. */
  readonly identifierLimit: number | null;
  readonly transactionalDdl: boolean;
  /** What failed can be undone by itself, and its transaction goes on. */
  readonly savepoints: boolean;
  /** A table or view is made by `create or replace`, whether or not one of its type stands there. */
  readonly replacesInPlace: boolean;
  /**
   * dbt's driver opens a transaction before the first statement of a connection, `auto_begin` or not, and none by itself
   * after the first commit. A macro of `run-operation` comes after that commit: all it sends takes effect at once.
   */
  readonly implicitTransactions: boolean;
  /** What a view reads after the relation under it was replaced. */
  readonly viewsFollow: 'name' | 'object';
  /** Functions of one name that take other types stand beside each other. */
  readonly overloads: boolean;
  readonly merge: boolean;
  readonly syntax: SqlSyntax;
  readonly defaultIncrementalStrategy: { readonly withKey: string; readonly withoutKey: string };
  readonly incrementalStrategies: readonly string[];
  /** Several transactions may write rows of one table at once, as batches of one model do. */
  readonly concurrentBatches: boolean;
  /** What tells the rows that a batch of a microbatch model replaces: their time, or the model's key. */
  readonly batchesReplacedBy: 'event_time' | 'unique_key';
  /** What dbt's adapter makes of the answer to an insert of no rows, for a snapshot that found no change. */
  readonly emptyInsert: StatementResult['response'];
  readonly constraints: Readonly<Record<ConstraintKind, ConstraintSupport>>;
  /** Whether what a foreign key points to may be written with its database, though that be the table's own. */
  readonly foreignKeysNameDatabase: boolean;
  /** What templates get for a JSON value: its text, or, as from PostgreSQL's driver, the value itself. */
  readonly jsonResults: 'text' | 'parsed';
  /** How many days dbt's driver makes of a year of an interval; a month has thirty. */
  readonly intervalYearDays: number;
  /** dbt's `Column.translate_type` table: generic label, upper case, to the warehouse's type. */
  readonly typeLabels: Readonly<Record<string, string>>;
  /** How dbt's adapter brings seeds in: the engine reads the file, or values are bound row by row; cells differ. */
  readonly seedLoading: 'copy' | 'values';
  /** Column types that a seed's inferred kinds get, as dbt's `convert_*_type` give them. */
  readonly seedTypes: Readonly<Record<SeedKind, string>>;
  /** Where dbt's relation and column classes of this adapter differ from its base classes; templates see them. */
  readonly classes?: Partial<ClassFacts>;
  /** The field of the profile that names the file, where a database is one. */
  readonly fileField?: string;
  readonly container?: ContainerFacts;
}

/** A container with a server of this kind, for CI jobs whose profile names one on their own machine. */
export interface ContainerFacts {
  readonly image: string;
  /** That the server listens on unless `portVariable` says another. */
  readonly port: number;
  readonly portVariable: string;
  /** Succeeds, run in the container, once the server answers. */
  readonly readyCommand: string;
  /** Settings of the container that are always the same, and those that are fields of the profile. */
  readonly settings: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
  /** The profile's field that names the machine, and that of the port. */
  readonly hostField: string;
  readonly portField: string;
}

/** What dbt's `Relation` and `Column` classes of one adapter are like. */
export interface ClassFacts {
  /** Class names: printed, and looked for by packages in `relation.get('metadata').type`. */
  readonly relation: string;
  readonly column: string;
  /** A subquery in `from` needs an alias: the row filter of a ref then prints one. */
  readonly subqueryAlias: boolean;
  /** Relation types that dbt's generic macros may rename, and replace in one statement. */
  readonly renameable: readonly string[];
  readonly replaceable: readonly string[];
  /** Lower-case type names that `is_integer()` and `is_float()` of a column know. */
  readonly integerTypes: readonly string[];
  readonly floatTypes: readonly string[];
  /** Relations can be printed as an external file or function call. */
  readonly external: boolean;
  /** `data_type` of text without a length is its own name, not `character varying(256)`. */
  readonly unsizedText: boolean;
  /** A column's `dtype` keeps precision and length in parentheses, and structs have `fields` and `flatten()`. */
  readonly compositeTypes: boolean;
}

export type SeedKind = 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'time' | 'text';

/** A profile's output after its templates were rendered and its fields checked. */
export interface Credentials {
  readonly type: string;
  /** Never null: adapters fill in their default (DuckDB: from the path). */
  readonly database: string | null;
  readonly schema: string;
  readonly threads: number;
  /** Every field by its canonical name, secrets as Secret; absent fields are absent. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What `target` shows beside name, profile_name, type, threads, schema, database. */
  readonly target: Readonly<Record<string, unknown>>;
}

export type CredentialsResult =
  | { readonly credentials: Credentials; readonly warnings: readonly Diagnostic[] }
  | { readonly errors: readonly Diagnostic[] };

/** The name as one string to compare by: folded where the warehouse ignores case. */
export function relationKey(facts: AdapterFacts, name: RelationName): string {
  const parts = [name.database ?? '', name.schema ?? '', name.identifier];
  const joined = parts.join('\u0000');
  return facts.caseInsensitiveNames ? joined.toLowerCase() : joined;
}
