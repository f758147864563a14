import type { Column } from '../adapter/relation.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { GraphNode } from '../manifest/node.ts';
import { eventTimeUntimed } from './errors.ts';
import { columnOf } from './named-columns.ts';

/**
 * What is wrong with the column by which rows of a batch are replaced; null where it holds times. Text is compared
 * letter by letter: '2024-01-01' is before '2024-01-01 00:00:00', so that a batch does not find its own rows.
 */
export function eventTimeProblem(node: GraphNode, columns: readonly Column[]): Diagnostic | null {
  const { event_time: name } = node.config;
  if (typeof name !== 'string') return null;
  const column = columnOf(columns, name);
  if (column === undefined || /^(?:date|timestamp)/i.test(column.type)) return null;
  return eventTimeUntimed(node, column);
}
