import type { Session } from '../adapter/adapter.ts';
import type { StatementResult } from '../adapter/cell.ts';
import type { SqlSyntax } from '../adapter/facts.ts';
import type { Column, Relation, RelationName, SchemaName } from '../adapter/relation.ts';
import type { RelationCache } from '../adapter/relation-cache.ts';
import { splitStatements } from '../adapter/sql-tokenizer.ts';
import type { TemplateStatement, Warehouse } from '../context/warehouse.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { Emit } from '../core/event.ts';
import type { World } from '../core/world.ts';
import { introspectionOff, queryRestricted } from './errors.ts';
import type { Attempt } from './schedule/attempt.ts';
import { SessionCache } from './session-cache.ts';

export interface SessionWarehouseOptions {
  readonly session: Session;
  readonly cache: RelationCache;
  readonly syntax: SqlSyntax;
  readonly world: World;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly uniqueId: string | null;
  /** False where templates may not query. */
  readonly introspect: boolean;
  /** The project is not trusted: while a node is compiled, the catalog may be asked, and no statement is sent. */
  readonly restricted: boolean;
  /** The attempt at what is worked on first. */
  readonly attempt: Attempt;
}

/**
 * What opens a transaction for a template's statement: its `auto_begin`; that, and until the first commit any
 * statement; nothing, so that every text takes effect by itself and as a whole.
 */
export type Opening = 'asked' | 'any' | 'none';

/** Told of what templates do to relations, where something may hang on these. */
export interface RelationGuard {
  renaming(from: Relation, to: RelationName): Promise<void>;
  /** Calls `drop` when the relation may be dropped. */
  dropping(relation: Relation, drop: () => Promise<void>): Promise<void>;
  committing(): Promise<void>;
  rolledBack(): void;
  /** Sends a statement that makes a function, in the open transaction. */
  making?(send: () => Promise<StatementResult>): Promise<StatementResult>;
}

/** Runs one of our macros on relations, in the node's context: `drop_relation`, `create_schema`, ... */
export type RelationMacro = (
  macro: string,
  relations: readonly (Relation | RelationName | SchemaName)[],
) => Promise<void>;

/** The warehouse as one work item sees it: its session, and the invocation's relation cache. */
export class SessionWarehouse implements Warehouse {
  readonly #options: SessionWarehouseOptions;
  readonly #cache: SessionCache;
  #macro: RelationMacro | null = null;
  #comment: ((sql: string) => Promise<string>) | null = null;
  #attempt: Attempt;
  #opening: Opening = 'asked';
  #committed = false;
  #guard: RelationGuard | null = null;
  #changed = false;
  #compiling = false;
  /** The newest rows that a statement gave. */
  lastRows: StatementResult = nothing;

  constructor(options: SessionWarehouseOptions) {
    this.#options = options;
    this.#cache = new SessionCache(options.cache, options.session);
    this.#attempt = options.attempt;
  }

  /** Macros need the node's context, which needs this warehouse: set once it is there. */
  useMacros(macro: RelationMacro): void {
    this.#macro = macro;
  }

  /** What becomes of a statement on its way: the node's comment comes to it. */
  useComment(comment: (sql: string) => Promise<string>): void {
    this.#comment = comment;
  }

  /** The statements to come belong to another attempt. */
  useAttempt(attempt: Attempt): void {
    this.#attempt = attempt;
  }

  /** Set where the statements to come follow other rules. */
  openFor(opening: Opening): void {
    this.#opening = opening;
    this.#committed = false;
  }

  guard(guard: RelationGuard): void {
    this.#guard = guard;
  }

  /** Does work that keeps transactions and dependents by itself, without the rules and the guard that are set. */
  async unguarded<T>(work: () => Promise<T>): Promise<T> {
    const before = { opening: this.#opening, guard: this.#guard };
    this.#opening = 'asked';
    this.#guard = null;
    try {
      return await work();
    } finally {
      this.#opening = before.opening;
      this.#guard = before.guard;
    }
  }

  /** Whether the open transaction holds more than queries. */
  get changed(): boolean {
    return this.#options.session.inTransaction && this.#changed;
  }

  /** Whether anything was committed since the rules were set. */
  get committed(): boolean {
    return this.#committed;
  }

  async compiling<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#compiling;
    this.#compiling = true;
    try {
      return await work();
    } finally {
      this.#compiling = before;
    }
  }

