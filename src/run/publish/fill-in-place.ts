import type { Column } from '../../adapter/relation.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { warehouseErrorIn } from '../failures.ts';
import type { PlanRun } from './execute-plan.ts';
import type { PlanSteps } from './plan-steps.ts';

/**
 * Whether a table that could not be swapped gets the new rows where it stands: something holds on to it that cannot be
 * made again, and the columns of the two agree in name, type and order. Not where foreign keys point to it: a delete
 * may take rows of others along.
 */
export async function fillsInPlace(
  { services, node, session, plan }: PlanRun,
  { names, dependents }: PlanSteps,
  failure: unknown,
): Promise<boolean> {
  if (plan.existing?.type !== 'table' || !isHeld(failure)) return false;
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
