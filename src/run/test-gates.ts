import type { GraphView } from '../graph/graph.ts';
import type { UniqueId } from '../manifest/node.ts';

/** Data tests, and the first nodes that must not start before them; what stands below those waits by itself. */
export interface TestGate {
  readonly tests: readonly UniqueId[];
  readonly blocked: readonly UniqueId[];
}

export interface TestGateInput {
  readonly graph: GraphView;
  /** Data tests that will run. */
  readonly tests: readonly UniqueId[];
  /** False for tests of either kind: nothing passes through them. */
  readonly isPassable: (id: UniqueId) => boolean;
  /** True for what a test may block: nodes that run. The others only hand on what blocks their children. */
  readonly isBlockable: (id: UniqueId) => boolean;
}

/**
 * dbt's rule for `build`: a data test blocks exactly the nodes of which all of the test's parents are ancestors.
 * Tests are taken together by their set of parents, and only the topmost blocked nodes are named, so that the number
 * of edges grows with tests and references and not with their product.
 */
export function testGates({ graph, tests, isPassable, isBlockable }: TestGateInput): readonly TestGate[] {
  const position = new Map(graph.order.map((id, index) => [id, index]));
  const byParents = new Map<string, { readonly parents: readonly UniqueId[]; readonly tests: UniqueId[] }>();
  for (const test of tests) {
    const parents = [...graph.parents(test)].sort((a, b) => position.get(a)! - position.get(b)!);
    const key = parents.join('\n');
    const group = byParents.get(key);
    if (group === undefined) byParents.set(key, { parents, tests: [test] });
    else group.tests.push(test);
  }
  const frontiers = new FrontierSearch(graph, isPassable, isBlockable);
  const byBlocked = new Map<string, { readonly tests: UniqueId[]; readonly blocked: readonly UniqueId[] }>();
  for (const group of byParents.values()) {
    const blocked = frontiers.below(group.parents);
    if (blocked.length === 0) continue;
    const key = blocked.join('\n');
    const gate = byBlocked.get(key);
    if (gate === undefined) byBlocked.set(key, { tests: [...group.tests], blocked });
    else gate.tests.push(...group.tests);
  }
  return [...byBlocked.values()];
}

/** Descendants of a few nodes are kept for the next set of parents, up to this many names. */
const keptNames = 200_000;

class FrontierSearch {
  readonly #graph: GraphView;
  readonly #isPassable: (id: UniqueId) => boolean;
  readonly #isBlockable: (id: UniqueId) => boolean;
  readonly #descendants = new Map<UniqueId, ReadonlySet<UniqueId>>();
  #kept = 0;

  constructor(
    graph: GraphView,
    isPassable: (id: UniqueId) => boolean,
    isBlockable: (id: UniqueId) => boolean,
  ) {
    this.#graph = graph;
    this.#isPassable = isPassable;
    this.#isBlockable = isBlockable;
  }

  /** The topmost blockable nodes that have all of `parents` (in the graph's order) as ancestors. */
  below(parents: readonly UniqueId[]): readonly UniqueId[] {
    const last = parents.at(-1);
    if (last === undefined || this.#children(last).length === 0) return [];
    // An ancestor of the last one says nothing new about what is below the last one.
    const others = parents
      .slice(0, -1)
      .map((parent) => this.#descendantsOf(parent))
      .filter((descendants) => !descendants.has(last));
    const found: UniqueId[] = [];
    this.#walk(last, (id) => {
      const isBelowAll = others.every((descendants) => descendants.has(id));
      if (!isBelowAll || !this.#isBlockable(id)) return true;
      found.push(id);
      return false;
    });
    return found.sort();
  }

  #descendantsOf(start: UniqueId): ReadonlySet<UniqueId> {
    const known = this.#descendants.get(start);
    if (known !== undefined) return known;
    const descendants = new Set<UniqueId>();
    this.#walk(start, (id) => {
      descendants.add(id);
      return true;
    });
    this.#kept += descendants.size;
    if (this.#kept > keptNames) {
      this.#descendants.clear();
      this.#kept = descendants.size;
    }
    this.#descendants.set(start, descendants);
    return descendants;
  }

  /** Visits each passable descendant once, and what is below it if `visit` says so. */
  #walk(start: UniqueId, visit: (id: UniqueId) => boolean): void {
    const seen = new Set<UniqueId>();
    const open = [start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const child of this.#children(id)) {
        if (seen.has(child)) continue;
        seen.add(child);
        if (visit(child)) open.push(child);
      }
    }
  }

  #children(id: UniqueId): readonly UniqueId[] {
    return this.#graph.children(id).filter(this.#isPassable);
  }
}
