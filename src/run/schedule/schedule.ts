import type { ResultStatus } from '../../core/event.ts';
import type { WorkItem } from '../../intervals/work-item.ts';
import type { UniqueId } from '../../manifest/node.ts';
import type { Dependencies } from './dependencies.ts';
import { ReadyQueue } from './ready-queue.ts';

export type ItemState = 'waiting' | 'ready' | 'running' | 'done' | 'skipped';

export interface ScheduleOptions {
  /** After the first failure nothing more is started. */
  readonly failFast?: boolean;
  /** How long an item is to take, in any unit. */
  readonly durationOf?: (item: WorkItem) => number;
  /** The limited resource that an item holds while it runs; null for none. */
  readonly poolOf?: (item: WorkItem) => string | null;
  /** Items that, when they fail, let their descendants go on (`on_error: continue`). */
  readonly continuesOnError?: (item: WorkItem) => boolean;
}

export interface SkippedItem {
  readonly item: WorkItem;
  /** The node whose failure is to blame; null where the run was cancelled. */
  readonly because: UniqueId | null;
}

/** What an event did to the schedule. */
export interface ScheduleChange {
  /** False for the end of an item that was cancelled before: it counts as skipped, whatever it says of itself. */
  readonly accepted: boolean;
  /** In the order of the items. */
  readonly skipped: readonly SkippedItem[];
}

/** A failed item blocks its descendants, and ends a run that fails fast. */
export function isFailure(status: ResultStatus): boolean {
  switch (status) {
    case 'error':
    case 'fail':
    case 'runtime error':
    case 'partial success':
      return true;
    case 'success':
    case 'pass':
    case 'warn':
    case 'no-op':
    case 'skipped':
      return false;
  }
}

/** As in dbt, a source that could not be asked ends no run that fails fast; one that is too old does. */
const haltsFast = (status: ResultStatus): boolean => isFailure(status) && status !== 'runtime error';

export function createSchedule(dependencies: Dependencies, options: ScheduleOptions = {}): Schedule {
  return new Schedule(dependencies, options);
}

/**
 * Which work items may start, and what becomes of the others: pure, without clock or chance. Of the items that may
 * start, the one with the longest chain of work below it comes first, then the first in the items' order.
 *
 * Every item ends exactly once: done when its end is told, skipped when something before it failed or the run is
 * cancelled.
 */
export class Schedule {
  readonly items: readonly WorkItem[];
  readonly #states: ItemState[];
  readonly #children: readonly (readonly number[])[];
  /** By vertex, how many of its parents are not over. */
  readonly #pending: Int32Array;
  readonly #urgency: Float64Array;
  readonly #vertexOf: ReadonlyMap<string, number>;
  readonly #queues = new Map<string | null, ReadyQueue>();
  readonly #options: ScheduleOptions;
  #unfinished: number;
  #isHalted = false;

