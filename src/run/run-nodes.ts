import { relationKey } from '../adapter/facts.ts';
import type { RelationName } from '../adapter/relation.ts';
import { destinationOf, isEphemeral, makesRelation } from '../compile/relations.ts';
import type { NodeRef, ResultStatus } from '../core/event.ts';
import type { Graph } from '../graph/graph.ts';
import type { WorkItem } from '../intervals/work-item.ts';
import { findNode, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode, GraphNode } from '../manifest/node.ts';
import { failureDiagnostic, isCancelled } from './failures.ts';
import { ItemRun } from './item-run.ts';
import type { JournalWriter } from './journal/journal.ts';
import { nodeOutcome, nodeRef } from './node-ref.ts';
import { placeInFile } from './place-in-file.ts';
import type { RunResult } from './result.ts';
import { runItem } from './run-item.ts';
import { Attempt } from './schedule/attempt.ts';
import { dependenciesOf } from './schedule/dependencies.ts';
import { runSchedule, type Share } from './schedule/pools.ts';
import { waitToRepeat } from './schedule/repeats.ts';
import { createSchedule, type SkippedItem } from './schedule/schedule.ts';
import type { RunServices } from './services.ts';
import { FusedTests } from './tests/fused-tests.ts';

export interface RunOptions {
  readonly threads: number;
  readonly failFast: boolean;
  /** As in `build`: tests stand before what is built from what they test. */
  readonly testsFirst: boolean;
  /** Compile only: nothing is changed in the warehouse. */
  readonly compileOnly: boolean;
  /** What is done to each node instead of running it, in no order: no node waits for another. */
  readonly work?: ItemWork;
  /** Why nothing is to be worked on: every item is skipped with this message. */
  readonly skipAll?: string | null;
}

/** What working on one item of a run means. */
export type ItemWork = (services: RunServices, item: WorkItem, node: AnyNode, run: ItemRun) => Promise<void>;

/**
 * Works every item to its end, in the order of the graph, and gives one result per item in the order in which they
 * ended (ephemeral models included, which are only compiled); what never started is skipped, with the node that is to blame. Never rejects because a node failed.
 */
export async function runNodes(
  services: RunServices,
  manifest: Manifest,
  graph: Graph,
  items: readonly WorkItem[],
  journal: JournalWriter | null,
  options: RunOptions,
): Promise<readonly RunResult[]> {
  return new Run(services, manifest, journal, options).work(items, graph);
}

/** Time that interrupted statements have to end on the server before the run goes on without them. */
const patienceMs = 1500;

/** Whoever works on an item. */
interface Worker {
  readonly threadId: string;
  readonly signal: AbortSignal;
  readonly share: Share;
}

class Run {
  readonly #services: RunServices;
  readonly #manifest: Manifest;
  readonly #journal: JournalWriter | null;
  readonly #options: RunOptions;
  readonly #results: RunResult[] = [];
  /** Ids of items that were told as ended: a late end of a cancelled one is not told again. */
  readonly #told = new Set<string>();
  readonly #numbers = new Map<string, number>();
  /** Ids of items by the relation that their node makes. */
  readonly #builders = new Map<string, string>();
  #fused: FusedTests | null = null;
  #total = 0;
  #started = 0;

  constructor(services: RunServices, manifest: Manifest, journal: JournalWriter | null, options: RunOptions) {
    this.#services = services;
    this.#manifest = manifest;
    this.#journal = journal;
    this.#options = options;
  }

