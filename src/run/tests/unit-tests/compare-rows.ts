import type { DifferingRow, RowDifference } from '../../../core/row-difference.ts';
import { hashKey } from '../../../jinja/hash-key.ts';
import { str } from '../../../jinja/text.ts';
import { tupleOf, type Value } from '../../../jinja/values.ts';

type Row = readonly Value[];

/** The rows that a query gave, as against those that were expected; null where they are the same but for their order. */
export function compareRows(
  columns: readonly string[],
  expected: readonly Row[],
  actual: readonly Row[],
): RowDifference | null {
  const { same, missing, unexpected } = matchEqual(expected, actual);
  if (missing.length === 0 && unexpected.length === 0) return null;
  const partners = matchSimilar(missing, unexpected);
  const paired = new Set(partners.values());
  const rows = [
    ...same.map((row) => ({ at: row, row: differing('none', row, row) })),
    ...missing.map((row) => {
      const partner = partners.get(row);
      return { at: row, row: differing(partner === undefined ? 'missing' : 'changed', row, partner ?? null) };
    }),
    ...unexpected
      .filter((row) => !paired.has(row))
      .map((row) => ({ at: row, row: differing('unexpected', null, row) })),
  ];
  rows.sort((one, other) => compareInOrder(one.at, other.at));
  return { columns, rows: rows.map(({ row }) => row) };
}

/** Rows that stand on both sides, as often as they do; the others. Values are equal as in Python: 1.50 is 1.5. */
function matchEqual(expected: readonly Row[], actual: readonly Row[]) {
  const left = new Map<unknown, number>();
  for (const row of actual) {
    const key = keyOf(row);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const same: Row[] = [];
  const missing: Row[] = [];
  for (const row of expected) {
    const key = keyOf(row);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    (count > 0 ? same : missing).push(row);
  }
  const unexpected = actual.filter((row) => {
    const key = keyOf(row);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count > 0;
  });
  return { same, missing, unexpected };
}

const keyOf = (row: Row): unknown => hashKey(tupleOf([...row]));

/** Above so many comparisons nothing is matched: no person reads that. */
const comparisons = 250_000;

/**
 * Which of the rows that came in vain is each missing one with other values: they agree in the first column, which
 * mostly is a key, or in half of all; where there is one of each, in any. The most similar ones find each other first.
 */
function matchSimilar(missing: readonly Row[], unexpected: readonly Row[]): ReadonlyMap<Row, Row> {
  const found = new Map<Row, Row>();
  if (missing.length * unexpected.length > comparisons) return found;
  const isOnly = missing.length === 1 && unexpected.length === 1;
  const pairs: { readonly one: Row; readonly other: Row; readonly score: number }[] = [];
  for (const one of missing) {
    for (const other of unexpected) {
      const equal = one.map((value, index) => value !== null && isEqual(value, other[index]!));
      const score = equal.filter(Boolean).length;
      if (equal[0] === true || score * 2 >= one.length || (isOnly && score > 0))
        pairs.push({ one, other, score });
    }
  }
  const taken = new Set<Row>();
  for (const { one, other } of pairs.sort((a, b) => b.score - a.score)) {
    if (found.has(one) || taken.has(other)) continue;
    found.set(one, other);
    taken.add(other);
  }
  return found;
}

const isEqual = (one: Value, other: Value): boolean => hashKey(one) === hashKey(other);

function differing(change: DifferingRow['change'], expected: Row | null, actual: Row | null): DifferingRow {
  return { change, expected: expected?.map(text) ?? null, actual: actual?.map(text) ?? null };
}

const text = (value: Value): string | null => (value === null ? null : str(value));

/** By the first column that differs: numbers by size, all else as text, nulls last. */
function compareInOrder(one: Row, other: Row): number {
  for (const [index, value] of one.entries()) {
    const order = compareValues(value, other[index]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(one: Value, other: Value): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const [a, b] = [str(one), str(other)];
  const difference = Number(a) - Number(b);
  if (a.trim() !== '' && b.trim() !== '' && !Number.isNaN(difference) && difference !== 0) return difference;
  return a < b ? -1 : Number(a > b);
}
