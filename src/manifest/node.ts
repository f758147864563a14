/**
 * The nodes of a project in the shape that dbt publishes (manifest v12): the same keys, in the same order, are
 * written to `manifest.json`, shown to templates as `model` and `graph`, and read back as state. Hence snake case.
 */
export type { UniqueId } from '../context/ids.ts';

import type { UniqueId } from '../context/ids.ts';
import type {
  Dimension,
  Entity,
  Measure,
  MetricType,
  MetricTypeParams,
  NodeRelation,
  QueryParams,
  SavedQueryExport,
  WhereFilters,
} from './semantic/parts.ts';

export type ResourceType =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'test'
  | 'analysis'
  | 'operation'
  | 'sql_operation'
  | 'source'
  | 'exposure'
  | 'metric'
  | 'semantic_model'
  | 'saved_query'
  | 'unit_test'
  | 'function';

export interface Checksum {
  readonly name: 'sha256' | 'path' | 'none';
  readonly checksum: string;
}

export interface RefArgs {
  readonly name: string;
  readonly package: string | null;
  readonly version: string | number | null;
}

export interface DependsOn {
  readonly macros: readonly UniqueId[];
  readonly nodes: readonly UniqueId[];
}

export interface DocsConfig {
  readonly show: boolean;
  readonly node_color: string | null;
}

export interface Hook {
  readonly sql: string;
  readonly transaction: boolean;
  readonly index: number | null;
}

export interface ColumnInfo {
  readonly name: string;
  readonly description: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly data_type: string | null;
  readonly constraints: readonly Readonly<Record<string, unknown>>[];
  readonly quote: boolean | null;
  readonly config: { readonly meta: Readonly<Record<string, unknown>>; readonly tags: readonly string[] };
  readonly tags: readonly string[];
  readonly granularity: string | null;
  readonly doc_blocks: readonly UniqueId[];
}

