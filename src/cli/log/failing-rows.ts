import type { Cell, ResultColumn } from '../../adapter/cell.ts';
import type { NodeOutcome, NodeRef } from '../../core/event.ts';
import { type LogLine, levelOf, logLine } from './log-line.ts';
import { plainCell, textTable } from './text-table.ts';

/** The rows that a data test found, as a table under its line; in logs also as a list of records. */
export function failingRowsLines(
  node: NodeRef,
  outcome: NodeOutcome,
  info: Readonly<Record<string, unknown>>,
  thread: string,
): readonly LogLine[] {
  const found = outcome.failingRows;
  if (found === null || found.rows.length === 0) return [];
  const columns = found.columns as readonly ResultColumn[];
  const rows = found.rows as readonly (readonly Cell[])[];
  const count = rows.length === 1 ? 'failing row' : `${rows.length} failing rows`;
  const title = `The ${found.more ? 'first ' : ''}${count} of ${node.name}:`;
  const records = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, kind }, index) => [name, plainCell(row[index] ?? null, kind)] as const),
    ),
  );
  const data = { node_info: info, rows: records, more: found.more };
  const msg = `${title}\n${textTable(columns, rows)}`;
  return [logLine('FailingRows', { msg, level: levelOf(outcome), thread, data })];
}
