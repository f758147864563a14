import { PyFloat } from '../../src/jinja/values.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type {
  DocNode,
  ExposureNode,
  GraphNode,
  GroupNode,
  MacroNode,
  ModelNode,
  SourceNode,
} from '../../src/manifest/node.ts';
import type { RunResult } from '../../src/run/result.ts';

/** 2026-01-31 06:00:00.123 UTC. */
export const startedAt = Date.UTC(2026, 0, 31, 6, 0, 0, 123);

const place = (type: string, name: string, path: string) => ({
  name,
  package_name: 'shop',
  path,
  original_file_path: `models/${path}`,
  unique_id: `${type}.shop.${name}`,
  fqn: ['shop', name],
});

const base = {
  database: 'dev',
  schema: 'main',
  checksum: { name: 'sha256', checksum: 'abc' },
  tags: ['daily'],
  description: '',
  columns: {},
  meta: {},
  group: null,
  docs: { show: true, node_color: null },
  patch_path: null,
  build_path: null,
  unrendered_config: {},
  created_at: 1_795_273_806.25,
  doc_blocks: [],
} as const;

const config = { enabled: true, tags: [], meta: {}, materialized: 'table' };

export function model(name: string, parents: readonly string[], fields: Partial<ModelNode> = {}): ModelNode {
  return {
    ...base,
    ...place('model', name, `${name}.sql`),
    resource_type: 'model',
    alias: name,
    config,
    relation_name: `"dev"."main"."${name}"`,
    raw_code: 'select 1 as id',
    language: 'sql',
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: parents },
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
    access: 'protected',
    constraints: [],
    version: null,
    latest_version: null,
    deprecation_date: null,
    primary_key: [],
    time_spine: null,
    ...fields,
  };
}

export const seed: GraphNode = {
  ...base,
  ...place('seed', 'raw_orders', 'raw_orders.csv'),
  resource_type: 'seed',
  alias: 'raw_orders',
  config: { ...config, materialized: 'seed' },
  relation_name: '"dev"."main"."raw_orders"',
  raw_code: '',
  root_path: '/shop',
  depends_on: { macros: [] },
};

export const uniqueTest: GraphNode = {
  ...model('unique_orders_id', ['model.shop.orders']),
  ...place('test', 'unique_orders_id', 'unique_orders_id.sql'),
  unique_id: 'test.shop.unique_orders_id.abc',
  resource_type: 'test',
  config: { ...config, materialized: 'test' },
  relation_name: null,
  column_name: 'id',
  file_key_name: 'models.orders',
  attached_node: 'model.shop.orders',
  test_metadata: { name: 'unique', kwargs: { column_name: 'id' }, namespace: null },
} as unknown as GraphNode;
for (const key of [
  'access',
  'constraints',
  'version',
  'latest_version',
  'deprecation_date',
  'primary_key',
  'time_spine',
]) {
  delete (uniqueTest as unknown as Record<string, unknown>)[key];
}

export const source: SourceNode = {
  ...place('source', 'payments', 'sources.yml'),
  unique_id: 'source.shop.stripe.payments',
  resource_type: 'source',
  database: 'dev',
  schema: 'stripe',
  source_name: 'stripe',
  source_description: '',
  loader: '',
  identifier: 'payments',
  quoting: {},
  loaded_at_field: null,
  loaded_at_query: null,
  freshness: null,
  external: null,
  description: 'Payments as Stripe sends them',
  columns: {},
  meta: {},
  source_meta: {},
  tags: [],
  config: { enabled: true, tags: [], meta: {} },
  patch_path: null,
  unrendered_config: {},
  relation_name: '"dev"."stripe"."payments"',
  created_at: 1,
  unrendered_database: null,
  unrendered_schema: null,
  doc_blocks: [],
};

