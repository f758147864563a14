import type { Dependent, Dependents } from '../../adapter/relation.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import type { WorkedNode } from '../../manifest/node.ts';
import { dependentInTheWay, dependentsNotDropped } from '../errors.ts';
import { isRefused, warehouseErrorIn } from '../failures.ts';
import type { PlanRun } from './execute-plan.ts';

/** What replaces a relation: a plan, or a program. */
export type Replacing = Pick<PlanRun, 'services' | 'session'> & { readonly node: WorkedNode };

/** What holds on to the relation at the destination. */
export async function dependentsOf({ session, plan }: PlanRun): Promise<Dependents> {
  return plan.existing === null ? { found: [], drops: [] } : session.session.dependents(plan.existing);
}

/**
 * Drops what holds on to the relation at the destination, so that this can be dropped without taking anything along;
 * gives what was dropped. What cannot be made again stands in the way, unless this run builds it anew later.
 */
export async function setDependentsAside(
  run: Replacing,
  { found, drops }: Dependents,
): Promise<readonly Dependent[]> {
  refuseLosses(run, found);
  try {
    for (const drop of drops) await run.session.warehouse.send(drop);
  } catch (failure) {
    if (!isRefused(failure)) throw failure;
    const { message } = warehouseErrorIn(failure)!;
    throw new DiagnosticError(dependentsNotDropped(run.node, found, message), { cause: failure });
  }
  return found;
}

/** Throws where something would be lost that this run does not build anew later. */
export function refuseLosses({ services, node }: Replacing, dependents: readonly Dependent[]): void {
  const lost = dependents.filter(({ restore, relation }) => restore === null && !services.pending(relation));
  if (lost.length === 0) return;
  throw new DiagnosticError(lost.map((one) => dependentInTheWay(node, one, 'it cannot be made again')));
}

/**
 * Makes what was set aside again, over the new relation. One that cannot be, because its columns are gone, fails the
 * node; or is left to its own node where that is still to come in this run.
 */
export async function restoreDependents(run: Replacing, dependents: readonly Dependent[]): Promise<void> {
  const { services, session, node } = run;
  for (const dependent of dependents.toReversed()) {
    const { restore, relation } = dependent;
    if (restore === null) {
      session.warehouse.cacheDropped(relation);
      continue;
    }
    try {
      await session.session.attempt(async () => {
        for (const statement of restore) await session.warehouse.send(statement);
      });
    } catch (failure) {
      if (!isRefused(failure)) throw failure;
      if (!services.pending(relation)) {
        throw new DiagnosticError(dependentInTheWay(node, dependent, warehouseErrorIn(failure)!.message), {
          cause: failure,
        });
      }
      session.warehouse.cacheDropped(relation);
    }
  }
}
