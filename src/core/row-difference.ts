/** How rows differ from those that were expected: a unit test's finding. Plain data. */
export interface RowDifference {
  readonly columns: readonly string[];
  /** Sorted by their values; rows that agree among them. */
  readonly rows: readonly DifferingRow[];
}

/** `expected` is null for a row that nothing expected, `actual` for one that is missing; cells are null where SQL's are. */
export interface DifferingRow {
  readonly change: 'none' | 'changed' | 'missing' | 'unexpected';
  readonly expected: readonly (string | null)[] | null;
  readonly actual: readonly (string | null)[] | null;
}

/** The mark of a row, as dbt has it. */
export const changeMarks = { none: '', changed: '→', missing: '---', unexpected: '+++' } as const;

/** A cell of a row, or both where they differ. */
export function differingCell({ expected, actual }: DifferingRow, index: number, arrow: string): string {
  const [wanted, got] = [shown(expected, index), shown(actual, index)];
  if (wanted === null || got === null) return wanted ?? got ?? '';
  return wanted === got ? wanted : `${wanted}${arrow}${got}`;
}

/** The rows that say what is different, each with its neighbours; null stands for rows that are left out. */
export function relevantRows({ rows }: RowDifference): readonly (DifferingRow | null)[] {
  const isNear = rows.map((_, index) =>
    [index - 1, index, index + 1].some((near) => rows[near] !== undefined && rows[near].change !== 'none'),
  );
  return rows.flatMap((row, index) => {
    if (isNear[index]) return [row];
    return index === 0 || isNear[index - 1] ? [null] : [];
  });
}

const shown = (cells: readonly (string | null)[] | null, index: number): string | null =>
  cells === null ? null : (cells[index] ?? 'NULL');
