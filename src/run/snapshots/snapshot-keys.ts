import { relationOfNode } from '../../compile/relations.ts';
import { toPlain } from '../../context/plain.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { dictGet } from '../../jinja/dict.ts';
import { isDict, type Value } from '../../jinja/values.ts';
import { snapshotCurrentRows, snapshotKeys, type WrongKeys } from '../../plan/errors.ts';
import { uniqueKeyOf } from '../../plan/unique-key.ts';
import type { PlanRun } from '../publish/execute-plan.ts';
import { wrongKeys } from '../publish/wrong-keys.ts';

/**
 * Refuses rows of the query that share a key, or have none: dbt takes them, and the snapshot is then wrong for good.
 * The changes alone would not show them: of two equal rows none need have changed.
 */
export async function checkQueryKeys(run: PlanRun, strategy: Value): Promise<void> {
  const wrong = await lookedAt(run, 'dbt.snapshot_wrong_keys', [run.sql, keyOf(strategy)], strategy);
  if (wrong !== null) throw new DiagnosticError(snapshotKeys(run.node, wrong));
}

/** The promise of a snapshot, looked at before it is committed: one version of a key holds, and no more. */
export async function checkCurrentRows(run: PlanRun, strategy: Value): Promise<void> {
  const { services, node, plan } = run;
  const isNew = plan.existing === null;
  const relation = relationOfNode(services.compile.relations, node).with({ type: 'table' });
  const args = [relation, keyOf(strategy), isNew];
  const wrong = await lookedAt(run, 'dbt.snapshot_wrong_versions', args, strategy);
  if (wrong === null) return;
  // All rows of a first build are those of the query.
  throw new DiagnosticError((isNew ? snapshotKeys : snapshotCurrentRows)(node, wrong));
}

/** The key as the strategy has it, which may be one of the project's own. */
export const keyOf = (strategy: Value): Value =>
  isDict(strategy) ? (dictGet(strategy, 'unique_key') ?? null) : null;

async function lookedAt(
  { session }: PlanRun,
  macro: string,
  args: readonly Value[],
  strategy: Value,
): Promise<WrongKeys | null> {
  return wrongKeys(session, await session.render(macro, args), uniqueKeyOf(toPlain(keyOf(strategy))));
}
