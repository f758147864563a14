import { DiagnosticError } from '../core/diagnostic.ts';
import type { GraphNode } from '../manifest/node.ts';
import { uniqueKeyColumnMissing } from './errors.ts';
import { type BothSides, isPlainName, missingColumn } from './named-columns.ts';

/** Columns of `unique_key`, given as one name or a list. */
export function uniqueKeyOf(key: unknown): readonly string[] {
  if (typeof key === 'string') return key === '' ? [] : [key];
  return Array.isArray(key) ? key.map(String) : [];
}

/**
 * Finds key columns that the new rows or the table do not have, before a statement that would fail in other words.
 * A key that is no plain name (an expression, a quoted name) is the warehouse's to judge.
 */
export function checkUniqueKey(node: GraphNode, sides: BothSides): void {
  const found = uniqueKeyOf(node.config['unique_key'])
    .filter(isPlainName)
    .flatMap((key) => {
      const missing = missingColumn(sides, key);
      return missing === null ? [] : uniqueKeyColumnMissing(node, key, missing.where, missing.names);
    });
  if (found.length > 0) throw new DiagnosticError(found);
}
