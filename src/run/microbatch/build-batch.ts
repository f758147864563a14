import type { Relation } from '../../adapter/relation.ts';
import { compileNode } from '../../compile/compile-node.ts';
import { writeOutput } from '../../compile/compiled-files.ts';
import { callable, type Value } from '../../jinja/values.ts';
import type { ModelNode } from '../../manifest/node.ts';
import type { ItemRun } from '../item-run.ts';
import { type NodeSession, rescoped } from '../node-session.ts';
import { executeProgram, messageOf, type Program } from '../programs/run-program.ts';
import { executePlan } from '../publish/execute-plan.ts';
import { fullRefreshOf, planOf } from '../publish/publish-node.ts';
import type { RunServices } from '../services.ts';
import { type Batch, batchNode } from './microbatch-model.ts';

/** What building any batch of one model needs. */
export interface BatchedModel {
  /** With the attempt at the batch, where one is built. */
  readonly services: RunServices;
  readonly node: ModelNode;
  readonly item: ItemRun;
  /** What builds it in place of our recipes. */
  readonly program: Program | undefined;
}

/** What was made of a batch's text, also where the batch then failed. */
export interface CompiledBatch {
  compiledPath: string | null;
  compiledCode: string | null;
}

/**
 * Builds one batch over a session, and gives the warehouse's message. `existing` is what it adds to; `isIncremental` is
 * false for a first batch that makes the table anew.
 */
export async function buildBatch(
  model: BatchedModel,
  given: NodeSession,
  batch: Batch,
  { existing, isIncremental }: { readonly existing: Relation | null; readonly isIncremental: boolean },
  compiled: CompiledBatch,
): Promise<string> {
  const { services, node: whole, item, program } = model;
  given.warehouse.useAttempt(services.attempt);
  const file = `${whole.name}_${batch.label}`;
  const node = batchNode(whole, batch);
  let main: string | null = null;
  const write = (text: string): void => {
    main = text;
  };
  const session = rescoped(services, given, node, { undeclaredRefs: false, batch, write });
  try {
    const { sql } = await compileNode(services.compile, session.scope);
    compiled.compiledCode = sql;
    compiled.compiledPath = writeOutput(services.compile, 'compiled', node, sql, file);
    if (isIncremental) addsRows(session);
    await item.beforePublish();
    if (program !== undefined) {
      const { compiledPath } = compiled;
      const run = { session, program, sql, compiledPath };
      return messageOf(await executeProgram(services, node, run, 'relations'));
    }
    const fullRefresh = !isIncremental && fullRefreshOf(services, node);
    const plan = planOf(services, batch.isFirst ? node : described(node), { existing, fullRefresh });
    const outcome = await executePlan({ services, node, plan, session, sql });
    main = outcome.mainSql;
    return String(outcome.response['_message'] ?? 'OK');
  } finally {
    if (main !== null) writeOutput(services.compile, 'run', node, main, file);
  }
}

/** Descriptions came with the first batch; on DuckDB they would keep others from being built at the same time. */
const described = (node: ModelNode): ModelNode =>
  ({ ...node, config: { ...node.config, persist_docs: {} } }) as ModelNode;

/** What dbt tells the macros that build a batch, whatever the flags of the run say; the model's own text is not told. */
function addsRows({ scope }: NodeSession): void {
  const answers: Readonly<Record<string, Value>> = { is_incremental: true, should_full_refresh: false };
  for (const [name, answer] of Object.entries(answers)) {
    scope.context.names.put(
      name,
      callable(name, () => answer),
    );
  }
}
