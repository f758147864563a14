import type { Column } from '../../adapter/relation.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { warehouseErrorIn } from '../failures.ts';
import { dependentsOf } from './dependents.ts';
import type { PlanRun } from './execute-plan.ts';
import type { PlanSteps } from './plan-steps.ts';

/**
 * Whether a table that could not be swapped gets the new rows where it stands: something holds on to it that cannot be
 * made again, or readers that did not let go of it however often it was tried; and the columns of the two agree in name,
 * type and order. Not where foreign keys point to it: a delete may take rows of others along.
 */
export async function fillsInPlace(run: PlanRun, steps: PlanSteps, failure: unknown): Promise<boolean> {
  const { services, node, session, plan } = run;
  const { names } = steps;
  const isRead = warehouseErrorIn(failure)?.failure.kind === 'contention';
  if (plan.existing?.type !== 'table' || !(isRead || isHeld(failure))) return false;
  // An attempt that found no lock to begin with has not seen them.
  const dependents = isRead ? (await dependentsOf(run)).found : steps.dependents;
  if (dependents.some(({ relation }) => relation.type === 'table')) return false;
  const [old, fresh] = [
    await session.session.columnsOf(names.destination),
    await session.session.columnsOf(names.staging),
  ];
  if (old === null || fresh === null || !agree(old, fresh)) return false;
  const reason = failure instanceof Error ? failure.message : String(failure);
  const text = `${node.unique_id} stays and is filled anew, rows deleted and inserted: ${reason}`;
  services.emit({ name: 'message', level: 'info', text });
  return true;
}

const isHeld = (failure: unknown): boolean =>
  failure instanceof DiagnosticError
    ? failure.diagnostics.every(({ code }) => code === 'dependent-in-the-way')
    : warehouseErrorIn(failure)?.failure.kind === 'held';

const agree = (old: readonly Column[], fresh: readonly Column[]): boolean =>
  old.length === fresh.length &&
  old.every(({ name, type }, index) => name === fresh[index]!.name && type === fresh[index]!.type);
