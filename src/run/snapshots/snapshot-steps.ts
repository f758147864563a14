import { quoteIdentifier } from '../../adapter/names.ts';
import type { Column, RelationName } from '../../adapter/relation.ts';
import { relationOfNode } from '../../compile/relations.ts';
import { requireName } from '../../context/adapter/arguments.ts';
import { checkSnapshotTarget } from '../../context/adapter/snapshot-target.ts';
import { ColumnClass } from '../../context/column.ts';
import { fromPlain, toPlain } from '../../context/plain.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { callValue } from '../../jinja/access.ts';
import { valueAsync } from '../../jinja/driver.ts';
import type { Value } from '../../jinja/values.ts';
import { modelOf } from '../../manifest/model-value.ts';
import { snapshotTargetAppeared } from '../../plan/errors.ts';
import { compareColumns, widenedColumns } from '../../plan/schema-change.ts';
import { checkSnapshotColumns } from '../../plan/snapshot-columns.ts';
import { dependentsOf, restoreDependents, setDependentsAside } from '../publish/dependents.ts';
import type { PlanRun } from '../publish/execute-plan.ts';
import { repeatSwap } from '../publish/swap.ts';
import { keyOf } from './snapshot-keys.ts';

/**
 * dbt's dictionary of the snapshot's strategy, from the macro of the project, a package or ours. First the columns
 * that the configuration names are looked for, and then what stands at the destination: a table that is no snapshot is
 * not added to, and one that somebody has made meanwhile is not replaced.
 */
export async function snapshotStrategy(run: PlanRun, destination: RelationName): Promise<Value> {
  const { services, session, node, plan, sql } = run;
  checkSnapshotColumns(node, await session.warehouse.describeQuery(sql));
  const macro = await session.call('strategy_dispatch', [String(node.config['strategy'])]);
  const model = fromPlain({ ...modelOf(node, services.adapter.facts), compiled_code: sql });
  const exists = plan.existing !== null;
  const args = [model, 'snapshotted_data', 'source_data', fromPlain(node.config), exists];
  const strategy = await valueAsync(callValue(session.scope.context.environment, macro, args, null));
  const present = await session.session.columnsOf(destination);
  if (exists) {
    const names = (present ?? []).map((column) => column.name);
    checkSnapshotTarget(names, await session.call('dbt.snapshot_columns', []), strategy);
  } else if (present !== null) throw new DiagnosticError(snapshotTargetAppeared(node));
  return strategy;
}

export async function hasChanges({ session }: PlanRun, changes: Value): Promise<boolean> {
  const sql = await session.render('dbt.snapshot_first_change', [changes]);
  return (await session.warehouse.send(sql)).rows.length > 0;
}

/**
 * Adds the columns that the query has and the snapshot lacks, and makes room for text that grew longer; what the query
 * no longer has stays. Gives the names of the columns to insert, quoted.
 */
export async function snapshotColumns(
  run: PlanRun,
  destination: RelationName,
  { strategy, changes }: { readonly strategy: Value; readonly changes: Value },
): Promise<readonly Value[]> {
  const { session, services } = run;
  const { facts } = services.adapter;
  const key = toPlain(keyOf(strategy));
  const keys = Array.isArray(key) ? key.map((_, index) => `dbt_unique_key_${index + 1}`) : [];
  const ours = new Set(['dbt_change_type', 'dbt_unique_key', ...keys]);
  const found = await session.warehouse.columnsOf(requireName(changes, 'get_columns_in_relation'));
  const given = found.filter(({ name }) => !ours.has(name.toLowerCase()));
  const present = await session.warehouse.columnsOf(destination);
  const widened = widenedColumns(present, given, facts.caseInsensitiveNames);
  const { added } = compareColumns(present, given, facts.caseInsensitiveNames);
  if (widened.length + added.length > 0) {
    await repeatSwap(run, () => alterTable(run, added, widened));
  }
  return given.map(({ name }) => quoteIdentifier(facts, name));
}

async function alterTable(run: PlanRun, added: readonly Column[], widened: readonly Column[]): Promise<void> {
  const { session, node, services } = run;
  const columns = new ColumnClass(services.adapter.facts);
  const relation = relationOfNode(services.compile.relations, node).with({ type: 'table' });
  const aside = widened.length > 0 ? await setDependentsAside(run, await dependentsOf(run)) : [];
  if (added.length > 0) {
    await session.render('create_columns', [relation, added.map((column) => columns.fromAdapter(column))]);
  }
  for (const { name, type } of widened) await session.render('alter_column_type', [relation, name, type]);
  await restoreDependents(run, aside);
}
