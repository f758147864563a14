import type { Credentials } from '../adapter/facts.ts';
import type { Span } from '../core/span.ts';
import type { Checksum, NodeConfig, ResourceType, TestMetadata } from './node.ts';
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

/** The fields that every node has, empty where nothing is known yet; their order is the published one. */
export function nodeFields(
  { database, schema }: Pick<Credentials, 'database' | 'schema'>,
  seed: Omit<NodeSeed, 'place'>,
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
  };
}

/** What most nodes have nothing of is one object for all of them. */
const noList: readonly never[] = Object.freeze([]);
const noRecord: Readonly<Record<string, never>> = Object.freeze({});
const shownDocs = Object.freeze({ show: true, node_color: null });
const noContract = Object.freeze({ enforced: false, alias_types: true, checksum: null });

/** The fields that a node with text to render has beside those of every node, its lists shared with `parsed`. */
export function compiledFields(
  parsed: Pick<ParsedNode, 'refs' | 'sources' | 'metrics' | 'functions' | 'macros'>,
  language: 'sql' | 'python' = 'sql',
) {
  return {
    language,
    refs: parsed.refs,
    sources: parsed.sources,
    metrics: parsed.metrics,
    functions: parsed.functions,
    depends_on: { macros: parsed.macros, nodes: [] },
    compiled_path: null,
    contract: noContract,
  };
}

/** A node with everything that is known before it is rendered, its keys in the published order. */
export function makeNode(state: ParseState, seed: NodeSeed): ParsedNode {
  const { credentials } = state.project;
  const config = state.configs.base(seed.type, seed.packageName, seed.fqn) as NodeConfig;
  const parsed: Omit<ParsedNode, 'node'> = {
    place: seed.place,
    calls: {},
    refs: seed.known?.refs ?? [],
    sources: seed.known?.sources ?? [],
    metrics: [],
    functions: [],
    macros: seed.known?.macros ?? [],
    settled: false,
  };
  const fields = nodeFields(credentials, seed, config, state.createdAt);
  const node = seed.type === 'function' ? { returns: unknownReturns, ...fields } : fields;
  // Assigned, not spread: tens of thousands of nodes keep one hidden class this way.
  if (seed.type === 'seed')
    Object.assign(node, { root_path: seed.rootPath, depends_on: { macros: parsed.macros } });
  else addCompiledKeys(node, parsed, seed);
  return { node: node as unknown as NodeDraft, ...parsed };
}

/** What dbt says of a function that no properties describe. */
const unknownReturns = { data_type: 'INVALID_TYPE', description: null };

function addCompiledKeys(node: object, parsed: Omit<ParsedNode, 'node'>, seed: NodeSeed): void {
  Object.assign(node, compiledFields(parsed, seed.language));
  if (seed.type === 'model') {
    Object.assign(node, {
      access: 'protected',
      constraints: noList,
      version: null,
      latest_version: null,
      deprecation_date: null,
      primary_key: noList,
      time_spine: null,
    });
  }
  if (seed.type === 'function') Object.assign(node, { arguments: [] });
  if (seed.index !== undefined) Object.assign(node, { index: seed.index });
  if (seed.test !== undefined) {
    const { columnName, fileKeyName, metadata } = seed.test;
    Object.assign(node, {
      column_name: columnName,
      file_key_name: fileKeyName,
      attached_node: null,
      test_metadata: metadata,
    });
  }
}
