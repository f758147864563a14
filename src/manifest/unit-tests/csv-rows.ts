import { CsvParser } from '../../context/seed/csv.ts';
import type { PlainRecord } from '../record.ts';

/**
 * CSV as rows of texts by column, as Python's `DictReader` reads it: the first line names the columns, blank lines are
 * passed over, missing cells are null, cells beyond the last column stand in a list under `null`.
 */
export function csvRows(text: string): readonly PlainRecord[] {
  const [header = [], ...lines] = new CsvParser(',').push(text, true).records;
  return lines
    .filter((cells) => cells.length > 0)
    .map((cells) => {
      const row: Record<string, unknown> = {};
      for (const [index, column] of header.entries()) row[column] = cells[index] ?? null;
      if (cells.length > header.length) row['null'] = cells.slice(header.length);
      return row;
    });
}

/** The rows with null in place of every empty text. */
export function emptyAsNull(rows: readonly PlainRecord[]): readonly PlainRecord[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === '' ? null : value])),
  );
}

/** The rows with the first one that has no null in front, from which a warehouse can tell the columns' types. */
export function promoteFullRow(rows: readonly PlainRecord[]): readonly PlainRecord[] {
  const full = rows.findIndex((row) => Object.values(row).every((value) => value !== null));
  if (full <= 0) return rows;
  const out = [...rows];
  [out[0], out[full]] = [out[full]!, out[0]!];
  return out;
}
