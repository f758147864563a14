import { stagingName } from '../../adapter/names.ts';
import type { Argument, MadeArgument } from '../../adapter/recipe.ts';
import type { Column, RelationName } from '../../adapter/relation.ts';
import { destinationOf, relationOfNode } from '../../compile/relations.ts';
import { ColumnClass } from '../../context/column.ts';
import { fromPlain } from '../../context/plain.ts';
import { PyDict, type Value } from '../../jinja/values.ts';
import type { GraphNode } from '../../manifest/node.ts';
import type { RunServices } from '../services.ts';
import type { PlanRun } from './execute-plan.ts';

/** The relations that a plan works with. */
export interface PlanNames {
  readonly destination: RelationName;
  /** Beside the destination, until it takes its place. */
  readonly staging: RelationName;
  /** A temporary table of the session: it has no schema. */
  readonly temporary: RelationName;
}

export function planNames({ services, node }: PlanRun): PlanNames {
  const destination = destinationOf(services.compile.relations, node);
  const named = (suffix: string): RelationName =>
    stagingName(services.adapter.facts, destination, { invocationId: services.invocationId, suffix });
  return {
    destination,
    staging: named('new'),
    temporary: { ...named(`tmp${batchId(services, node)}`), database: null, schema: null },
  };
}

/** What earlier steps found out about the new rows. */
export interface NewRows {
  /** Those to insert, once a schema change was looked at. */
  columns: readonly Column[];
  /** Conditions on the rows that they replace, beside the model's own. */
  predicates: readonly string[];
}

/** What steps leave for those that follow. */
export interface LeftBySteps extends NewRows {
  strategy: Value;
  changes: Value;
  foreignKeys: Value;
  file: Value;
  insertColumns: readonly Value[];
}

/** What a step's macro gets. */
export function stepArgument(
  run: PlanRun,
  names: PlanNames,
  left: LeftBySteps,
  argument: Exclude<Argument, MadeArgument>,
): Value {
  const { services, node, plan, sql, seedTable } = run;
  const { relations } = services.compile;
  switch (argument) {
    case 'destination':
      // By the stored name: a macro that renames to it quotes it.
      return relationOfNode(relations, node, {}, names.destination.identifier).with({
        type: plan.makes,
      });
    case 'existing':
      return plan.existing === null ? null : relations.fromAdapter(plan.existing);
    case 'temporary':
      return relations.ofNode(names.temporary, { type: 'table' });
    case 'staging':
      return relations.ofNode(names.staging, { type: plan.makes });
    case 'staging-table':
      return relations.ofNode(names.staging, { type: 'table' });
    case 'file':
      return left.file;
    case 'sql':
      return sql;
    case 'model':
      return fromPlain(node);
    case 'seed':
      return seedTable ?? null;
    case 'configuration-changes':
      return run.changes ?? null;
    case 'incremental':
      return incrementalArguments(run, names, left);
    case 'strategy':
      return left.strategy;
    case 'changes':
      return left.changes;
    case 'foreign-keys':
      return left.foreignKeys;
    case 'insert-columns':
      return [...left.insertColumns];
    default:
      return argument;
  }
}

/** dbt's `arg_dict` of an incremental strategy's macro. */
function incrementalArguments({ services, node }: PlanRun, { temporary }: PlanNames, rows: NewRows): Value {
  const { relations } = services.compile;
  const columns = new ColumnClass(services.adapter.facts);
  return PyDict.fromRecord({
    target_relation: relationOfNode(relations, node).with({ type: 'table' }),
    temp_relation: relations.ofNode(temporary, { type: 'table' }),
    unique_key: fromPlain(node.config['unique_key'] ?? null),
    dest_columns: rows.columns.map((column) => columns.fromAdapter(column)),
    incremental_predicates: predicatesOf(
      node.config['incremental_predicates'] ?? node.config['predicates'] ?? null,
      rows.predicates,
    ),
  });
}

/** The model's own, as they are written; a list where there are others. */
function predicatesOf(own: unknown, others: readonly string[]): Value {
  if (others.length === 0) return fromPlain(own);
  const list = Array.isArray(own) ? own : own === null ? [] : [own];
  return [...others, ...list.map(fromPlain)];
}

/** A batch that failed may leave its table to the session, which the next one uses, or the next attempt at it. */
function batchId({ attempt }: RunServices, node: GraphNode): string {
  const { batch } = node as { readonly batch?: { readonly id: string } };
  if (batch === undefined) return '';
  return `${batch.id.toLowerCase()}${attempt.number > 1 ? `n${attempt.number}` : ''}`;
}