/** Resolved configuration: the keys of the resource type with their defaults, then unknown keys as given. */
export interface NodeConfig {
  readonly enabled: boolean;
  readonly materialized?: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** What every node has that is rendered and may become a relation. */
interface NodeBase {
  readonly database: string | null;
  readonly schema: string;
  readonly name: string;
  readonly package_name: string;
  /** Relative to the resource path (`staging/stg_orders.sql`); `original_file_path` to the package's root. */
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly fqn: readonly string[];
  readonly alias: string;
  readonly checksum: Checksum;
  readonly config: NodeConfig;
  readonly tags: readonly string[];
  readonly description: string;
  readonly columns: Readonly<Record<string, ColumnInfo>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly group: string | null;
  readonly docs: DocsConfig;
  /** `package://models/schema.yml`, the file that describes the node. */
  readonly patch_path: string | null;
  readonly build_path: string | null;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  readonly created_at: number;
  /** Quoted as the warehouse wants it; null for what makes no relation. */
  readonly relation_name: string | null;
  readonly raw_code: string;
  readonly doc_blocks: readonly UniqueId[];
}

/** What every node has whose text is compiled. */
interface CompiledBase extends NodeBase {
  readonly language: 'sql' | 'python';
  readonly refs: readonly RefArgs[];
  /** `[source name, table name]` */
  readonly sources: readonly (readonly [string, string])[];
  readonly metrics: readonly (readonly string[])[];
  readonly functions: readonly (readonly string[])[];
  readonly depends_on: DependsOn;
  readonly compiled_path: string | null;
  readonly compiled?: boolean;
  readonly compiled_code?: string | null;
  readonly extra_ctes_injected?: boolean;
  readonly extra_ctes?: readonly { readonly id: UniqueId; readonly sql: string }[];
  readonly contract: {
    readonly enforced: boolean;
    readonly alias_types: boolean;
    readonly checksum: string | null;
  };
}

export interface ModelNode extends CompiledBase {
  readonly resource_type: 'model';
  readonly access: 'private' | 'protected' | 'public';
  readonly constraints: readonly Readonly<Record<string, unknown>>[];
  readonly version: string | number | null;
  readonly latest_version: string | number | null;
  readonly deprecation_date: string | null;
  readonly primary_key: readonly string[];
  readonly time_spine: Readonly<Record<string, unknown>> | null;
}

export interface AnalysisNode extends CompiledBase {
  readonly resource_type: 'analysis';
}

export interface SnapshotNode extends CompiledBase {
  readonly resource_type: 'snapshot';
}

export interface OperationNode extends CompiledBase {
  readonly resource_type: 'operation' | 'sql_operation';
  readonly index?: number;
}

export interface SeedNode extends NodeBase {
  readonly resource_type: 'seed';
  /** Absolute path of the project that the file belongs to. */
  readonly root_path: string;
  readonly depends_on: { readonly macros: readonly UniqueId[] };
}

/** A singular test, or a generic one where `test_metadata` is set. */
export interface TestNode extends CompiledBase {
  readonly resource_type: 'test';
  readonly column_name?: string | null;
  readonly file_key_name?: string | null;
  readonly attached_node?: UniqueId | null;
  readonly test_metadata?: TestMetadata;
}

export interface TestMetadata {
  readonly name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly namespace: string | null;
}

/** Nodes under `nodes` of the manifest. */
export type GraphNode = ModelNode | AnalysisNode | SnapshotNode | OperationNode | SeedNode | TestNode;

/** Nodes that commands work on: those under `nodes`, and functions. */
export type WorkedNode = GraphNode | FunctionNode;

/** Nodes whose templates run in a session of their own. */
export type SessionNode = WorkedNode | SourceNode;

/** Nodes with text that is rendered. */
export type CompilableNode = Exclude<WorkedNode, SeedNode>;

export interface SourceNode {
  readonly database: string | null;
  readonly schema: string;
  readonly name: string;
  readonly resource_type: 'source';
  readonly package_name: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly fqn: readonly string[];
  readonly source_name: string;
  readonly source_description: string;
  readonly loader: string;
  readonly identifier: string;
  readonly quoting: Readonly<Record<string, boolean | null>>;
  readonly loaded_at_field: string | null;
  readonly loaded_at_query: string | null;
  readonly freshness: Readonly<Record<string, unknown>> | null;
  readonly external: Readonly<Record<string, unknown>> | null;
  readonly description: string;
  readonly columns: Readonly<Record<string, ColumnInfo>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly source_meta: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly config: NodeConfig;
  readonly patch_path: string | null;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  readonly relation_name: string | null;
  readonly created_at: number;
  readonly unrendered_database: string | null;
  readonly unrendered_schema: string | null;
  readonly doc_blocks: readonly UniqueId[];
}

/** What a function returns that no properties describe, as in dbt. */
export const unknownReturnType = 'INVALID_TYPE';

/** A user-defined function of the warehouse: compiled as a model is, kept in a section of its own. */
export interface FunctionNode extends CompiledBase {
  readonly resource_type: 'function';
  readonly returns: { readonly data_type: string; readonly description: string | null };
  readonly arguments: readonly {
    readonly name: string;
    readonly data_type: string;
    readonly description: string | null;
    readonly default_value: unknown;
  }[];
}

/** What every resource has that is defined in a properties file and holds no SQL of its own. */
interface DefinedBase {
  readonly name: string;
  readonly package_name: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly fqn: readonly string[];
  readonly depends_on: DependsOn;
  readonly created_at: number;
}

interface DefinedConfig {
  readonly enabled: boolean;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface ExposureNode extends DefinedBase {
  readonly resource_type: 'exposure';
  readonly type: string;
  readonly owner: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly label: string | null;
  readonly maturity: string | null;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly config: NodeConfig;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  readonly url: string | null;
  readonly refs: readonly RefArgs[];
  readonly sources: readonly (readonly [string, string])[];
  readonly metrics: readonly (readonly string[])[];
}

export interface MetricNode extends DefinedBase {
  readonly resource_type: 'metric';
  readonly description: string;
  readonly label: string;
  readonly type: MetricType;
  readonly type_params: MetricTypeParams;
  readonly filter: WhereFilters | null;
  readonly metadata: null;
  readonly time_granularity: string | null;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly config: DefinedConfig;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  readonly sources: readonly never[];
  readonly refs: readonly never[];
  readonly metrics: readonly never[];
  readonly group: string | null;
}

export interface SemanticModelNode extends DefinedBase {
  readonly resource_type: 'semantic_model';
  /** As written: `ref('orders')`. */
  readonly model: string;
  /** Null until the model behind it is known. */
  readonly node_relation: NodeRelation | null;
  readonly description: string | null;
  readonly label: string | null;
  readonly defaults: { readonly agg_time_dimension: string | null } | null;
  readonly entities: readonly Entity[];
  readonly measures: readonly Measure[];
  readonly dimensions: readonly Dimension[];
  readonly metadata: null;
  readonly refs: readonly RefArgs[];
  readonly config: DefinedConfig;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  readonly primary_entity: string | null;
  readonly group: string | null;
}

export interface SavedQueryNode extends DefinedBase {
  readonly resource_type: 'saved_query';
  readonly query_params: QueryParams;
  readonly exports: readonly SavedQueryExport[];
  readonly description: string | null;
  readonly label: string | null;
  readonly metadata: null;
  readonly config: DefinedConfig;
  readonly unrendered_config: Readonly<Record<string, unknown>>;
  readonly group: string | null;
  readonly refs: readonly never[];
  readonly tags: readonly string[];
}

/** Rows as mappings, or SQL that gives them; null where nothing says them. */
export type FixtureRows = readonly Readonly<Record<string, unknown>>[] | string | null;

export interface UnitTestFixture {
  readonly rows: FixtureRows;
  readonly format: 'dict' | 'csv' | 'sql';
  /** The file that the rows come from. */
  readonly fixture: string | null;
}

export interface UnitTestNode extends DefinedBase {
  readonly resource_type: 'unit_test';
  /** As written; with a version where one model of several is meant. */
  readonly model: string;
  readonly given: readonly (UnitTestFixture & { readonly input: string })[];
  readonly expect: UnitTestFixture;
  readonly description: string;
  readonly overrides: {
    readonly macros: Readonly<Record<string, unknown>>;
    readonly vars: Readonly<Record<string, unknown>>;
    readonly env_vars: Readonly<Record<string, unknown>>;
  } | null;
  readonly config: DefinedConfig & { readonly tags: readonly string[] };
  readonly checksum: string;
  /** Of the tested model. */
  readonly schema: string | null;
  readonly versions: {
    readonly include: readonly (string | number)[] | null;
    readonly exclude: readonly (string | number)[] | null;
  } | null;
  /** The version of the tested model, where that has one. */
  readonly version: string | number | null;
}

/** Anything that stands in the graph. */
export type AnyNode =
  | GraphNode
  | SourceNode
  | ExposureNode
  | MetricNode
  | SemanticModelNode
  | SavedQueryNode
  | UnitTestNode
  | FunctionNode;

export interface MacroNode {
  readonly name: string;
  readonly resource_type: 'macro';
  readonly package_name: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly macro_sql: string;
  readonly depends_on: { readonly macros: readonly UniqueId[] };
  readonly description: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly docs: DocsConfig;
  readonly config: { readonly meta: Readonly<Record<string, unknown>>; readonly docs: DocsConfig };
  readonly patch_path: string | null;
  readonly arguments: readonly {
    readonly name: string;
    readonly type: string | null;
    readonly description: string;
  }[];
  readonly created_at: number;
  readonly supported_languages: readonly string[] | null;
}

export interface DocNode {
  readonly name: string;
  readonly resource_type: 'doc';
  readonly package_name: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly block_contents: string;
}

export interface GroupNode {
  readonly name: string;
  readonly resource_type: 'group';
  readonly package_name: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly unique_id: UniqueId;
  readonly owner: Readonly<Record<string, unknown>>;
  readonly description: string | null;
  readonly config: Readonly<Record<string, unknown>>;
}