  async work(items: readonly WorkItem[], graph: Graph): Promise<readonly RunResult[]> {
    const { threads, failFast, testsFirst, compileOnly, work, skipAll } = this.#options;
    const { facts } = this.#services.adapter;
    const { relations } = this.#services.compile;
    for (const item of items) {
      const node = this.#nodeOf(item) as GraphNode;
      if (makesRelation(node))
        this.#builders.set(relationKey(facts, destinationOf(relations, node)), item.id);
    }
    this.#total = items.filter((item) => !isQuiet(this.#nodeOf(item))).length;
    if (typeof skipAll === 'string') {
      for (const item of items) this.#skip({ item, because: null }, skipAll);
      return this.#results;
    }
    if (!compileOnly && work === undefined) {
      this.#fused = new FusedTests(
        this.#services,
        items.map((item) => this.#nodeOf(item)),
      );
    }
    const dependencies =
      work === undefined
        ? dependenciesOf(items, graph, this.#manifest, { testsFirst })
        : { items, parents: items.map(() => []) };
    const schedule = createSchedule(dependencies, {
      failFast,
      // Threads that wait for one answer together would leave the warehouse idle.
      durationOf: ({ nodeId }) => (this.#fused?.isAnswered(nodeId) ? 0 : 1),
    });
    await runSchedule(schedule, {
      threads,
      signal: this.#services.signal,
      run: (item, threadId, signal, share) => this.#run(item, threadId, signal, share),
      onSkipped: (skipped) => this.#skip(skipped),
      patience: () => new Promise((resolve) => setTimeout(resolve, patienceMs)),
    });
    return this.#results;
  }

  async #run(item: WorkItem, threadId: string, signal: AbortSignal, share: Share): Promise<ResultStatus> {
    const node = this.#nodeOf(item);
    this.#record(item, 'running', null, null);
    const durable = this.#durable(node);
    const run = new ItemRun({
      node,
      world: this.#services.world,
      emit: this.#services.emit,
      threadId,
      beforePublish: durable.before,
      record: (change) => {
        durable.changed();
        this.#journal?.record({ ...change, time: this.#services.world.now() });
      },
      recordBatches: (batches) => {
        durable.changed();
        this.#journal?.recordBatches(batches);
      },
    });
    this.#tellStart(item, node, threadId);
    try {
      await this.#attempts(item, node, run, { threadId, signal, share });
    } catch (thrown) {
      if (signal.aborted && isCancelled(thrown)) run.skip('skipped', 'cancelled');
      else {
        const { compiledPath, compiledCode } = run;
        const diagnostic = failureDiagnostic(thrown, { compiledPath, compiledCode, node });
        run.fail(placeInFile(diagnostic, node, this.#services.compile));
      }
    }
    const result = run.result();
    if (!this.#told.has(item.id)) this.#tellEnd(item, result);
    return result.status;
  }

  /** Works on an item, and again where what failed passes by and repeating is safe. */
  async #attempts(
    item: WorkItem,
    node: AnyNode,
    run: ItemRun,
    { threadId, signal, share }: Worker,
  ): Promise<void> {
    const { work, compileOnly } = this.#options;
    const { world, compile } = this.#services;
    let firstFailureAt: number | null = null;
    for (let number = 1; ; number += 1) {
      const attempt = new Attempt(number);
      const services = {
        ...this.#services,
        compile: { ...compile, context: { ...compile.context, threadId } },
        signal,
        share,
        fused: this.#fused,
        pending: this.#isPending,
        attempt,
      };
      try {
        if (work === undefined) await runItem(services, item, node, run, compileOnly);
        else await work(services, item, node, run);
        return;
      } catch (thrown) {
        firstFailureAt ??= world.elapsed();
        const failed = { what: node.unique_id, thrown, attempt, firstFailureAt };
        if (!(await waitToRepeat(services, failed))) throw thrown;
        run.restart();
      }
    }
  }

  /** The line of a node that will change something is on its way to the disk while the node is compiled. */
  #durable(node: AnyNode): { before: () => Promise<void>; changed: () => void } {
    const sync = (): Promise<void> => this.#journal?.sync() ?? Promise.resolve();
    const changes = !this.#options.compileOnly && makesRelation(node as GraphNode);
    let begun = changes ? sync() : null;
    // Whoever asks before the first change is told of a failure.
    begun?.catch(() => {});
    return {
      before: () => begun ?? sync(),
      changed: () => {
        begun = null;
      },
    };
  }

  #skip({ item, because }: SkippedItem, message = skipMessage(because)): void {
    if (this.#told.has(item.id)) return;
    const node = this.#nodeOf(item);
    const result: RunResult = {
      node,
      status: 'skipped',
      message,
      failures: null,
      failingRows: null,
      executionTimeMs: 0,
      timings: [],
      threadId: 'MainThread',
      response: {},
      rowsAffected: null,
      compiledCode: null,
      relationName: 'relation_name' in node ? (node.relation_name as string | null) : null,
      compiledPath: null,
      calledMacros: [],
      diagnostic: null,
      skippedBecause: because,
      freshness: null,
      batches: null,
    };
    this.#tellEnd(item, result);
  }

  #tellStart(item: WorkItem, node: AnyNode, threadId: string): void {
    if (isQuiet(node)) return;
    const place = { index: this.#number(item), total: this.#total };
    this.#services.emit({ name: 'node-started', node: nodeRef(node), ...place, threadId });
  }

  #tellEnd(item: WorkItem, result: RunResult): void {
    this.#told.add(item.id);
    this.#record(item, result.status === 'skipped' ? 'skipped' : 'done', result.status, result.message);
    this.#results.push(result);
    if (isQuiet(result.node) && (result.status === 'success' || result.status === 'skipped')) return;
    this.#services.emit({
      name: 'node-finished',
      node: nodeRef(result.node) satisfies NodeRef,
      index: this.#number(item),
      total: this.#total,
      threadId: result.threadId,
      outcome: nodeOutcome(result),
    });
  }

  #record(
    item: WorkItem,
    state: 'running' | 'done' | 'skipped',
    status: ResultStatus | null,
    message: string | null,
  ): void {
    this.#journal?.record({ item: item.id, state, status, time: this.#services.world.now(), message });
  }

  /** Numbers are given as items begin, so that the lines of a run count up. */
  #number(item: WorkItem): number {
    let number = this.#numbers.get(item.id);
    if (number === undefined) {
      this.#started += 1;
      // One that is not to be told of otherwise, and failed, is one more.
      if (isQuiet(this.#nodeOf(item))) this.#total += 1;
      number = this.#started;
      this.#numbers.set(item.id, number);
    }
    return number;
  }

  readonly #isPending = (relation: RelationName): boolean => {
    const id = this.#builders.get(relationKey(this.#services.adapter.facts, relation));
    return id !== undefined && !this.#told.has(id);
  };

  #nodeOf(item: WorkItem): AnyNode {
    return findNode(this.#manifest, item.nodeId)!;
  }
}

const skipMessage = (because: string | null): string =>
  because === null ? 'Skipping due to fail_fast or cancellation' : `Skipping because of ${because}`;

/** Ephemeral models are compiled where they are used; they are no step of the run that a person follows. */
export function isQuiet(node: AnyNode): boolean {
  return isEphemeral(node as GraphNode);
}