export const exposure: ExposureNode = {
  ...place('exposure', 'board', 'board.yml'),
  resource_type: 'exposure',
  type: 'dashboard',
  owner: { name: 'Ann', email: 'ann@example.org' },
  description: '',
  label: 'The board',
  maturity: null,
  meta: {},
  tags: [],
  config: { enabled: true, tags: [], meta: {} },
  unrendered_config: {},
  url: 'https://example.org/board',
  depends_on: { macros: [], nodes: ['model.shop.orders'] },
  refs: [],
  sources: [],
  metrics: [],
  created_at: 1,
};

const macro: MacroNode = {
  name: 'cents',
  package_name: 'shop',
  path: 'macros/cents.sql',
  original_file_path: 'macros/cents.sql',
  unique_id: 'macro.shop.cents',
  resource_type: 'macro',
  macro_sql: '{% macro cents(x) %}{{ x }} / 100{% endmacro %}',
  depends_on: { macros: [] },
  description: '',
  meta: {},
  docs: { show: true, node_color: null },
  config: { meta: {}, docs: { show: true, node_color: null } },
  patch_path: null,
  arguments: [],
  created_at: 1,
  supported_languages: null,
};

const group: GroupNode = {
  name: 'finance',
  resource_type: 'group',
  package_name: 'shop',
  path: 'groups.yml',
  original_file_path: 'models/groups.yml',
  unique_id: 'group.shop.finance',
  owner: { name: 'Ann' },
  description: null,
  config: {},
};

const overview: DocNode = {
  name: '__overview__',
  resource_type: 'doc',
  package_name: 'shop',
  path: 'overview.md',
  original_file_path: 'models/overview.md',
  unique_id: 'doc.shop.__overview__',
  block_contents: '# The shop',
};

export const orders = model('orders', ['source.shop.stripe.payments', 'seed.shop.raw_orders'], {
  group: 'finance',
  description: 'All orders',
  meta: { ratio: new PyFloat(2), rows: 2n ** 60n, text: '\u2028' },
  columns: {
    id: {
      name: 'id',
      description: 'Key',
      meta: {},
      data_type: null,
      constraints: [],
      quote: null,
      config: { meta: {}, tags: [] },
      tags: ['pk'],
      granularity: null,
      doc_blocks: [],
    },
  },
});

const byId = <Node extends { readonly unique_id: string }>(
  ...nodes: readonly Node[]
): ReadonlyMap<string, Node> => new Map(nodes.map((node) => [node.unique_id, node]));

/** A small manifest with one of each; `extra` nodes come last. */
export function manifest(...extra: readonly GraphNode[]): Manifest {
  return {
    projectName: 'shop',
    adapterType: 'duckdb',
    nodes: byId<GraphNode>(orders, seed, uniqueTest, ...extra),
    sources: byId(source),
    exposures: byId(exposure),
    metrics: new Map(),
    semanticModels: new Map(),
    savedQueries: new Map(),
    unitTests: new Map(),
    functions: new Map(),
    macros: byId(macro),
    docs: byId(overview),
    groups: byId(group),
    disabled: new Map([['model.shop.old', [model('old', [])]]]),
    selectors: new Map([['nightly', { definition: 'tag:daily' }]]),
    warnings: [],
  };
}

export function result(fields: Partial<RunResult> & Pick<RunResult, 'node'>): RunResult {
  return {
    status: 'success',
    message: 'OK',
    failures: null,
    failingRows: null,
    executionTimeMs: 250,
    timings: [
      { name: 'compile', startedAt, completedAt: startedAt + 50 },
      { name: 'execute', startedAt: startedAt + 50, completedAt: startedAt + 250 },
    ],
    threadId: 'Thread-1 (worker)',
    response: { _message: 'OK', rows_affected: 5 },
    rowsAffected: 5,
    compiledCode: 'select 1 as id',
    relationName: '"dev"."main"."orders"',
    compiledPath: 'target/compiled/shop/models/orders.sql',
    calledMacros: [],
    freshness: null,
    batches: null,
    diagnostic: null,
    skippedBecause: null,
    ...fields,
  };
}
