import { DiagnosticError } from '../../core/diagnostic.ts';
import { keysNull, keysRepeated, keysRepeatedKept, type WrongKey } from '../../plan/errors.ts';
import { uniqueKeyOf } from '../../plan/unique-key.ts';
import type { PlanRun } from './execute-plan.ts';
import { wrongKeys } from './wrong-keys.ts';

/**
 * Looks among the new rows, which stand in the table `source`, for keys that come twice or are null. A merge would
 * update one row twice, or insert both: that is refused. Other strategies do as they are told, and it is said what that
 * was.
 */
export async function checkKeys(run: PlanRun, source: string): Promise<void> {
  const { node, services, session, plan } = run;
  const { report } = services.compile.context;
  const keys = uniqueKeyOf(node.config['unique_key']);
  // Clauses of the project's own may tell two rows of one key apart.
  if (keys.length === 0 || node.config['merge_clauses'] !== undefined) return;
  const sql = await session.render('dbt.keys_that_are_wrong', [`${source} as new_rows`, [...keys], true]);
  const wrong = await wrongKeys(session, sql, keys);
  if (wrong === null) return;
  const hasNull = ({ values }: WrongKey): boolean => values.includes(null);
  const repeated = wrong.some.filter((key) => !hasNull(key));
  if (repeated.length > 0) {
    const told = { ...wrong, some: repeated };
    if (plan.recipe !== 'delete+insert') throw new DiagnosticError(keysRepeated(node, told));
    report(keysRepeatedKept(node, told));
  }
  if (wrong.some.some(hasNull)) report(keysNull(node, keys));
}
