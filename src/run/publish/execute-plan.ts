import type { StatementResult } from '../../adapter/cell.ts';
import type { RelationName } from '../../adapter/relation.ts';
import { splitStatements } from '../../adapter/sql-tokenizer.ts';
import type { Value } from '../../jinja/values.ts';
import type { GraphNode } from '../../manifest/node.ts';
import type { NodePlan, PlannedBlock, PlannedPart, PlannedStep } from '../../plan/plan.ts';
import type { NodeSession } from '../node-session.ts';
import type { RunServices } from '../services.ts';
import { fillsInPlace } from './fill-in-place.ts';
import { dropLeftovers } from './leftovers.ts';
import { PlanSteps } from './plan-steps.ts';
import { repeatSwap } from './swap.ts';

export interface PlanRun {
  readonly services: RunServices;
  readonly node: GraphNode;
  readonly session: NodeSession;
  readonly plan: NodePlan;
  /** The compiled query. */
  readonly sql: string;
  /** Loads the rows of a seed into a table; gives the response of the whole. */
  readonly loadSeed?: (target: RelationName) => Promise<StatementResult['response']>;
  /** How the configuration of a materialized view differs, as dbt's macro tells it. */
  readonly changes?: Value;
  /** What macros of a seed get as `agate_table`. */
  readonly seedTable?: Value;
}

/** What the plan did: the main statement as sent, and the warehouse's answer to it. */
export interface PlanOutcome {
  readonly mainSql: string;
  readonly response: StatementResult['response'];
}

/**
 * Runs a plan block by block. A block is one transaction; at the first failure it is rolled back and the error goes
 * on, so that the destination is as it was. Names of temporary relations are made for this invocation alone; what an
 * earlier one left beside the destination is dropped first.
 */
export async function executePlan(run: PlanRun): Promise<PlanOutcome> {
  const { services, session, plan } = run;
  await dropLeftovers(services, session, run.node);
  const steps = new PlanSteps(run);
  const last = plan.blocks.findLast(publishes);
  /** A block was committed, and the one that publishes was not: the staging relation may stand. */
  let between = false;
  try {
    for (const block of plan.blocks) {
      if (block.transaction && !session.session.inTransaction) await session.warehouse.begin();
      for (const part of block.parts) await runPart(run, steps, part);
      await session.warehouse.commit({ aside: publishes(block) && block !== last });
      if (publishes(block)) between = block !== last;
      if (block !== last) continue;
      services.attempt.seal();
      await steps.file?.keep();
      services.cache.add({ ...steps.names.destination, type: plan.makes });
    }
  } catch (failure) {
    await settleRollback(session);
    await steps.file?.takeBack();
    if (between) await dropStaging(run, steps.staging);
    throw failure;
  }
  return { mainSql: steps.mainSql, response: steps.response };
}

/** True for a block of the recipe; the others hold the hooks outside of it. */
const publishes = ({ parts }: PlannedBlock): boolean =>
  parts.some(({ steps }) => steps.some((step) => step.kind !== 'hook'));

async function runPart(run: PlanRun, steps: PlanSteps, part: PlannedPart): Promise<void> {
  const each = (list: readonly PlannedStep[]) => async (): Promise<void> => {
    for (const step of list) await steps.step(step);
  };
  if (!part.swap) return each(part.steps)();
  try {
    await repeatSwap(run, each(part.steps));
  } catch (failure) {
    if (part.inPlace.length === 0 || !(await fillsInPlace(run, steps, failure))) throw failure;
    await each(part.inPlace)();
  }
}

/** The first failure is the one to tell: what goes wrong while rolling back must not hide it. */
async function settleRollback({ warehouse }: NodeSession): Promise<void> {
  try {
    await warehouse.rollback();
  } catch {
    // The session is released next, which ends the transaction on the server's side.
  }
}

/** Sent past the run's own cancellation, which may be the failure; the next run drops what this one could not. */
async function dropStaging({ services, session }: PlanRun, staging: Value): Promise<void> {
  try {
    const sql = await session.render('get_drop_sql', [staging]);
    for (const { text } of splitStatements(sql, services.adapter.facts.syntax)) {
      await session.session.execute(text);
    }
  } catch {
    // The failure that led here is the one to tell.
  }
}
