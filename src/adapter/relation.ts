/** What a warehouse object is called; parts are unquoted, in the warehouse's own case. */
export interface RelationName {
  /** Null where the warehouse (or the profile) has no such level. */
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string;
}

export type RelationType = 'table' | 'view' | 'materialized_view' | 'external' | 'function';

/** An object that exists in the warehouse. */
export interface Relation extends RelationName {
  readonly type: RelationType;
}

export interface SchemaName {
  readonly database: string | null;
  readonly schema: string;
}

/** A column as the warehouse describes it. */
export interface Column {
  readonly name: string;
  /** The full type in the warehouse's spelling: `DECIMAL(18,3)`, `character varying(20)`. */
  readonly type: string;
  /** Length of a character type; null for every other type or where unlimited. */
  readonly characterLength: number | null;
  readonly numericPrecision: number | null;
  readonly numericScale: number | null;
}

/** Something in the warehouse that holds on to a relation, as a PostgreSQL view does to the table it reads. */
export interface Dependent {
  /** For people: `view bi.report`, `foreign key orders_customer_fkey of shop.orders`. */
  readonly description: string;
  /** The relation that it is, or belongs to. */
  readonly relation: Relation;
  /** Statements that make it again as it was, with owner, grants and comments; null where that cannot be done. */
  readonly restore: readonly string[] | null;
}

export interface Dependents {
  /** What hangs on others comes first: made again, it comes last. */
  readonly found: readonly Dependent[];
  /** Statements that drop all of it, in order. */
  readonly drops: readonly string[];
}

/** A function that a new one of its name cannot take the place of as long as it stands. */
export interface FunctionInTheWay {
  /** For people: `function shop.half(numeric)`. */
  readonly description: string;
  /** What has to be set aside for it. */
  readonly dependents: Dependents;
  /** Refused by the warehouse where something else depends on it. */
  readonly drop: string;
  /** Statements that give the new one what the old one was given: owner, grants, comment. */
  readonly restore: readonly string[];
}
