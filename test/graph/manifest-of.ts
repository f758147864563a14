import type { Manifest } from '../../src/manifest/manifest.ts';
import type { AnyNode, UniqueId } from '../../src/manifest/node.ts';

/** A node with what the graph and selection look at; the rest of a manifest's keys is left out. */
export interface NodeFields {
  readonly unique_id: UniqueId;
  readonly resource_type: AnyNode['resource_type'];
  readonly [key: string]: unknown;
}

/** A manifest of these nodes, each table in the order given. */
export function manifestOf(nodes: readonly NodeFields[], more: Partial<Manifest> = {}): Manifest {
  const table = <T>(...types: string[]): Map<UniqueId, T> =>
    new Map(
      nodes.filter((node) => types.includes(node.resource_type)).map((node) => [node.unique_id, node as T]),
    );
  return {
    projectName: 'shop',
    adapterType: 'duckdb',
    nodes: table('model', 'seed', 'snapshot', 'test', 'analysis', 'operation', 'sql_operation'),
    sources: table('source'),
    exposures: table('exposure'),
    metrics: table('metric'),
    semanticModels: table('semantic_model'),
    savedQueries: table('saved_query'),
    unitTests: table('unit_test'),
    functions: table('function'),
    macros: new Map(),
    docs: new Map(),
    groups: new Map(),
    disabled: new Map(),
    selectors: new Map(),
    warnings: [],
    ...more,
  };
}

/** A model `name` of the package `shop`, directly under `models`. */
export function model(name: string, parents: readonly UniqueId[] = [], more: object = {}): NodeFields {
  return {
    name,
    resource_type: 'model',
    package_name: 'shop',
    path: `${name}.sql`,
    original_file_path: `models/${name}.sql`,
    unique_id: `model.shop.${name}`,
    fqn: ['shop', name],
    tags: [],
    config: { enabled: true, tags: [], meta: {} },
    raw_code: 'select 1',
    version: null,
    depends_on: { macros: [], nodes: parents },
    ...more,
  };
}

/** A singular data test with these parents. */
export function dataTest(name: string, parents: readonly UniqueId[], more: object = {}): NodeFields {
  return {
    ...model(name, parents),
    resource_type: 'test',
    unique_id: `test.shop.${name}`,
    original_file_path: `tests/${name}.sql`,
    ...more,
  };
}
