import type { Column } from '../adapter/relation.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { GraphNode } from '../manifest/node.ts';
import { snapshotColumnMissing } from './errors.ts';
import { columnOf, isPlainName } from './named-columns.ts';
import { uniqueKeyOf } from './unique-key.ts';

/**
 * Finds columns that the snapshot's configuration names and its query does not give, before a statement that would
 * fail in other words, or, at the first build, not at all. What is no plain name (an expression, a quoted name) is the
 * warehouse's to judge, and what a strategy of the project's own makes of its settings is that strategy's.
 */
export function checkSnapshotColumns(node: GraphNode, query: readonly Column[]): void {
  const { strategy, unique_key: key, updated_at: updatedAt, check_cols: checked } = node.config;
  if (strategy !== 'timestamp' && strategy !== 'check') return;
  const columns = query.map(({ name }) => name);
  const settings: readonly (readonly [setting: string, names: readonly string[]])[] = [
    ['unique_key', uniqueKeyOf(key)],
    ['updated_at', uniqueKeyOf(updatedAt)],
    ['check_cols', strategy === 'check' && Array.isArray(checked) ? checked.map(String) : []],
  ];
  const missing = settings.flatMap(([setting, names]) =>
    names
      .filter((name) => isColumnName(name) && columnOf(query, name) === undefined)
      .map((column) => snapshotColumnMissing(node, { setting, column, columns })),
  );
  if (missing.length > 0) throw new DiagnosticError(missing);
}

/** SQL's clocks look like columns: `updated_at: current_timestamp`. */
const isColumnName = (name: string): boolean =>
  isPlainName(name) && !/^(current_(date|time|timestamp)|local(time|timestamp))$/i.test(name);
