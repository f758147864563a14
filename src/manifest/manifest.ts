import type { Diagnostic } from '../core/diagnostic.ts';
import type {
  AnyNode,
  DocNode,
  ExposureNode,
  FunctionNode,
  GraphNode,
  GroupNode,
  MacroNode,
  MetricNode,
  SavedQueryNode,
  SemanticModelNode,
  SourceNode,
  UniqueId,
  UnitTestNode,
} from './node.ts';

/**
 * Everything a project says, resolved: every ref names a node, every config is merged. Maps are in dbt's order
 * (files by path, nodes of a file as written). Holds no order of execution and no fact of the warehouse.
 */
export interface Manifest {
  readonly projectName: string;
  readonly adapterType: string;
  readonly nodes: ReadonlyMap<UniqueId, GraphNode>;
  readonly sources: ReadonlyMap<UniqueId, SourceNode>;
  readonly exposures: ReadonlyMap<UniqueId, ExposureNode>;
  readonly metrics: ReadonlyMap<UniqueId, MetricNode>;
  readonly semanticModels: ReadonlyMap<UniqueId, SemanticModelNode>;
  readonly savedQueries: ReadonlyMap<UniqueId, SavedQueryNode>;
  readonly unitTests: ReadonlyMap<UniqueId, UnitTestNode>;
  readonly functions: ReadonlyMap<UniqueId, FunctionNode>;
  readonly macros: ReadonlyMap<UniqueId, MacroNode>;
  readonly docs: ReadonlyMap<UniqueId, DocNode>;
  readonly groups: ReadonlyMap<UniqueId, GroupNode>;
  /** Disabled nodes by unique id; several may share one. */
  readonly disabled: ReadonlyMap<UniqueId, readonly AnyNode[]>;
  /** Definitions of `selectors.yml` as read, by name. */
  readonly selectors: ReadonlyMap<string, unknown>;
  /** Warnings found on the way: deprecations, unused configuration, near misses. */
  readonly warnings: readonly Diagnostic[];
}

/** Every node that stands in the graph: nodes, sources, exposures, metrics, ... in the manifest's order. */
export function* allNodes(manifest: Omit<Manifest, 'selectors' | 'warnings'>): Generator<AnyNode> {
  yield* manifest.nodes.values();
  yield* manifest.sources.values();
  yield* manifest.exposures.values();
  yield* manifest.functions.values();
  yield* manifest.metrics.values();
  yield* manifest.semanticModels.values();
  yield* manifest.savedQueries.values();
  yield* manifest.unitTests.values();
}

export function findNode(
  manifest: Omit<Manifest, 'selectors' | 'warnings'>,
  id: UniqueId,
): AnyNode | undefined {
  return (
    manifest.nodes.get(id) ??
    manifest.sources.get(id) ??
    manifest.exposures.get(id) ??
    manifest.metrics.get(id) ??
    manifest.semanticModels.get(id) ??
    manifest.savedQueries.get(id) ??
    manifest.unitTests.get(id) ??
    manifest.functions.get(id)
  );
}

/** Parents of a node as the manifest has them; none for sources and seeds. */
export function parentsOf(node: AnyNode): readonly UniqueId[] {
  if (node.resource_type === 'source') return [];
  return 'depends_on' in node && 'nodes' in node.depends_on ? node.depends_on.nodes : [];
}