  constructor({ items, parents }: Dependencies, options: ScheduleOptions) {
    this.items = items;
    this.#options = options;
    this.#states = parents.map(() => 'waiting');
    this.#children = childrenOf(parents);
    this.#pending = Int32Array.from(parents, (list) => list.length);
    this.#urgency = longestChains(this.#children, this.#pending, items, options.durationOf);
    this.#vertexOf = new Map(items.map(({ id }, vertex) => [id, vertex]));
    this.#unfinished = items.length;
    if (this.#vertexOf.size < items.length) throw new Error('two work items share an id');
    const settled: number[] = [];
    for (const [vertex, list] of parents.entries()) if (list.length === 0) this.#release(vertex, settled);
    this.#settle(settled);
  }

  /** True once every item is done or skipped. */
  get isOver(): boolean {
    return this.#unfinished === 0;
  }

  /** True once nothing more will start, though some items may still be running. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  stateOf(id: string): ItemState {
    return this.#states[this.#find(id)]!;
  }

  /** Everything that may start now, the most urgent first. */
  ready(): readonly WorkItem[] {
    const vertices = this.items.flatMap((_, vertex) => (this.#states[vertex] === 'ready' ? [vertex] : []));
    vertices.sort((a, b) => this.#urgency[b]! - this.#urgency[a]! || a - b);
    return vertices.map((vertex) => this.items[vertex]!);
  }

  /** The most urgent item that may start and whose pool is open; null if there is none. */
  next(isOpen: (pool: string) => boolean = always): WorkItem | null {
    let best: number | undefined;
    for (const [pool, queue] of this.#queues) {
      if (pool !== null && !isOpen(pool)) continue;
      const top = this.#peek(queue);
      if (top !== undefined && (best === undefined || queue.isBefore(top, best))) best = top;
    }
    return best === undefined ? null : this.items[best]!;
  }

  start(id: string): void {
    const vertex = this.#find(id);
    if (this.#states[vertex] !== 'ready')
      throw new Error(`${id} is ${this.#states[vertex]}, it cannot start`);
    this.#states[vertex] = 'running';
  }

  /** Tells the end of a running item. */
  finish(id: string, status: ResultStatus): ScheduleChange {
    const vertex = this.#find(id);
    const state = this.#states[vertex];
    if (state === 'skipped') return { accepted: false, skipped: [] };
    if (state !== 'running') throw new Error(`${id} is ${state}, it cannot end`);
    const item = this.items[vertex]!;
    this.#states[vertex] = 'done';
    this.#unfinished -= 1;
    const failed = isFailure(status);
    const blocks = failed ? this.#options.continuesOnError?.(item) !== true : status === 'skipped';
    const skipped = blocks ? this.#skipBelow(vertex, item.nodeId) : [];
    if (!blocks) this.#settle([vertex]);
    if (haltsFast(status) && this.#options.failFast === true) skipped.push(...this.#halt(false));
    return { accepted: true, skipped: skipped.sort(byVertex).map(([, each]) => each) };
  }

  /** Ends the run now: everything that is not done counts as skipped, what is running included. */
  cancel(): ScheduleChange {
    return { accepted: true, skipped: this.#halt(true).map(([, each]) => each) };
  }

  #find(id: string): number {
    const vertex = this.#vertexOf.get(id);
    if (vertex === undefined) throw new Error(`${id} is no item of this run`);
    return vertex;
  }

  #halt(includeRunning: boolean): Skip[] {
    this.#isHalted = true;
    const skipped: Skip[] = [];
    for (const vertex of this.items.keys()) {
      const state = this.#states[vertex];
      if (state === 'waiting' || state === 'ready' || (includeRunning && state === 'running')) {
        skipped.push(this.#skip(vertex, null));
      }
    }
    return skipped;
  }

  #skip(vertex: number, because: UniqueId | null): Skip {
    this.#states[vertex] = 'skipped';
    this.#unfinished -= 1;
    return [vertex, { item: this.items[vertex]!, because }];
  }

  #skipBelow(start: number, because: UniqueId): Skip[] {
    const skipped: Skip[] = [];
    const open = [start];
    for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
      for (const child of this.#children[vertex]!) {
        if (this.#states[child] !== 'waiting') continue;
        if (this.#isJoint(child)) this.#states[child] = 'skipped';
        else skipped.push(this.#skip(child, because));
        open.push(child);
      }
    }
    return skipped;
  }

  /** Counts each of these vertices as over for what waits for it, joints that are over by that included. */
  #settle(open: number[]): void {
    for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
      for (const child of this.#children[vertex]!) {
        this.#pending[child]! -= 1;
        if (this.#pending[child] === 0 && this.#states[child] === 'waiting') this.#release(child, open);
      }
    }
  }

  /** Nothing stands before the vertex any more: an item gets ready, a joint is over. */
  #release(vertex: number, settled: number[]): void {
    if (this.#isJoint(vertex)) {
      this.#states[vertex] = 'done';
      settled.push(vertex);
    } else if (!this.#isHalted) {
      this.#states[vertex] = 'ready';
      this.#queueOf(vertex).push(vertex);
    }
  }

  #queueOf(vertex: number): ReadyQueue {
    const pool = this.#options.poolOf?.(this.items[vertex]!) ?? null;
    let queue = this.#queues.get(pool);
    if (queue === undefined) {
      queue = new ReadyQueue(this.#urgency);
      this.#queues.set(pool, queue);
    }
    return queue;
  }

  /** Items that were started or skipped meanwhile leave the queue only here. */
  #peek(queue: ReadyQueue): number | undefined {
    let top = queue.peek();
    while (top !== undefined && this.#states[top] !== 'ready') {
      queue.pop();
      top = queue.peek();
    }
    return top;
  }

  #isJoint(vertex: number): boolean {
    return vertex >= this.items.length;
  }
}

type Skip = [vertex: number, skipped: SkippedItem];

const byVertex = ([a]: Skip, [b]: Skip): number => a - b;

const always = (): boolean => true;

function childrenOf(parents: readonly (readonly number[])[]): number[][] {
  const children: number[][] = parents.map(() => []);
  for (const [vertex, list] of parents.entries()) for (const parent of list) children[parent]!.push(vertex);
  return children;
}

/** By vertex, the work of the longest chain that begins with it; joints weigh nothing. */
function longestChains(
  children: readonly (readonly number[])[],
  pending: Int32Array,
  items: readonly WorkItem[],
  durationOf: ScheduleOptions['durationOf'],
): Float64Array {
  const left = Int32Array.from(pending);
  const order: number[] = [];
  for (const [vertex, count] of pending.entries()) if (count === 0) order.push(vertex);
  for (let index = 0; index < order.length; index += 1) {
    for (const child of children[order[index]!]!) {
      left[child]! -= 1;
      if (left[child] === 0) order.push(child);
    }
  }
  if (order.length < children.length) throw new Error('the work items wait for each other in a ring');
  const chains = new Float64Array(children.length);
  for (const vertex of order.reverse()) {
    const item = items[vertex];
    let below = 0;
    for (const child of children[vertex]!) below = Math.max(below, chains[child]!);
    chains[vertex] = below + (item === undefined ? 0 : (durationOf?.(item) ?? 1));
  }
  return chains;
}
