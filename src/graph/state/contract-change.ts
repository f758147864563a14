import type { AdapterFacts, ConstraintKind } from '../../adapter/facts.ts';
import type { ModelNode } from '../../manifest/node.ts';
import { isRecord, type PlainRecord, recordOf, textOf } from '../../manifest/record.ts';
import { sameData } from './same-data.ts';

/** How a model's enforced contract differs from that of a former run. */
export interface ContractChange {
  readonly isSame: boolean;
  readonly breach: ContractBreach;
}

/** What those who read a model may trip over: nothing where there are no phrases. */
export interface ContractBreach {
  readonly phrases: readonly string[];
  /** Fields of dbt's event. */
  readonly data: Readonly<Record<string, unknown>>;
}

const intact: ContractBreach = { phrases: [], data: {} };

/**
 * New columns and weaker types of text and numbers break nobody; columns that are gone, other types, and constraints
 * that the warehouse enforced and does no longer, do.
 */
export function contractChange(
  node: ModelNode,
  former: PlainRecord,
  support: AdapterFacts['constraints'],
): ContractChange {
  const past = recordOf(former['contract']);
  const wasEnforced = past['enforced'] === true;
  if (!wasEnforced) return { isSame: !node.contract.enforced, breach: intact };
  if (node.contract.enforced && node.contract.checksum === past['checksum']) {
    return { isSame: true, breach: intact };
  }
  return { isSame: false, breach: breachOf(node, former, support) };
}

type FormerColumn = readonly [key: string, column: PlainRecord];

function breachOf(
  node: ModelNode,
  former: PlainRecord,
  support: AdapterFacts['constraints'],
): ContractBreach {
  const columns = columnsOf(former);
  const removed = columns
    .filter(([key]) => node.columns[key] === undefined)
    .map(([key, column]) => String(column['name'] ?? key));
  const retyped = columns.flatMap((column) => columnType(node, column));
  const before = recordOf(former['config'])['materialized'];
  const boundRows = bindsRows(before);
  const isLost = (constraint: PlainRecord, present: readonly unknown[]): boolean =>
    boundRows &&
    support[constraint['type'] as ConstraintKind] === 'enforced' &&
    !present.some((one) => sameData(one, constraint));
  const lostOfColumns = columns.flatMap(([key, column]) => {
    const present = node.columns[key];
    if (present === undefined) return [];
    const lost = constraintsOf(column).filter((constraint) => isLost(constraint, present.constraints));
    return lost.map((constraint) => [key, constraint] as const);
  });
  const own = constraintsOf(former);
  const lostOfModel = own.filter((constraint) => isLost(constraint, node.constraints));
  const hadSome = own.length > 0 || columns.some(([, column]) => constraintsOf(column).length > 0);
  const { materialized } = node.config;
  return {
    phrases: [
      ...(node.contract.enforced ? [] : ['its contract is enforced no longer']),
      ...removed.map((name) => `column ${name} is gone`),
      ...retyped.map(
        ([name, was, is]) => `column ${name} is ${is ?? 'of no type'}, and was ${was ?? 'of no type'}`,
      ),
      ...lostOfColumns.map(
        ([key, constraint]) => `constraint ${nameOf(constraint)} of column ${key} is gone`,
      ),
      ...lostOfModel.map(
        (constraint) => `constraint ${nameOf(constraint)} of ${columnNames(constraint)} is gone`,
      ),
      ...(boundRows && hadSome && !bindsRows(materialized)
        ? [`constraints do not hold for a ${materialized}: it was a ${before}`]
        : []),
    ],
    data: {
      contract_enforced_disabled: !node.contract.enforced,
      columns_removed: removed,
      column_type_changes: retyped.map(([name, was, is]) => ({
        column_name: name,
        previous_column_type: was ?? 'None',
        current_column_type: is ?? 'None',
      })),
      enforced_column_constraint_removed: lostOfColumns.map(([key, constraint]) => ({
        column_name: key,
        ...constraintFields(constraint),
      })),
      enforced_model_constraint_removed: lostOfModel.map((constraint) => ({
        ...constraintFields(constraint),
        columns: constraint['columns'] ?? [],
      })),
    },
  };
}

type TypeChange = readonly [name: string, before: string | null, now: string | null];

function columnType(node: ModelNode, [key, column]: FormerColumn): readonly TypeChange[] {
  const present = node.columns[key];
  if (present === undefined) return [];
  const [before, now] = [textOf(column['data_type']), present.data_type];
  return withoutSize(before) === withoutSize(now) ? [] : [[String(column['name'] ?? key), before, now]];
}

const constraintFields = ({ name, type }: PlainRecord) => ({
  constraint_name: textOf(name) ?? '',
  constraint_type: String(type),
});

/** What a model promised that is there no more; null where it promised nothing, or its time was over. */
export function contractRemoval(former: PlainRecord, isDisabled: boolean, now: number): string | null {
  if (former['resource_type'] !== 'model' || recordOf(former['contract'])['enforced'] !== true) return null;
  const until = textOf(former['deprecation_date']);
  if (until !== null && Date.parse(until) < now) return null;
  return isDisabled ? 'it is disabled' : 'it is deleted or called otherwise';
}

/** Constraints are held to by what has rows of its own. */
const bindsRows = (materialized: unknown): boolean =>
  materialized === 'table' || materialized === 'incremental';

const withoutSize = (type: string | null): string | null =>
  type === null
    ? null
    : type
        .replace(/\s*\([^)]*\)/g, '')
        .trim()
        .toLowerCase();

const columnsOf = (former: PlainRecord): readonly FormerColumn[] =>
  Object.entries(recordOf(former['columns']))
    .map(([key, column]) => [key, recordOf(column)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

const constraintsOf = ({ constraints }: PlainRecord): readonly PlainRecord[] =>
  Array.isArray(constraints) ? constraints.filter(isRecord) : [];

const nameOf = ({ name, type }: PlainRecord): string => textOf(name) ?? String(type);

const columnNames = ({ columns }: PlainRecord): string =>
  Array.isArray(columns) && columns.length > 0 ? columns.join(', ') : 'the model';
