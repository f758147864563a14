import type { Relation } from '../adapter/relation.ts';
import { compileNode } from '../compile/compile-node.ts';
import { writeOutput } from '../compile/compiled-files.ts';
import { destinationOf } from '../compile/relations.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Interval } from '../intervals/interval.ts';
import { batchLabel, microbatches } from '../intervals/microbatch.ts';
import type { ModelNode } from '../manifest/node.ts';
import { executePlan } from './execute-plan.ts';
import { failureDiagnostic, isCancelled } from './failures.ts';
import type { ItemRun } from './item-run.ts';
import { lookAtDestination } from './look-at-destination.ts';
import { batchNode, microbatchConfig } from './microbatch-model.ts';
import { fenced, type NodeSession, rescoped, withNodeSession } from './node-session.ts';
import { fullRefreshOf, planOf } from './publish-node.ts';
import type { RunServices } from './services.ts';

/**
 * Builds a model batch by batch, in order of time, under one fence. Each batch is all or nothing and may run again. If
 * the first one fails there is nothing to add to, and the others are skipped; any other failure leaves a gap that is
 * told.
 */
export async function runMicrobatch(services: RunServices, node: ModelNode, item: ItemRun): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, (session) =>
    fenced(services, session.session, destinationOf(services.compile.relations, node), async (fence) => {
      const existing = await lookAtDestination(services, session, node, fence);
      const batches = new Microbatches(services, node, item, session);
      await item.timed('execute', () => batches.run(existing));
    }),
  );
}

class Microbatches {
  readonly #services: RunServices;
  readonly #node: ModelNode;
  readonly #item: ItemRun;
  readonly #session: NodeSession;
  readonly #successful: Interval[] = [];
  readonly #failed: Interval[] = [];
  #diagnostic: Diagnostic | null = null;
  #existing: Relation | null = null;

  constructor(services: RunServices, node: ModelNode, item: ItemRun, session: NodeSession) {
    this.#services = services;
    this.#node = node;
    this.#item = item;
    this.#session = session;
  }

  async run(existing: Relation | null): Promise<void> {
    this.#existing = existing;
    const batches = this.#batches();
    for (const [index, batch] of batches.entries()) {
      const isStopped = this.#services.signal.aborted || (index > 0 && this.#successful.length === 0);
      if (isStopped) this.#skip(batch, index, batches.length);
      else await this.#work(batch, index, batches.length);
    }
    if (this.#successful.length === 0) this.#services.signal.throwIfAborted();
    this.#item.batched(this.#successful, this.#failed, this.#diagnostic);
  }

  #batches(): readonly Interval[] {
    const { world, eventTime } = this.#services;
    const isIncremental = this.#existing?.type === 'table' && !fullRefreshOf(this.#services, this.#node);
    const config = microbatchConfig(this.#node);
    return microbatches({ ...config, isIncremental, asked: eventTime, now: world.startedAt });
  }

  async #work(batch: Interval, index: number, total: number): Promise<void> {
    const { emit, world } = this.#services;
    const start = world.elapsed();
    const place = { ...this.#place(batch), index: index + 1, total };
    emit({ name: 'batch-started', ...place });
    this.#item.recordPart(batch, 'running', null, null);
    let diagnostic: Diagnostic | null = null;
    let message = 'OK';
    const node = batchNode(this.#node, batch, { first: index === 0, last: index === total - 1 });
    const compiled = { compiledPath: null as string | null, compiledCode: null as string | null };
    try {
      message = await this.#build(node, batch, index, compiled);
      this.#successful.push(batch);
    } catch (thrown) {
      this.#failed.push(batch);
      if (!(this.#services.signal.aborted && isCancelled(thrown))) {
        diagnostic = failureDiagnostic(thrown, { ...compiled, node: this.#node });
        this.#diagnostic ??= diagnostic;
      }
    }
    const status = this.#successful.at(-1) === batch ? 'success' : 'error';
    const elapsedMs = world.elapsed() - start;
    this.#item.recordPart(batch, 'done', status, diagnostic?.message ?? message);
    emit({ name: 'batch-finished', ...place, status, message, elapsedMs, diagnostic });
  }

  async #build(
    node: ModelNode,
    batch: Interval,
    index: number,
    compiled: { compiledPath: string | null; compiledCode: string | null },
  ): Promise<string> {
    const services = this.#services;
    const session = rescoped(services, this.#session, node, { undeclaredRefs: false, batch });
    const file = `${this.#node.name}_${batchLabel(batch, microbatchConfig(this.#node).unit)}`;
    const { sql } = await compileNode(services.compile, session.scope);
    compiled.compiledCode = sql;
    compiled.compiledPath = await writeOutput(services.compile, 'compiled', node, sql, file);
    const plan = planOf(services, node, {
      existing: this.#existing,
      // What the first batch made anew, the others add to.
      fullRefresh: index === 0 && fullRefreshOf(services, node),
    });
    await this.#item.beforePublish();
    const outcome = await executePlan({ services, node, plan, session, sql });
    await writeOutput(services.compile, 'run', node, outcome.mainSql, file);
    this.#existing = { ...destinationOf(services.compile.relations, node), type: 'table' };
    return String(outcome.response['_message'] ?? 'OK');
  }

  #skip(batch: Interval, index: number, total: number): void {
    this.#failed.push(batch);
    this.#item.recordPart(batch, 'skipped', 'skipped', null);
    this.#services.emit({
      name: 'batch-finished',
      ...this.#place(batch),
      index: index + 1,
      total,
      status: 'skipped',
      message: 'SKIPPED',
      elapsedMs: 0,
      diagnostic: null,
    });
  }

  #place(batch: Interval) {
    return { node: this.#item.ref, batch: batchLabel(batch, microbatchConfig(this.#node).unit) };
  }
}
