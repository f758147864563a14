import type { Column, RelationName } from '../../adapter/relation.ts';
import { relationOfNode } from '../../compile/relations.ts';
import { ColumnClass } from '../../context/column.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import type { Value } from '../../jinja/values.ts';
import { schemaChanged } from '../../plan/errors.ts';
import { checkPartitionBy, partitionByOf } from '../../plan/partition-by.ts';
import {
  compareColumns,
  isChanged,
  policyOf,
  type SchemaChange,
  widenedColumns,
} from '../../plan/schema-change.ts';
import { checkUniqueKey } from '../../plan/unique-key.ts';
import { dependentsOf, restoreDependents, setDependentsAside } from './dependents.ts';
import type { PlanRun } from './execute-plan.ts';
import { repeatSwap } from './swap.ts';

/** Brings the destination's columns in line with the new rows', as `on_schema_change` says; gives the columns to insert. */
export async function changeSchema(
  run: PlanRun,
  destinationName: RelationName,
  sourceName: RelationName,
): Promise<readonly Column[]> {
  const { session, node, plan, services } = run;
  const { facts } = services.adapter;
  const destination = await session.warehouse.columnsOf(destinationName);
  const source = await session.warehouse.columnsOf(sourceName);
  const sides = { destination, source };
  if (plan.recipe === 'insert_overwrite') checkPartitionBy(node, partitionByOf(node), sides);
  else if (plan.recipe !== 'append') checkUniqueKey(node, sides);
  const policy = policyOf(node.config['on_schema_change']);
  // Text that grew longer is no change of the schema in dbt: it makes room for it whatever the policy, but keeps to a contract.
  const widened = widenedColumns(destination, source, facts.caseInsensitiveNames);
  const change = compareColumns(destination, source, facts.caseInsensitiveNames);
  const retyped = change.retyped.filter(({ column }) => !widened.some(({ name }) => name === column.name));
  if (policy === 'fail' && isChanged({ ...change, retyped })) {
    throw new DiagnosticError(schemaChanged(node, { ...change, retyped }));
  }
  const applied: SchemaChange = {
    added: policy === 'ignore' ? [] : change.added,
    removed: policy === 'sync_all_columns' ? change.removed : [],
    retyped: policy === 'sync_all_columns' ? retyped : [],
  };
  const roomier = node.resource_type === 'model' && node.contract.enforced ? [] : widened;
  if (roomier.length > 0 || isChanged(applied)) {
    await repeatSwap(run, () => alterTable(run, applied, roomier));
  }
  return policy === 'ignore' ? destination : source;
}

async function alterTable(run: PlanRun, change: SchemaChange, widened: readonly Column[]): Promise<void> {
  const { session, node, services } = run;
  const columns = new ColumnClass(services.adapter.facts);
  const relation = relationOfNode(services.compile.relations, node);
  const wrap = (list: readonly Column[]): Value => list.map((column) => columns.fromAdapter(column));
  const retyped = [...widened, ...change.retyped.map(({ column }) => column)];
  const disturbs = change.removed.length > 0 || retyped.length > 0;
  const aside = disturbs ? await setDependentsAside(run, await dependentsOf(run)) : [];
  if (change.added.length > 0 || change.removed.length > 0) {
    const args = [relation, wrap(change.added), wrap(change.removed)];
    await session.render('alter_relation_add_remove_columns', args);
  }
  for (const { name, type } of retyped) await session.render('alter_column_type', [relation, name, type]);
  await restoreDependents(run, aside);
}
