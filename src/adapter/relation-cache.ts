import { type AdapterFacts, relationKey } from './facts.ts';
import { parseStagingName } from './names.ts';
import type { Relation, RelationName, SchemaName } from './relation.ts';

type Change = (entry: Entry) => void;

/** What is known of one schema: being asked, answered, or refused. */
interface Entry {
  readonly relations: Map<string, Relation>;
  /** Keys of those whose names are of staging relations. */
  readonly staging: Set<string>;
  listing: Promise<void>;
  state: 'pending' | 'known' | 'failed';
  error: unknown;
  /** What we did while the listing was under way: it may or may not have seen it. */
  changes: Change[];
}

/**
 * What exists in the warehouse, as one invocation knows it: one listing per schema, then our own steps. Unknown is
 * not absent: asking about a schema that was not listed, or whose listing failed, throws.
 */
export class RelationCache {
  readonly #facts: AdapterFacts;
  readonly #schemas = new Map<string, Entry>();

  constructor(facts: AdapterFacts) {
    this.#facts = facts;
  }

  /**
   * Lists the schema unless it was listed before; callers at the same time share one listing. A failed listing stays
   * failed: every later call rejects with the same error.
   */
  load(schema: SchemaName, list: (schema: SchemaName) => Promise<readonly Relation[]>): Promise<void> {
    const key = this.#schemaKey(schema.database, schema.schema);
    const known = this.#schemas.get(key);
    if (known !== undefined) return known.listing;
    const entry: Entry = {
      relations: new Map(),
      staging: new Set(),
      listing: Promise.resolve(),
      state: 'pending',
      error: null,
      changes: [],
    };
    this.#schemas.set(key, entry);
    entry.listing = this.#fill(entry, schema, list);
    return entry.listing;
  }

  /** True where the schema's listing has arrived. */
  known(schema: SchemaName): boolean {
    return this.#schemas.get(this.#schemaKey(schema.database, schema.schema))?.state === 'known';
  }

  /** The relation of that name; null where its schema was listed and does not hold it. */
  get(name: RelationName): Relation | null {
    const entry = this.#answered(name.database, name.schema);
    return entry.relations.get(relationKey(this.#facts, name)) ?? null;
  }

  /** Every relation of a listed schema, in the order it became known. */
  list(schema: SchemaName): readonly Relation[] {
    return [...this.#answered(schema.database, schema.schema).relations.values()];
  }

  /**
   * Those of a listed schema whose names are of staging relations. They are looked for by every node of the schema, and
   * there are nearly never any.
   */
  listStaging(schema: SchemaName): readonly Relation[] {
    const { staging, relations } = this.#answered(schema.database, schema.schema);
    return [...staging].map((key) => relations.get(key)!);
  }

  /** Records what a committed step made; replaces what was known under that name. */
  add(relation: Relation): void {
    this.#change(relation, (entry) => this.#put(entry, relation));
  }

  drop(name: RelationName): void {
    this.#change(name, (entry) => this.#remove(entry, name));
  }

  /** Both names lie in schemas of their own; the type stays. Does nothing where `from` is not known. */
  rename(from: RelationName, to: RelationName): void {
    this.#change(from, (entry) => {
      const relation = entry.relations.get(relationKey(this.#facts, from));
      if (relation === undefined) return;
      this.#remove(entry, from);
      this.add({ ...to, type: relation.type });
    });
  }

  /** Records that a schema is gone, or was made by us: either way it is known and empty. */
  clear(schema: SchemaName): void {
    this.#schemas.set(this.#schemaKey(schema.database, schema.schema), {
      relations: new Map(),
      staging: new Set(),
      listing: Promise.resolve(),
      state: 'known',
      error: null,
      changes: [],
    });
  }

  async #fill(
    entry: Entry,
    schema: SchemaName,
    list: (schema: SchemaName) => Promise<readonly Relation[]>,
  ): Promise<void> {
    try {
      for (const relation of await list(schema)) this.#put(entry, relation);
    } catch (error) {
      entry.state = 'failed';
      entry.error = error;
      throw error;
    }
    entry.state = 'known';
    const changes = entry.changes;
    entry.changes = [];
    for (const change of changes) change(entry);
  }

  #change(name: RelationName, change: Change): void {
    const entry = this.#schemas.get(this.#schemaKey(name.database, name.schema));
    if (entry?.state === 'known') change(entry);
    else if (entry?.state === 'pending') entry.changes.push(change);
  }

  #put(entry: Entry, relation: Relation): void {
    const key = relationKey(this.#facts, relation);
    entry.relations.set(key, relation);
    if (parseStagingName(relation.identifier) !== null) entry.staging.add(key);
  }

  #remove(entry: Entry, name: RelationName): void {
    const key = relationKey(this.#facts, name);
    entry.relations.delete(key);
    entry.staging.delete(key);
  }

  #answered(database: string | null, schema: string | null): Entry {
    const entry = this.#schemas.get(this.#schemaKey(database, schema));
    if (entry?.state === 'failed') throw entry.error;
    if (entry?.state !== 'known') {
      throw new Error(
        `the relations of schema '${database}.${schema}' were asked for before they were listed`,
      );
    }
    return entry;
  }

  #schemaKey(database: string | null, schema: string | null): string {
    return relationKey(this.#facts, { database, schema, identifier: '' });
  }
}