  #refuseWhileCompiling(): void {
    if (this.#compiling && this.#options.restricted) throw new DiagnosticError(queryRestricted());
  }

  /** Relations are known from the cache, as in dbt; nothing else is asked. */
  #refuseIntrospection(): void {
    if (!this.#options.introspect) throw new DiagnosticError(introspectionOff());
  }

  async execute(sql: string, { autoBegin, fetch, limit }: TemplateStatement): Promise<StatementResult> {
    const { session, syntax } = this.#options;
    this.#refuseIntrospection();
    this.#refuseWhileCompiling();
    const statements = splitStatements(sql, syntax).map(({ text }) => text);
    const controls = statements.some(isControl);
    const whole = this.#opening === 'none' && statements.length > 1 && !controls && !session.inTransaction;
    if (!session.inTransaction && this.#opens(autoBegin, controls)) await this.begin();
    const result = whole ? await this.#sendWhole(statements) : await this.#sendEach(statements);
    if (!fetch) return { ...result, columns: [], rows: [] };
    return limit === null ? result : { ...result, rows: result.rows.slice(0, limit) };
  }

  #opens(autoBegin: boolean, controls: boolean): boolean {
    if (this.#opening === 'none') return false;
    return autoBegin || (this.#opening === 'any' && !this.#committed && !controls);
  }

  async #sendEach(statements: readonly string[]): Promise<StatementResult> {
    let result: StatementResult = nothing;
    for (const statement of statements) result = await this.send(statement);
    return result;
  }

  async #sendWhole(statements: readonly string[]): Promise<StatementResult> {
    await this.begin();
    try {
      const result = await this.#sendEach(statements);
      await this.commit();
      return result;
    } catch (failure) {
      // The failure is the one to tell; what cannot be rolled back ends with the session.
      await this.rollback().catch(() => {});
      throw failure;
    }
  }

  /** Sends exactly one statement, told as events. */
  async send(bare: string): Promise<StatementResult> {
    const sql = this.#comment === null ? bare : await this.#comment(bare);
    const { session, world, emit, signal, uniqueId } = this.#options;
    emit({ name: 'statement-sent', connection: session.label, uniqueId, sql });
    const start = world.elapsed();
    const open = session.inTransaction;
    if (open && isCommit(bare)) await this.#guard?.committing();
    // Sealed before it is sent: where the answer is lost nobody knows whether it took effect.
    if (open ? this.#changed && isCommit(bare) : !(isQuery(bare) || isControl(bare))) this.#attempt.seal();
    const execute = (): Promise<StatementResult> => session.execute(sql, { signal });
    const making = open && makesFunction(bare) ? this.#guard?.making : undefined;
    const result = await (making === undefined ? execute() : making(execute));
    if (open && !session.inTransaction) this.#ended(bare);
    this.#changed = session.inTransaction && ((open && this.#changed) || !(isQuery(bare) || isControl(bare)));
    if (result.columns.length > 0) this.lastRows = result;
    emit({
      name: 'statement-finished',
      connection: session.label,
      uniqueId,
      elapsedMs: world.elapsed() - start,
      message: String(result.response['_message'] ?? 'OK'),
    });
    return result;
  }

  async begin(): Promise<void> {
    this.#options.signal.throwIfAborted();
    await this.#options.session.begin();
  }

  /** `aside` where what is committed stands aside, for the item's next attempt to replace. */
  async commit({ aside = false } = {}): Promise<void> {
    const { session } = this.#options;
    const { changed } = this;
    if (session.inTransaction) await this.#guard?.committing();
    if (session.inTransaction) await session.commit();
    this.#committed = true;
    if (changed && !aside) this.#attempt.seal();
    this.#cache.keep();
  }

  /** A template ended the transaction by a statement of its own. */
  #ended(sql: string): void {
    if (/\b(rollback|abort)\b/i.test(sql)) {
      this.#cache.takeBack();
      return;
    }
    this.#committed = true;
    this.#cache.keep();
  }

