import { Graph as Digraph } from '@dagrejs/graphlib';
import { DiagnosticError } from '../core/diagnostic.ts';
import { allNodes, findNode, type Manifest, parentsOf } from '../manifest/manifest.ts';
import type { UniqueId } from '../manifest/node.ts';
import { dependencyCycle } from './errors.ts';
import type { Criterion } from './selector.ts';

/** Who depends on whom. Every list keeps a fixed order, so that what is computed from it is the same each time. */
export interface GraphView {
  /** Every node, parents before children; among equals the manifest's order. */
  readonly order: readonly UniqueId[];
  has(id: UniqueId): boolean;
  /** Direct parents, each once, in the order in which the node names them; empty for an unknown id. */
  parents(id: UniqueId): readonly UniqueId[];
  /** Direct children, each once, in the manifest's order; empty for an unknown id. */
  children(id: UniqueId): readonly UniqueId[];
}

/** The dependencies of a whole manifest: without cycles, every enabled node once. */
export interface Graph extends GraphView {
  /** Every node, in the manifest's order. */
  readonly ids: readonly UniqueId[];
  readonly edgeCount: number;
  /** Nodes that never run: a test whose parent is missing stays in the manifest all the same. */
  readonly switchedOff: ReadonlySet<UniqueId>;
  /** Who alone can meet a criterion, in the manifest's order, where that is known without looking at all nodes. */
  candidates?(criterion: Criterion): readonly UniqueId[] | null;
}

/** Throws `dependency-cycle`, one per knot of nodes, if nodes depend on each other in a ring. */
export function buildGraph(manifest: Manifest): Graph {
  const ids: UniqueId[] = [];
  const parents = new Map<UniqueId, readonly UniqueId[]>();
  const children = new Map<UniqueId, UniqueId[]>();
  const switchedOff = new Set<UniqueId>();
  for (const node of allNodes(manifest)) {
    ids.push(node.unique_id);
    if (!node.config.enabled) switchedOff.add(node.unique_id);
    parents.set(node.unique_id, distinct(parentsOf(node)));
    children.set(node.unique_id, []);
  }
  let edgeCount = 0;
  for (const [id, list] of parents) {
    for (const parent of list) {
      const siblings = children.get(parent);
      if (siblings === undefined)
        throw new Error(`${id} depends on ${parent}, which the manifest does not hold`);
      siblings.push(id);
    }
    edgeCount += list.length;
  }
  const order = topologicalOrder(ids, parents);
  if (order.length < ids.length) throw cycleError(manifest, ids, order, parents);
  return {
    ids,
    order,
    edgeCount,
    switchedOff,
    has: (id) => parents.has(id),
    parents: (id) => parents.get(id) ?? none,
    children: (id) => children.get(id) ?? none,
  };
}

/**
 * What `start` depends on, `start` itself left out unless another of its members leads to it; with `depth`, only
 * over that many edges.
 */
export function ancestors(graph: GraphView, start: Iterable<UniqueId>, depth?: number): Set<UniqueId> {
  return reach(start, graph.parents, depth);
}

/** What depends on `start`; otherwise as `ancestors`. */
export function descendants(graph: GraphView, start: Iterable<UniqueId>, depth?: number): Set<UniqueId> {
  return reach(start, graph.children, depth);
}

const none: readonly UniqueId[] = [];

const distinct = (ids: readonly UniqueId[]): readonly UniqueId[] =>
  ids.length < 2 ? ids : [...new Set(ids)];

function reach(
  start: Iterable<UniqueId>,
  next: (id: UniqueId) => readonly UniqueId[],
  depth = Number.POSITIVE_INFINITY,
): Set<UniqueId> {
  const found = new Set<UniqueId>();
  let layer: Iterable<UniqueId> = start;
  for (let distance = 1; distance <= depth; distance += 1) {
    const following: UniqueId[] = [];
    for (const id of layer) {
      for (const neighbour of next(id)) {
        if (found.has(neighbour)) continue;
        found.add(neighbour);
        following.push(neighbour);
      }
    }
    if (following.length === 0) break;
    layer = following;
  }
  return found;
}

/**
 * Depth first from each node in the manifest's order, parents before the node; without recursion, because a chain
 * of ten thousand models must not end the stack. Nodes of a ring, and what hangs below one, are left out.
 */
function topologicalOrder(
  ids: readonly UniqueId[],
  parents: ReadonlyMap<UniqueId, readonly UniqueId[]>,
): UniqueId[] {
  const order: UniqueId[] = [];
  const done = new Set<UniqueId>();
  const open = new Set<UniqueId>();
  for (const id of ids) {
    const path = [{ id, parents: parents.get(id)!, position: 0 }];
    if (done.has(id) || open.has(id)) continue;
    open.add(id);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const parent = top.parents[top.position];
      if (parent === undefined) {
        path.pop();
        if (!top.parents.every((each) => done.has(each))) continue;
        done.add(top.id);
        order.push(top.id);
      } else {
        top.position += 1;
        if (done.has(parent) || open.has(parent)) continue;
        open.add(parent);
        path.push({ id: parent, parents: parents.get(parent)!, position: 0 });
      }
    }
  }
  return order;
}

/** Only what no order could be found for goes into graphlib, and is taken out again ring by ring. */
function cycleError(
  manifest: Manifest,
  ids: readonly UniqueId[],
  ordered: readonly UniqueId[],
  parents: ReadonlyMap<UniqueId, readonly UniqueId[]>,
): DiagnosticError {
  const sound = new Set(ordered);
  const rest = new Digraph();
  for (const id of ids) {
    if (sound.has(id)) continue;
    rest.setNode(id);
    for (const parent of parents.get(id)!) if (!sound.has(parent)) rest.setEdge(parent, id);
  }
  const rings: UniqueId[][] = [];
  for (let ring = takeRing(rest); ring !== null; ring = takeRing(rest)) rings.push(ring);
  return new DiagnosticError(rings.map((ring) => dependencyCycle(ring.map((id) => findNode(manifest, id)!))));
}

/** A ring, each node before its dependant, from its first name in alphabetical order on; null once none is left. */
function takeRing(graph: Digraph): UniqueId[] | null {
  for (let loose = graph.sources(); loose.length > 0; loose = graph.sources()) {
    for (const id of loose) graph.removeNode(id);
  }
  const path: UniqueId[] = [];
  const seen = new Map<UniqueId, number>();
  let id = graph.nodes()[0];
  while (id !== undefined && !seen.has(id)) {
    seen.set(id, path.length);
    path.push(id);
    id = graph.predecessors(id)?.[0];
  }
  if (id === undefined) return null;
  const ring = path.slice(seen.get(id)).reverse();
  for (const member of ring) graph.removeNode(member);
  const first = ring.indexOf([...ring].sort()[0]!);
  return [...ring.slice(first), ...ring.slice(0, first)];
}
