import type { Cell, ResultColumn, StatementResult } from './cell.ts';
import type { AdapterFacts, Credentials, CredentialsResult } from './facts.ts';
import type { WarehouseError } from './failure.ts';
import type { RecipeTable } from './recipe.ts';
import type { Column, Dependents, FunctionInTheWay, Relation, RelationName, SchemaName } from './relation.ts';

/** What `adapters/<name>/facts.ts` exports: known before, and without, the driver. */
export interface AdapterEntry {
  readonly facts: AdapterFacts;
  /** Checks a rendered profile output (plain data) and fills in the warehouse's defaults. Reports every mistake. */
  credentials(output: Readonly<Record<string, unknown>>, context: CredentialsContext): CredentialsResult;
  /** Loads the driver; called when the first session is needed, never before. */
  load(): Promise<AdapterModule>;
}

export interface CredentialsContext {
  /** Relative paths of a profile are resolved against it (dbt: the working directory). */
  readonly workingDirectory: string;
  /** The user's home folder, for files that drivers look for there. */
  readonly home?: string;
  readonly profileName: string;
  readonly targetName: string;
}

export interface AdapterModule {
  readonly recipes: RecipeTable;
  /** Opens the warehouse; throws WarehouseError (`locked`, `authentication`, `configuration`, ...). */
  connect(options: ConnectOptions): Promise<Adapter>;
}

export interface ConnectOptions {
  readonly credentials: Credentials;
  /** Shown to the server: application name, query tag. */
  readonly invocationId: string;
  /** Open no file for writing where the engine can tell the difference. */
  readonly readOnly: boolean;
  /** The project is not trusted: nothing outside of the database may be reached by statements. */
  readonly restricted?: boolean;
  /** Gives up waiting for a server; the opening then fails as `cancelled`. */
  readonly signal?: AbortSignal;
}

/** One open warehouse. */
export interface Adapter {
  readonly facts: AdapterFacts;
  readonly recipes: RecipeTable;
  /** A connection for one work item, from its fence to its release; `label` names the item to the server. */
  openSession(label: string): Promise<Session>;
  /** Ends every session; the returned promise settles when the warehouse is closed. */
  close(): Promise<void>;
}

/** Rows of a file on their way into a table: by the engine's own reader, or COPY. */
export interface RowSource {
  /** Absolute path of a delimited text file with one header line. */
  readonly path: string;
  readonly delimiter: string;
  /** Columns in the order of the file, with the types of the target table. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows as text cells, for adapters (or files) that the engine's reader does not read as dbt does. */
  rows(): AsyncIterable<readonly (string | null)[]>;
  /** True where the engine may read the file itself and give the same rows. */
  readonly plain: boolean;
}

/**
 * One connection, held for the whole of a work item. Calls do not overlap. Every failure is a WarehouseError. After a
 * failed statement inside a transaction the caller rolls back; engines that keep the transaction usable must not be
 * leaned on.
 */
export interface Session {
  readonly label: string;
  readonly inTransaction: boolean;
  /** Sends exactly one statement. `signal` cancels it on the server and rejects with kind `cancelled`. */
  execute(sql: string, options?: ExecuteOptions): Promise<StatementResult>;
  /** Rows in chunks, for results that may not fit in memory. */
  stream(sql: string, options?: ExecuteOptions): Promise<RowStream>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /**
   * Runs short work of the open transaction, all or nothing: where it fails, what it did is undone and the transaction
   * goes on. With `locks`, a lock that is not to be had in a while is a failure of kind `contention`. Engines without
   * savepoints or locks just run it.
   */
  attempt(work: () => Promise<void>, options?: { readonly locks?: LockPatience }): Promise<void>;
  /** Who has a lock on the relation, as far as the warehouse tells, for a message; null where nobody has. */
  lockHolders(name: RelationName): Promise<string | null>;
  /** Every relation of a schema; empty when the schema does not exist; throws when it cannot know. */
  listRelations(schema: SchemaName): Promise<readonly Relation[]>;
  listSchemas(database: string | null): Promise<readonly string[]>;
  /** Asks for one relation directly; null when it does not exist; throws when it cannot know. */
  findRelation(name: RelationName): Promise<Relation | null>;
  /**
   * The columns of a relation in the order in which the warehouse stores them, asked for directly; null when it does
   * not exist; throws when it cannot know.
   */
  columnsOf(name: RelationName): Promise<readonly Column[] | null>;
  /** Whether there is a function of that name, whatever its arguments. */
  hasFunction(name: RelationName): Promise<boolean>;
  /**
   * The function of that name, with arguments of these types, which kept a statement from replacing it; null where that
   * is not why it failed.
   */
  functionInTheWay(
    name: RelationName,
    argumentTypes: readonly string[],
    failure: WarehouseError,
  ): Promise<FunctionInTheWay | null>;
  /**
   * What would be lost with the relation if it were dropped; empty where views follow names. Asked inside the
   * transaction that is to drop it.
   */
  dependents(name: RelationName): Promise<Dependents>;
  /** True where the query of a materialized view is this one, as the warehouse understands both; runs neither. */
  hasQuery(name: RelationName, sql: string): Promise<boolean>;
  /** Columns that a query would give, without running it. */
  describeQuery(sql: string): Promise<readonly Column[]>;
  /** Loads into an existing table inside the current transaction; returns the number of rows. */
  loadRows(target: RelationName, source: RowSource, options?: ExecuteOptions): Promise<number>;
  /** Waits until this session alone may write the relation. Taken before BEGIN, held until `release`. */
  fence(target: RelationName, options?: FenceOptions): Promise<Fence>;
  /** Rolls back what is open and gives the connection back. Never throws. */
  release(): Promise<void>;
}

/** How locks are waited for by work that others queue behind. */
export interface LockPatience {
  /** Which attempt at the work it is, counted from 1: the later, the longer it may wait. */
  readonly attempt: number;
}

export interface FenceOptions {
  readonly signal?: AbortSignal;
  /** Called once where somebody else has it, with who that is as far as the warehouse tells, for a message. */
  readonly waits?: (holder: string) => void;
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal;
}

export interface Fence {
  /** True when somebody else held it: what was known of the destination may be stale. */
  readonly waited: boolean;
  release(): Promise<void>;
}

export interface RowStream {
  readonly columns: readonly ResultColumn[];
  chunks(): AsyncIterable<readonly (readonly Cell[])[]>;
}