  /** Gives up the open transaction, whatever state it is in; what it told the cache is taken back. */
  async rollback(): Promise<void> {
    this.#guard?.rolledBack();
    this.#cache.takeBack();
    if (this.#options.session.inTransaction) await this.#options.session.rollback();
  }

  async getRelation(name: RelationName): Promise<Relation | null> {
    return this.#cache.get(name);
  }

  async hasFunction(name: RelationName): Promise<boolean> {
    return this.#options.session.hasFunction(name);
  }

  async listRelations(
    schema: SchemaName,
    { fresh }: { readonly fresh: boolean },
  ): Promise<readonly Relation[]> {
    if (!fresh) return this.#cache.list(schema);
    this.#refuseIntrospection();
    return this.#options.session.listRelations(schema);
  }

  /** Relations whose names are of staging relations, as the cache knows them. */
  async listStaging(schema: SchemaName): Promise<readonly Relation[]> {
    return this.#cache.listStaging(schema);
  }

  async columnsOf(name: RelationName): Promise<readonly Column[]> {
    this.#refuseIntrospection();
    return (await this.#options.session.columnsOf(name)) ?? [];
  }

  /** Columns of a query; statements before it, as a model's `sql_header`, are sent first. */
  async describeQuery(sql: string): Promise<readonly Column[]> {
    this.#refuseIntrospection();
    this.#refuseWhileCompiling();
    const { session, syntax } = this.#options;
    const statements = splitStatements(sql, syntax).map(({ text }) => text);
    if (statements.length < 2) return session.describeQuery(sql);
    await this.#sendEach(statements.slice(0, -1));
    return session.describeQuery(statements.at(-1)!);
  }

  async schemaExists({ database, schema }: SchemaName): Promise<boolean> {
    this.#refuseIntrospection();
    const wanted = schema.toLowerCase();
    return (await this.#options.session.listSchemas(database)).some((name) => name.toLowerCase() === wanted);
  }

  async createSchema(schema: SchemaName): Promise<void> {
    await this.#run('create_schema', [schema]);
  }

  async dropSchema(schema: SchemaName): Promise<void> {
    await this.#run('drop_schema', [schema]);
    this.#cache.cleared(schema);
  }

  async dropRelation(relation: Relation): Promise<void> {
    const drop = async (): Promise<void> => {
      await this.#run('drop_relation', [relation]);
      this.cacheDropped(relation);
    };
    await (this.#guard === null ? drop() : this.#guard.dropping(relation, drop));
  }

  async truncateRelation(relation: Relation): Promise<void> {
    await this.#run('truncate_relation', [relation]);
  }

  async renameRelation(from: Relation, to: RelationName): Promise<void> {
    await this.#guard?.renaming(from, to);
    await this.#run('rename_relation', [from, to]);
    this.cacheRenamed(from, to);
    // Statements make relations that the cache has not heard of.
    this.cacheAdded({ ...to, type: from.type });
  }

  cacheAdded(relation: Relation): void {
    this.#cache.added(relation);
  }

  cacheDropped(relation: RelationName): void {
    this.#cache.dropped(relation);
  }

  cacheRenamed(from: RelationName, to: RelationName): void {
    this.#cache.renamed(from, to);
  }

  #run(macro: string, relations: readonly (Relation | RelationName | SchemaName)[]): Promise<void> {
    if (this.#macro === null) throw new Error(`no context to run ${macro} in`);
    return this.#macro(macro, relations);
  }
}

const isQuery = (statement: string): boolean => /^\W*(select|values|show|explain)\b/i.test(statement);

export const isCommit = (statement: string): boolean => /^\W*(commit|end)\b/i.test(statement);

const makesFunction = (statement: string): boolean =>
  /^\W*create\s+or\s+replace\s+(aggregate|function|procedure)\b/i.test(statement);

/** Begins or ends a transaction. */
const isControl = (statement: string): boolean =>
  /^\W*(begin|start\s+transaction|commit|end|rollback|abort)\b/i.test(statement);

const nothing: StatementResult = { columns: [], rows: [], response: { _message: 'OK' } };
