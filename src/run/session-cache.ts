import type { Session } from '../adapter/adapter.ts';
import type { Relation, RelationName, SchemaName } from '../adapter/relation.ts';
import type { RelationCache } from '../adapter/relation-cache.ts';

/** The invocation's relation cache as one session changes it: what an open transaction told it can be taken back. */
export class SessionCache {
  readonly #cache: RelationCache;
  readonly #session: Session;
  /** How to take back what the open transaction told, newest last. */
  #undo: (() => void)[] = [];

  constructor(cache: RelationCache, session: Session) {
    this.#cache = cache;
    this.#session = session;
  }

  async get(name: RelationName): Promise<Relation | null> {
    await this.#load({ database: name.database, schema: name.schema ?? '' });
    return this.#cache.get(name);
  }

  async list(schema: SchemaName): Promise<readonly Relation[]> {
    await this.#load(schema);
    return this.#cache.list(schema);
  }

  /** Relations whose names are of staging relations. */
  async listStaging(schema: SchemaName): Promise<readonly Relation[]> {
    await this.#load(schema);
    return this.#cache.listStaging(schema);
  }

  added(relation: Relation): void {
    this.#remember(relation);
    this.#cache.add(relation);
  }

  dropped(relation: RelationName): void {
    this.#remember(relation);
    this.#cache.drop(relation);
  }

  renamed(from: RelationName, to: RelationName): void {
    this.#remember(from);
    this.#remember(to);
    this.#cache.rename(from, to);
  }

  /** The schema is gone. */
  cleared(schema: SchemaName): void {
    this.#cache.clear(schema);
  }

  /** The transaction was committed. */
  keep(): void {
    this.#undo = [];
  }

  /** The transaction was rolled back. */
  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }

  #remember(name: RelationName): void {
    const isKnown = this.#cache.known({ database: name.database, schema: name.schema ?? '' });
    if (!this.#session.inTransaction || !isKnown) return;
    const before = this.#cache.get(name);
    this.#undo.push(() => (before === null ? this.#cache.drop(name) : this.#cache.add(before)));
  }

  #load(schema: SchemaName): Promise<void> {
    return this.#cache.load(schema, (wanted) => this.#session.listRelations(wanted));
  }
}
