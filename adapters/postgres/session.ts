import type {
  ExecuteOptions,
  Fence,
  FenceOptions,
  LockPatience,
  RowSource,
  RowStream,
  Session,
} from '../../src/adapter/adapter.ts';
import type { StatementResult } from '../../src/adapter/cell.ts';
import type { WarehouseError } from '../../src/adapter/failure.ts';
import type {
  Column,
  Dependent,
  Dependents,
  FunctionInTheWay,
  Relation,
  RelationName,
  SchemaName,
} from '../../src/adapter/relation.ts';
import { Conversation, type Line } from './conversation.ts';
import { findDependents, hasOthers } from './dependents.ts';
import { commitUnsettled, dependentsChanged, failureInFile, notCommitted, rolledBack } from './failures.ts';
import { acquireFence } from './fence.ts';
import { findFunctionInTheWay, hasFunction } from './functions.ts';
import * as introspect from './introspect.ts';
import { lockHolders } from './lock-holders.ts';
import type { LockWatch } from './lock-watch.ts';
import type { Answer } from './query.ts';
import { transactionIdSql } from './query-with-id.ts';
import { copySql } from './seeds.ts';
import { briefly, isPatient, lockTimeoutSql, swapLocksSql } from './settings.ts';
import type { Settled } from './settle.ts';
import { isCommit } from './transaction-number.ts';

/** What a session borrows from its warehouse. */
export interface SessionHome extends Line {
  readonly database: string;
  /** Looks up what became of a transaction whose connection was lost. */
  settle(transactionId: string): Promise<Settled>;
  /** Has the session's process give way where waiting would be a deadlock; null where that cannot be. */
  watchLocks(): Promise<LockWatch | null>;
  /** Takes the connection back; `reusable` where nothing is known against it. */
  giveBack(session: PostgresSession, reusable: boolean): Promise<void>;
}

export class PostgresSession implements Session {
  readonly label: string;
  readonly #home: SessionHome;
  readonly #talk: Conversation;
  /** What was found to hang on a relation in this attempt. */
  #dependents: { readonly name: RelationName; readonly found: readonly Dependent[] } | null = null;
  /** How many statements were sent when the open transaction was at its start; what limits its locks leaves it there. */
  #startedAt: number | null = null;
  /** Of the attempt whose limit holds since then. */
  #shortened: number | null = null;
  /** Looks after the locks of the attempt that is made. */
  #watch: LockWatch | null = null;
  #released = false;

  constructor(label: string, home: SessionHome) {
    this.label = label;
    this.#home = home;
    this.#talk = new Conversation(label, home);
  }

  get inTransaction(): boolean {
    return this.#talk.inTransaction;
  }

  /** A statement runs. */
  get busy(): boolean {
    return this.#talk.busy;
  }

  async execute(sql: string, options: ExecuteOptions = {}): Promise<StatementResult> {
    const answer = isCommit(sql) ? await this.#commit(sql, options) : await this.#talk.ask(sql, options);
    return this.#talk.resultOf(answer);
  }

  async stream(sql: string, options: ExecuteOptions = {}): Promise<RowStream> {
    return this.#talk.stream(sql, options);
  }

  async begin(): Promise<void> {
    await this.#talk.ask('begin');
    this.#startedAt = this.#talk.statements;
    this.#shortened = null;
  }

  async commit(): Promise<void> {
    this.#talk.forgive();
    try {
      const { tag } = await this.#commit('commit', {});
      // The server answers the commit of a failed transaction so, and calls it no error.
      if (tag === 'ROLLBACK') throw rolledBack();
    } finally {
      this.#talk.leaveTransaction();
    }
  }

  /** Where the answer is lost, it is looked up what became of the transaction. */
  async #commit(sql: string, options: ExecuteOptions): Promise<Answer> {
    let number = this.#talk.number.known;
    if (this.#talk.inTransaction && number === null && this.#talk.number.isHidden) {
      number = (await this.#talk.ask(transactionIdSql, options)).rows[0]![0]!;
    }
    try {
      return await this.#talk.ask(sql, options);
    } catch (error) {
      if (!this.#talk.isCut && (error as WarehouseError).failure.kind !== 'transient') throw error;
      // What wrote nothing has nothing to lose.
      const settled = number === null ? 'aborted' : await this.#home.settle(number);
      if (settled === 'aborted') throw notCommitted(sql, error);
      if (settled === 'unknown') throw commitUnsettled(sql, error);
      return { fields: [], rows: [], tag: 'COMMIT', transactionId: null };
    }
  }

  /** Does nothing where no transaction is open, so that it cannot hide the error of a failed commit. */
  async rollback(): Promise<void> {
    if (!this.#talk.inTransaction) return;
    this.#talk.forgive();
    try {
      await this.#talk.ask('rollback');
    } catch (error) {
      this.#talk.spoil();
      throw error;
    } finally {
      this.#talk.leaveTransaction();
    }
  }

  /** A savepoint undoes what failed; where nothing was sent before, a new transaction does, which costs less. */
  async attempt(work: () => Promise<void>, { locks }: { readonly locks?: LockPatience } = {}): Promise<void> {
    const watch = locks !== undefined && isPatient(locks.attempt) ? await this.#home.watchLocks() : null;
    if (watch === null) return this.#attempt(work, locks);
    this.#watch = watch;
    this.#talk.isGivingWay = async () => {
      await watch.end();
      return watch.gaveWay;
    };
    try {
      await this.#attempt(() => work().finally(() => watch.end()), locks);
    } finally {
      this.#watch = null;
      this.#talk.isGivingWay = null;
      await watch.end();
    }
  }

  async #attempt(work: () => Promise<void>, locks: LockPatience | undefined): Promise<void> {
    const first = this.#atStart;
    const shortened = this.#shortened;
    this.#dependents = null;
    if (!first) await this.#talk.ask('savepoint sluice_attempt');
    try {
      const before = locks === undefined ? null : await this.#limitLocks(locks.attempt);
      await work();
      // Within the same transaction the way back leads past this work from now on.
      this.#startedAt = null;
      if (!first) await this.#talk.ask('release savepoint sluice_attempt');
      if (before !== null) this.#talk.owe(lockTimeoutSql(before));
    } catch (error) {
      await this.#undo(first, shortened).catch(() => undefined);
      throw (await this.#gainedDependents()) ? dependentsChanged(error) : error;
    }
  }

  /**
   * Nothing keeps others from making a view over a relation between the look at its dependents and its drop, which the
   * server then refuses. The next attempt finds the view.
   */
  async #gainedDependents(): Promise<boolean> {
    const seen = this.#dependents;
    this.#dependents = null;
    if (seen === null) return false;
    return hasOthers(this.#catalog, seen.name, seen.found).catch(() => false);
  }

  /** So that nobody queues for long behind a swap that waits itself; gives the limit that there was. */
  async #limitLocks(attempt: number): Promise<string> {
    const atStart = this.#atStart;
    const { rows } = await this.#talk.ask(swapLocksSql(this.#watch === null ? briefly(attempt) : attempt));
    if (atStart) this.#startedAt = this.#talk.statements;
    this.#shortened = atStart ? attempt : null;
    return rows[0]![0]!;
  }

