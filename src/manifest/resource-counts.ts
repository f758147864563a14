import { typeOfId } from '../context/ids.ts';

/** How many of each type a project has, beside those that are nodes; keys are dbt's words, in its order. */
export interface OtherCounts {
  readonly source: number;
  readonly exposure: number;
  readonly metric: number;
  readonly macro: number;
  readonly group: number;
  readonly semantic_model: number;
  readonly saved_query: number;
  readonly unit_test: number;
  readonly function: number;
}

/** Counted as dbt counts what it found, in its order; what there is none of is left out. */
export function resourceCounts(
  nodeIds: Iterable<string>,
  others: OtherCounts,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of nodeIds) {
    const type = typeOfId(id);
    if (type === 'sql_operation') continue;
    const name = type === 'test' ? 'data_test' : type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const [name, count] of Object.entries(others)) if (count > 0) counts[name] = count;
  return counts;
}
