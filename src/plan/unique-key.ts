import type { Column } from '../adapter/relation.ts';
import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import type { GraphNode } from '../manifest/node.ts';
import { uniqueKeyColumnMissing } from './errors.ts';

/** Columns of `unique_key`, given as one name or a list. */
export function uniqueKeyOf(key: unknown): readonly string[] {
  if (typeof key === 'string') return key === '' ? [] : [key];
  return Array.isArray(key) ? key.map(String) : [];
}

/**
 * Finds key columns that the new rows or the table do not have, before a statement that would fail in other words.
 * A key that is no plain name (an expression, a quoted name) is the warehouse's to judge.
 */
export function checkUniqueKey(
  node: GraphNode,
  { destination, source }: { readonly destination: readonly Column[]; readonly source: readonly Column[] },
): void {
  const found: Diagnostic[] = [];
  for (const key of uniqueKeyOf(node.config['unique_key'])) {
    if (!/^[A-Za-z_]\w*$/.test(key)) continue;
    for (const [where, columns] of [
      ['the new rows', source],
      ['the table', destination],
    ] as const) {
      const names = columns.map(({ name }) => name);
      if (names.some((name) => name.toLowerCase() === key.toLowerCase())) continue;
      found.push(uniqueKeyColumnMissing(node, key, where, names));
      break;
    }
  }
  if (found.length > 0) throw new DiagnosticError(found);
}
