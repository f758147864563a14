import type { StatementResult } from '../adapter/cell.ts';
import type { Column, Relation, RelationName, SchemaName } from '../adapter/relation.ts';

/**
 * What templates may ask of the warehouse while a node runs, bound to the node's session: reads go through the
 * relation cache, statements through the open block. Implemented by the runner.
 */
export interface Warehouse {
  /** Sends text that may hold several statements; gives the last one's result. */
  execute(sql: string, options: TemplateStatement): Promise<StatementResult>;
  getRelation(name: RelationName): Promise<Relation | null>;
  /** Whether there is a function of that name, whatever its arguments. */
  hasFunction(name: RelationName): Promise<boolean>;
  listRelations(schema: SchemaName, options: { readonly fresh: boolean }): Promise<readonly Relation[]>;
  columnsOf(name: RelationName): Promise<readonly Column[]>;
  /** Columns that a query would give. */
  describeQuery(sql: string): Promise<readonly Column[]>;
  schemaExists(schema: SchemaName): Promise<boolean>;
  createSchema(schema: SchemaName): Promise<void>;
  dropSchema(schema: SchemaName): Promise<void>;
  dropRelation(relation: Relation): Promise<void>;
  truncateRelation(relation: Relation): Promise<void>;
  renameRelation(from: Relation, to: RelationName): Promise<void>;
  /** What a macro says that it did to the warehouse by statements of its own. */
  cacheAdded(relation: Relation): void;
  cacheDropped(relation: RelationName): void;
  cacheRenamed(from: RelationName, to: RelationName): void;
  /** `adapter.commit()` of a macro. */
  commit(): Promise<void>;
  /** Renders a node's own text, whose statements are refused where the project is not trusted. */
  compiling<T>(work: () => Promise<T>): Promise<T>;
}

export interface TemplateStatement {
  /** Open a transaction first where none is open: dbt's `auto_begin`. */
  readonly autoBegin: boolean;
  /** Rows are wanted; else only the response. */
  readonly fetch: boolean;
  readonly limit: number | null;
}
