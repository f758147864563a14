import type { Cell } from '../adapter/cell.ts';
import type { RelationName } from '../adapter/relation.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { keysNull, keysRepeated, keysRepeatedKept } from '../plan/errors.ts';
import { uniqueKeyOf } from '../plan/unique-key.ts';
import type { PlanRun } from './execute-plan.ts';

/** How many keys are named. */
const shown = 5;

/**
 * Looks among the new rows for keys that come twice or are null. A merge would update one row twice, or insert both:
 * that is refused. Other strategies do as they are told, and it is said what that was.
 */
export async function checkKeys(run: PlanRun, source: RelationName): Promise<void> {
  const { node, services, session, plan } = run;
  const { relations, context } = services.compile;
  const keys = uniqueKeyOf(node.config['unique_key']);
  // Clauses of the project's own may tell two rows of one key apart.
  if (keys.length === 0 || node.config['merge_clauses'] !== undefined) return;
  const rendered = relations.ofNode(source, { type: 'table' }).render();
  const isNull = keys.map((key) => `${key} is null`).join(' or ');
  const { rows } = await session.warehouse.send(
    `select ${keys.join(', ')}, count(*) from ${rendered} group by ${keys.join(', ')} having count(*) > 1 or ${isNull} limit ${shown + 2}`,
  );
  const values = rows.map((row) => row.slice(0, -1));
  const hasNull = (row: readonly Cell[]): boolean => row.some((cell) => cell === null);
  const repeated = values.filter((row) => !hasNull(row)).map((row) => row.map(String).join(', '));
  const name = keys.length === 1 ? `'${keys[0]}'` : `(${keys.join(', ')})`;
  if (repeated.length > 0) {
    const some = repeated.slice(0, shown);
    const more = repeated.length > shown;
    if (plan.recipe !== 'delete+insert') throw new DiagnosticError(keysRepeated(node, name, some, more));
    context.report(keysRepeatedKept(node, name, some, more));
  }
  if (values.some(hasNull)) context.report(keysNull(node, name));
}