  async #undo(first: boolean, shortened: number | null): Promise<void> {
    if (first) {
      await this.#talk.ask('rollback');
      await this.begin();
      if (shortened !== null) await this.#limitLocks(shortened);
    } else {
      await this.#talk.ask('rollback to savepoint sluice_attempt');
      await this.#talk.ask('release savepoint sluice_attempt');
    }
  }

  async lockHolders(name: RelationName): Promise<string | null> {
    const atStart = this.#atStart;
    const holders = await lockHolders(this.#catalog, name);
    if (atStart) this.#startedAt = this.#talk.statements;
    return holders;
  }

  async listRelations(schema: SchemaName): Promise<readonly Relation[]> {
    return introspect.listRelations(this.#catalog, schema);
  }

  async listSchemas(database: string | null): Promise<readonly string[]> {
    return introspect.listSchemas(this.#catalog, database);
  }

  async findRelation(name: RelationName): Promise<Relation | null> {
    return introspect.findRelation(this.#catalog, name);
  }

  async columnsOf(name: RelationName): Promise<readonly Column[] | null> {
    return introspect.columnsOf(this.#catalog, name);
  }

  async hasFunction(name: RelationName): Promise<boolean> {
    return hasFunction(this.#catalog, name);
  }

  async functionInTheWay(
    name: RelationName,
    argumentTypes: readonly string[],
    failure: WarehouseError,
  ): Promise<FunctionInTheWay | null> {
    const watched = { isWatched: this.#watch !== null };
    return findFunctionInTheWay(this.#catalog, name, argumentTypes, failure, watched);
  }

  async dependents(name: RelationName): Promise<Dependents> {
    const dependents = await findDependents(this.#catalog, name, { isWatched: this.#watch !== null });
    this.#dependents = { name, found: dependents.found };
    return dependents;
  }

  /** A view is made of the query, for the server to print both in one way, and taken back with its transaction. */
  async hasQuery(name: RelationName, sql: string): Promise<boolean> {
    const open = this.#talk.inTransaction;
    const prefix = `create temporary view ${introspect.queryView} as (`;
    await this.#talk.ask(open ? 'savepoint sluice_query' : 'begin');
    try {
      await this.#talk.ask(`${prefix}${sql}\n)`, {}, prefix.length);
      return await introspect.hasQuery(this.#catalog, name);
    } finally {
      await this.#talk.ask(open ? 'rollback to savepoint sluice_query' : 'rollback').catch(() => undefined);
    }
  }

  async describeQuery(sql: string): Promise<readonly Column[]> {
    const prefix = 'select * from (';
    // The line break ends a comment that the query may end with.
    const { fields } = await this.#talk.ask(`${prefix}${sql}\n) as sluice_query limit 0`, {}, prefix.length);
    return introspect.answeredColumns(this.#catalog, fields);
  }

  async loadRows(target: RelationName, source: RowSource, options: ExecuteOptions = {}): Promise<number> {
    const loaded = this.#talk.copy(copySql(target, source), source, options);
    return source.plain
      ? loaded.catch((thrown) => {
          throw failureInFile(thrown);
        })
      : loaded;
  }

  async fence(target: RelationName, options: FenceOptions = {}): Promise<Fence> {
    return acquireFence(
      {
        backend: this.#home.backend,
        send: (sql, given) => this.execute(sql, given),
        spoiled: () => {
          this.#talk.spoil();
        },
      },
      target,
      options,
    );
  }

  async release(): Promise<void> {
    if (this.#released) return;
    try {
      await this.#talk.fallSilent();
      await this.rollback();
    } catch {
      this.#talk.spoil();
    }
    this.#released = true;
    this.#talk.end();
    await this.#home.giveBack(this, this.#talk.reusable);
  }

  /** Nothing was sent yet in the open transaction, but what limits its locks, or asks who has them. */
  get #atStart(): boolean {
    return this.#startedAt === this.#talk.statements;
  }

  get #catalog(): introspect.Catalog {
    return { database: this.#home.database, ask: (sql) => this.execute(sql) };
  }
}
