import type { Graph } from '../../graph/graph.ts';
import type { WorkItem } from '../../intervals/work-item.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { UniqueId } from '../../manifest/node.ts';
import { type TestGate, testGates } from './test-gates.ts';

/**
 * What waits for what. Vertices are numbered: the work items first, in their order, then joints, which do no work
 * and are over as soon as everything before them is. A joint stands for an unselected node between selected ones,
 * for the tests that block the same nodes, and for the beginning and the end of a node that is worked in batches;
 * without joints each of these would need an edge for every pair.
 */
export interface Dependencies {
  readonly items: readonly WorkItem[];
  /** By vertex, the vertices that it waits for, each once. Without cycles. */
  readonly parents: readonly (readonly number[])[];
}

export interface DependencyOptions {
  /**
   * As in `build`: data tests stand before what is built from the data that they test, unit tests before their
   * model. Otherwise tests are leaves.
   */
  readonly testsFirst: boolean;
}

/** The order in which work items may start: an item waits for its node's nearest ancestors that have work. */
export function dependenciesOf(
  items: readonly WorkItem[],
  graph: Graph,
  manifest: Manifest,
  { testsFirst }: DependencyOptions,
): Dependencies {
  return new DependencyBuilder(items, graph, manifest, testsFirst).build();
}

class DependencyBuilder {
  readonly #items: readonly WorkItem[];
  readonly #graph: Graph;
  readonly #manifest: Manifest;
  readonly #testsFirst: boolean;
  readonly #parents: number[][];
  /** Nodes with work, and everything above them; parents before children. */
  readonly #leading: ReadonlySet<UniqueId>;
  /** Where edges to and from a node's work are tied: apart only for a node with several batches. */
  readonly #first = new Map<UniqueId, number>();
  readonly #last = new Map<UniqueId, number>();

  constructor(items: readonly WorkItem[], graph: Graph, manifest: Manifest, testsFirst: boolean) {
    this.#items = items;
    this.#graph = graph;
    this.#manifest = manifest;
    this.#testsFirst = testsFirst;
    this.#parents = items.map(() => []);
    this.#leading = leadingToWork(items, graph);
  }

  build(): Dependencies {
    this.#placeItems();
    const gates = this.#testsFirst ? this.#gates() : [];
    this.#placeUnselected(gates);
    this.#tieReferences();
    for (const { tests, blocked } of gates) this.#tieGate(tests, blocked);
    if (this.#testsFirst) this.#tieUnitTests();
    return { items: this.#items, parents: this.#parents };
  }

  #placeItems(): void {
    const batched = new Map<UniqueId, number[]>();
    for (const [vertex, { nodeId, batchCount }] of this.#items.entries()) {
      if (batchCount === 1) {
        this.#first.set(nodeId, vertex);
        this.#last.set(nodeId, vertex);
        continue;
      }
      const vertices = batched.get(nodeId);
      if (vertices === undefined) batched.set(nodeId, [vertex]);
      else vertices.push(vertex);
    }
    for (const [nodeId, vertices] of batched) {
      const first = this.#addJoint();
      for (const vertex of vertices) this.#parents[vertex]!.push(first);
      this.#first.set(nodeId, first);
      this.#last.set(nodeId, this.#parents.push(vertices) - 1);
    }
  }

  #gates(): readonly TestGate[] {
    const { functions, nodes, unitTests } = this.#manifest;
    const isTest = (id: UniqueId): boolean => nodes.get(id)?.resource_type === 'test';
    return testGates({
      graph: this.#graph,
      tests: this.#items.map(({ nodeId }) => nodeId).filter(isTest),
      isPassable: (id) => this.#leading.has(id) && !isTest(id) && !unitTests.has(id),
      isBlockable: (id) => nodes.has(id) || functions.has(id),
    });
  }

  /** An unselected node matters if something before it can be waited for and something after it has work. */
  #placeUnselected(gates: readonly TestGate[]): void {
    const gated = new Set(gates.flatMap(({ blocked }) => blocked));
    for (const id of this.#leading) {
      if (this.#first.has(id)) continue;
      if (!gated.has(id) && !this.#graph.parents(id).some((parent) => this.#last.has(parent))) continue;
      const joint = this.#addJoint();
      this.#first.set(id, joint);
      this.#last.set(id, joint);
    }
  }

  #tieReferences(): void {
    for (const [id, vertex] of this.#first) {
      if (this.#testsFirst && this.#manifest.unitTests.has(id)) continue;
      for (const parent of this.#graph.parents(id)) this.#tie(this.#last.get(parent), vertex);
    }
  }

  #tieGate(tests: readonly UniqueId[], blocked: readonly UniqueId[]): void {
    const [onlyTest] = tests;
    const gate = tests.length === 1 ? this.#last.get(onlyTest!)! : this.#addJoint();
    if (tests.length > 1) for (const test of tests) this.#tie(this.#last.get(test), gate);
    for (const id of blocked) this.#tie(gate, this.#first.get(id));
  }

  /** A unit test needs what its model reads, tested as the model would have it, and comes before the model. */
  #tieUnitTests(): void {
    if (this.#manifest.unitTests.size === 0) return;
    const selected = new Set(this.#items.map(({ nodeId }) => nodeId));
    const byModel = new Map<UniqueId, number[]>();
    for (const { nodeId } of this.#items) {
      if (!this.#manifest.unitTests.has(nodeId)) continue;
      const vertex = this.#first.get(nodeId)!;
      const [modelId] = this.#graph.parents(nodeId);
      if (modelId === undefined) continue;
      const before = byModel.get(modelId) ?? [...(this.#parents[this.#first.get(modelId) ?? -1] ?? [])];
      byModel.set(modelId, before);
      this.#parents[vertex]!.push(...before);
      if (selected.has(modelId)) this.#tie(this.#last.get(nodeId), this.#first.get(modelId));
    }
  }

  #tie(parent: number | undefined, child: number | undefined): void {
    if (parent !== undefined && child !== undefined) this.#parents[child]!.push(parent);
  }

  #addJoint(): number {
    return this.#parents.push([]) - 1;
  }
}

function leadingToWork(items: readonly WorkItem[], graph: Graph): ReadonlySet<UniqueId> {
  const leading = new Set<UniqueId>();
  const met = new Set<UniqueId>();
  const open: UniqueId[] = [];
  for (const { nodeId } of items) {
    open.push(nodeId);
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      if (met.has(id)) {
        open.pop();
        leading.add(id);
        continue;
      }
      met.add(id);
      for (const parent of graph.parents(id)) if (!met.has(parent)) open.push(parent);
    }
  }
  return leading;
}
