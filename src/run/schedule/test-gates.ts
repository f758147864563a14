import type { GraphView } from '../../graph/graph.ts';
import type { UniqueId } from '../../manifest/node.ts';

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
  const nodes = new PassableNodes(graph, isPassable, isBlockable);
  const byBlocked = new Map<string, { readonly tests: UniqueId[]; readonly blocked: readonly UniqueId[] }>();
  for (const sets of parentSets(graph, tests, nodes).values()) {
    for (let start = 0; start < sets.length; start += setsAtOnce) {
      const some = sets.slice(start, start + setsAtOnce);
      for (const [index, blocked] of nodes.topmostBelow(some.map(({ parents }) => parents)).entries()) {
        if (blocked.length === 0) continue;
        const key = blocked.join('\n');
        const gate = byBlocked.get(key) ?? { tests: [], blocked };
        gate.tests.push(...some[index]!.tests);
        byBlocked.set(key, gate);
      }
    }
  }
  return [...byBlocked.values()];
}

interface ParentSet {
  /** Numbers of nodes. */
  readonly parents: readonly number[];
  readonly tests: UniqueId[];
}

/** The sets of parents that tests have and that something is below of, by their size. */
function parentSets(
  graph: GraphView,
  tests: readonly UniqueId[],
  nodes: PassableNodes,
): ReadonlyMap<number, readonly ParentSet[]> {
  const known = new Map<string, ParentSet>();
  const bySize = new Map<number, ParentSet[]>();
  for (const test of tests) {
    const parents = graph.parents(test).map((id) => nodes.numberOf(id));
    if (parents.length === 0 || parents.some((parent) => nodes.isLeaf(parent))) continue;
    const key = parents.sort((a, b) => a - b).join(' ');
    let set = known.get(key);
    if (set === undefined) {
      set = { parents, tests: [] };
      known.set(key, set);
      const sameSize = bySize.get(parents.length);
      if (sameSize === undefined) bySize.set(parents.length, [set]);
      else sameSize.push(set);
    }
    set.tests.push(test);
  }
  return bySize;
}

/** So many sets are looked for in one pass over the graph, one bit for each. */
const setsAtOnce = 1024;

/** What blocks can pass through, numbered in the graph's order, so that parents have the smaller numbers. */
class PassableNodes {
  readonly #ids: readonly UniqueId[];
  readonly #numbers: ReadonlyMap<UniqueId, number>;
  readonly #parents: readonly (readonly number[])[];
  readonly #hasChildren: readonly boolean[];
  readonly #isBlockable: readonly boolean[];

  constructor(
    graph: GraphView,
    isPassable: (id: UniqueId) => boolean,
    isBlockable: (id: UniqueId) => boolean,
  ) {
    this.#ids = graph.order.filter(isPassable);
    this.#numbers = new Map(this.#ids.map((id, number) => [id, number]));
    this.#parents = this.#ids.map((id) =>
      graph.parents(id).flatMap((parent) => this.#numbers.get(parent) ?? []),
    );
    const hasChildren = this.#ids.map(() => false);
    for (const list of this.#parents) for (const parent of list) hasChildren[parent] = true;
    this.#hasChildren = hasChildren;
    this.#isBlockable = this.#ids.map(isBlockable);
  }

  /** -1 for what nothing passes through. */
  numberOf(id: UniqueId): number {
    return this.#numbers.get(id) ?? -1;
  }

  isLeaf(number: number): boolean {
    return this.#hasChildren[number] !== true;
  }

  /**
   * For each set of nodes the blockable nodes that have the whole set among their ancestors, without those that are
   * below another such node. All sets are of one size: one row of bits tells, node by node, below which sets' first
   * members it is, another the same of the second members, and so on; where all rows agree the set is complete.
   */
  topmostBelow(sets: readonly (readonly number[])[]): readonly (readonly UniqueId[])[] {
    const words = Math.ceil(sets.length / 32);
    const size = this.#ids.length * words;
    const reached = (sets[0] ?? []).map(() => new Uint32Array(size));
    for (const [index, set] of sets.entries()) {
      for (const [member, node] of set.entries()) {
        reached[member]![node * words + (index >> 5)]! |= 1 << (index & 31);
      }
    }
    const blocked = new Uint32Array(size);
    const found: UniqueId[][] = sets.map(() => []);
    const above = new Uint32Array(words);
    const complete = new Uint32Array(words);
    for (const [node, parents] of this.#parents.entries()) {
      if (parents.length === 0) continue;
      const start = node * words;
      complete.fill(0xffffffff);
      for (const row of reached) {
        joinRows(row, parents, above);
        for (let word = 0; word < words; word += 1) {
          row[start + word]! |= above[word]!;
          complete[word]! &= above[word]!;
        }
      }
      joinRows(blocked, parents, above);
      const isBlockable = this.#isBlockable[node] === true;
      for (let word = 0; word < words; word += 1) {
        blocked[start + word] = above[word]! | (isBlockable ? complete[word]! : 0);
        for (let fresh = isBlockable ? complete[word]! & ~above[word]! : 0; fresh !== 0; fresh &= fresh - 1) {
          found[word * 32 + 31 - Math.clz32(fresh & -fresh)]!.push(this.#ids[node]!);
        }
      }
    }
    return found;
  }
}

/** Writes into `out` what the bits of any of these nodes say. */
function joinRows(rows: Uint32Array, nodes: readonly number[], out: Uint32Array): void {
  out.fill(0);
  for (const node of nodes) {
    const start = node * out.length;
    for (let word = 0; word < out.length; word += 1) out[word]! |= rows[start + word]!;
  }
}
