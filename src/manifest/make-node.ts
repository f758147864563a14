import type { Credentials } from '../adapter/facts.ts';
import type { Span } from '../core/span.ts';
import {
  type Checksum,
  type NodeConfig,
  type ResourceType,
  type TestMetadata,
  unknownReturnType,
} from './node.ts';
import type { NodeDraft, ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';

/** What tells one node from another before it is rendered. */
export interface NodeSeed {
  readonly type: Exclude<
    ResourceType,
    'source' | 'exposure' | 'metric' | 'semantic_model' | 'saved_query' | 'unit_test'
  >;
  readonly packageName: string;
  readonly name: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly originalFilePath: string;
  readonly fqn: readonly string[];
  readonly checksum: Checksum;
  readonly rawCode: string;
  readonly language?: 'sql' | 'python';
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly place: () => Span;
  /** Of a hook: its position in the project file. */
  readonly index?: number;
  readonly test?: GenericTestSeed;
  /** What it depends on, where that is known before it is rendered. */
  readonly known?: Pick<ParsedNode, 'refs' | 'sources' | 'macros'>;
  /** Of a seed: the folder of its project. */
  readonly rootPath?: string;
}

export interface GenericTestSeed {
  readonly columnName: string | null;
  readonly fileKeyName: string;
  readonly metadata: TestMetadata;
}

/**
 * The fields that every node with text has, empty where nothing is known yet; their order is the published one. Its
 * lists are `lists`. One literal: tens of thousands of nodes are made, read and written by their hidden class.
 */
export function nodeFields(
  { database, schema }: Pick<Credentials, 'database' | 'schema'>,
  seed: Omit<NodeSeed, 'place'>,
  lists: Pick<ParsedNode, 'refs' | 'sources' | 'metrics' | 'functions' | 'macros'>,
  config: NodeConfig,
  createdAt: number,
) {
  return {
    database,
    schema,
    name: seed.name,
    resource_type: seed.type,
    package_name: seed.packageName,
    path: seed.path,
    original_file_path: seed.originalFilePath,
    unique_id: seed.uniqueId,
    fqn: seed.fqn,
    alias: seed.name,
    checksum: seed.checksum,
    config,
    tags: seed.tags ?? noList,
    description: seed.description ?? '',
    columns: noRecord,
    meta: noRecord,
    group: null,
    docs: shownDocs,
    patch_path: null,
    build_path: null,
    unrendered_config: noRecord,
    created_at: createdAt,
    relation_name: null,
    raw_code: seed.rawCode,
    doc_blocks: noList,
    language: seed.language ?? 'sql',
    refs: lists.refs,
    sources: lists.sources,
    metrics: lists.metrics,
    functions: lists.functions,
    depends_on: { macros: lists.macros, nodes: noList },
    compiled_path: null,
    contract: noContract,
  };
}

/** What most nodes have nothing of is one object for all of them. */
const noList: readonly never[] = Object.freeze([]);
const noRecord: Readonly<Record<string, never>> = Object.freeze({});
const shownDocs = Object.freeze({ show: true, node_color: null });
const noContract = Object.freeze({ enforced: false, alias_types: true, checksum: null });

/** A node with everything that is known before it is rendered, its keys in the published order. */
export function makeNode(state: ParseState, seed: NodeSeed): ParsedNode {
  const { credentials } = state.project;
  const config = state.configs.base(seed.type, seed.packageName, seed.fqn) as NodeConfig;
  const { known } = seed;
  const lists = {
    refs: known?.refs ?? [],
    sources: known?.sources ?? [],
    metrics: [],
    functions: [],
    macros: known?.macros ?? [],
  };
  const fields = nodeFields(credentials, seed, lists, config, state.createdAt);
  return {
    node: nodeOf(seed, fields) as unknown as NodeDraft,
    place: seed.place,
    calls: {},
    refs: lists.refs,
    sources: lists.sources,
    metrics: lists.metrics,
    functions: lists.functions,
    macros: lists.macros,
    settled: false,
  };
}

function nodeOf(seed: NodeSeed, fields: ReturnType<typeof nodeFields>): object {
  // Assigned, not spread, where there are many nodes: a copy of each would cost more than the fields.
  if (seed.type === 'model') return Object.assign(fields, modelFields);
  if (seed.type === 'function') return { returns: unknownReturns, ...fields, arguments: [] };
  if (seed.type === 'seed') return seedNode(seed, fields);
  if (seed.index !== undefined) return { ...fields, index: seed.index };
  if (seed.test === undefined) return fields;
  const { columnName, fileKeyName, metadata } = seed.test;
  return Object.assign(fields, {
    column_name: columnName,
    file_key_name: fileKeyName,
    attached_node: null,
    test_metadata: metadata,
  });
}

/** A seed has nothing that comes with a text. */
function seedNode(seed: NodeSeed, fields: ReturnType<typeof nodeFields>): object {
  const { language, refs, sources, metrics, functions, depends_on, compiled_path, contract, ...others } =
    fields;
  return { ...others, root_path: seed.rootPath, depends_on: { macros: depends_on.macros } };
}

/** What dbt says of a function that no properties describe. */
const unknownReturns = { data_type: unknownReturnType, description: null };

const modelFields = {
  access: 'protected',
  constraints: noList,
  version: null,
  latest_version: null,
  deprecation_date: null,
  primary_key: noList,
  time_spine: null,
};
