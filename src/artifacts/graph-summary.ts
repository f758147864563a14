import { edgeMaps } from '../manifest/edges.ts';
import { type Manifest, parentsOf } from '../manifest/manifest.ts';
import type { AnyNode, ResourceType, UniqueId } from '../manifest/node.ts';
import { writeWhole } from './write-whole.ts';

export interface GraphSummaryOptions {
  readonly invocationId: string;
  /** As in `build`: the graph again, with the edges from tests to what waits for them. */
  readonly withTestEdges: boolean;
}

interface SummaryNode {
  readonly name: UniqueId;
  readonly type: ResourceType;
  succ?: number[];
}

/** Beyond this many edges from tests the second graph is left out: it grows with tests times models. */
const mostTestEdges = 200_000;

/** Writes `graph_summary.json`: every node by a number, with the numbers of what depends on it. Throws `file-not-written`. */
export function writeGraphSummary(manifest: Manifest, path: string, options: GraphSummaryOptions): void {
  const text = JSON.stringify(graphSummary(manifest, options));
  writeWhole(path, (write) => write(text));
}

export function graphSummary(manifest: Manifest, { invocationId, withTestEdges }: GraphSummaryOptions) {
  const numbers = numberNodes(manifest);
  const linked = linkedNodes(manifest, numbers);
  const summary = { _invocation_id: invocationId, linked: byNumber(linked) };
  if (!withTestEdges) return summary;
  const edges = testEdges(manifest);
  if (edges === null) return summary;
  const gated = linked.map(({ succ, ...node }): SummaryNode => {
    return succ === undefined ? node : { ...node, succ: [...succ] };
  });
  for (const [test, node] of edges) addEdge(gated, numbers.get(test)!, numbers.get(node)!);
  return { ...summary, with_test_edges: byNumber(gated) };
}

const byNumber = (nodes: readonly SummaryNode[]): Readonly<Record<number, SummaryNode>> =>
  Object.fromEntries(nodes.entries());

/** In the order in which dbt links them: a node, then those of its parents that were not met before. */
function numberNodes(manifest: Manifest): ReadonlyMap<UniqueId, number> {
  const numbers = new Map<UniqueId, number>();
  const number = (id: UniqueId): void => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
  };
  for (const node of linkOrder(manifest)) {
    number(node.unique_id);
    for (const parent of parentsOf(node)) number(parent);
  }
  return numbers;
}

function* linkOrder(manifest: Manifest): Generator<AnyNode> {
  yield* manifest.sources.values();
  yield* manifest.nodes.values();
  yield* manifest.semanticModels.values();
  yield* manifest.exposures.values();
  yield* manifest.functions.values();
  yield* manifest.metrics.values();
  yield* manifest.unitTests.values();
  yield* manifest.savedQueries.values();
}

function linkedNodes(manifest: Manifest, numbers: ReadonlyMap<UniqueId, number>): readonly SummaryNode[] {
  const nodes: SummaryNode[] = [];
  for (const node of linkOrder(manifest)) {
    nodes[numbers.get(node.unique_id)!] = { name: node.unique_id, type: node.resource_type };
  }
  for (const node of linkOrder(manifest)) {
    for (const parent of new Set(parentsOf(node))) {
      addEdge(nodes, numbers.get(parent)!, numbers.get(node.unique_id)!);
    }
  }
  return nodes;
}

function addEdge(nodes: readonly SummaryNode[], from: number, to: number): void {
  const node = nodes[from]!;
  if (node.succ === undefined) node.succ = [to];
  else node.succ.push(to);
}

/**
 * From each test to every node that has all of the test's parents among its ancestors, as dbt's `build` orders them;
 * null where there are too many.
 */
function testEdges(manifest: Manifest): readonly (readonly [test: UniqueId, node: UniqueId])[] | null {
  const { children } = edgeMaps(manifest);
  const reached = new Map<UniqueId, ReadonlySet<UniqueId>>();
  const below = (id: UniqueId): ReadonlySet<UniqueId> => {
    let found = reached.get(id);
    if (found === undefined) {
      found = descendants(children, id);
      reached.set(id, found);
    }
    return found;
  };
  const edges: [UniqueId, UniqueId][] = [];
  for (const test of manifest.nodes.values()) {
    if (test.resource_type !== 'test') continue;
    const [first, ...others] = test.depends_on.nodes;
    if (first === undefined) continue;
    for (const id of below(first)) {
      const node = manifest.nodes.get(id);
      if (node === undefined || node.resource_type === 'test') continue;
      if (others.every((other) => below(other).has(id))) edges.push([test.unique_id, id]);
    }
    if (edges.length > mostTestEdges) return null;
  }
  return edges;
}

function descendants(
  children: ReadonlyMap<UniqueId, readonly UniqueId[]>,
  start: UniqueId,
): ReadonlySet<UniqueId> {
  const found = new Set<UniqueId>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of children.get(id) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return found;
}
