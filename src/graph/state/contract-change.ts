import type { AdapterFacts, ConstraintKind } from '../../adapter/facts.ts';
import type { ModelNode } from '../../manifest/node.ts';
import { isRecord, type PlainRecord, recordOf, textOf } from '../../manifest/record.ts';
import { sameData } from './same-data.ts';

/** How a model's enforced contract differs from that of a former run. */
export interface ContractChange {
  readonly isSame: boolean;
  /** What those who read the model may trip over, a phrase each. */
  readonly breaking: readonly string[];
}

const unchanged: ContractChange = { isSame: true, breaking: [] };

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
  if (!wasEnforced) return node.contract.enforced ? { isSame: false, breaking: [] } : unchanged;
  if (node.contract.enforced && node.contract.checksum === past['checksum']) return unchanged;
  const columns = columnsOf(former);
  const breaking = [
    ...(node.contract.enforced ? [] : ['its contract is enforced no longer']),
    ...columns.flatMap((column) => columnChange(node, column)),
    ...(bindsRows(recordOf(former['config'])['materialized'])
      ? constraintChanges(node, former, columns, support)
      : []),
  ];
  return { isSame: false, breaking };
}

type FormerColumn = readonly [key: string, column: PlainRecord];

function columnChange(node: ModelNode, [key, column]: FormerColumn): readonly string[] {
  const present = node.columns[key];
  const name = String(column['name'] ?? key);
  if (present === undefined) return [`column ${name} is gone`];
  const [before, now] = [textOf(column['data_type']), present.data_type];
  if (withoutSize(before) === withoutSize(now)) return [];
  return [`column ${name} is ${now ?? 'of no type'}, and was ${before ?? 'of no type'}`];
}

function constraintChanges(
  node: ModelNode,
  former: PlainRecord,
  columns: readonly FormerColumn[],
  support: AdapterFacts['constraints'],
): readonly string[] {
  const isLost = (constraint: PlainRecord, present: readonly unknown[]): boolean =>
    support[constraint['type'] as ConstraintKind] === 'enforced' &&
    !present.some((one) => sameData(one, constraint));
  const own = constraintsOf(former);
  const ofColumns = columns.flatMap(([key, column]) => {
    const present = node.columns[key];
    if (present === undefined) return [];
    return constraintsOf(column)
      .filter((constraint) => isLost(constraint, present.constraints))
      .map((constraint) => `constraint ${nameOf(constraint)} of column ${key} is gone`);
  });
  const ofModel = own
    .filter((constraint) => isLost(constraint, node.constraints))
    .map((constraint) => `constraint ${nameOf(constraint)} of ${columnNames(constraint)} is gone`);
  const hadSome = own.length > 0 || columns.some(([, column]) => constraintsOf(column).length > 0);
  const { materialized } = node.config;
  const loosened =
    hadSome && !bindsRows(materialized)
      ? [
          `constraints do not hold for a ${materialized}: it was a ${recordOf(former['config'])['materialized']}`,
        ]
      : [];
  return [...ofColumns, ...ofModel, ...loosened];
}

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
