import { DiagnosticError } from '../core/diagnostic.ts';
import type { GraphNode } from '../manifest/node.ts';
import { isRecord } from '../manifest/record.ts';
import { partitionByInvalid, partitionColumnMissing, partitionColumnUntimed } from './errors.ts';
import { type BothSides, columnOf, isPlainName, missingColumn } from './named-columns.ts';

/** How a model's rows are told apart into partitions: SQL over its columns. */
export type PartitionBy = readonly Partition[];

interface Partition {
  /** The column's name; null where the configuration gives an expression. */
  readonly column: string | null;
  readonly expression: string;
  /** Cuts times into these units: `month`. */
  readonly granularity: string | null;
}

const granularities: ReadonlySet<string> = new Set(['hour', 'day', 'week', 'month', 'quarter', 'year']);

/**
 * `partition_by` of the configuration: a column, a list of them, or `{field, granularity}` with a column of times; a
 * text that is no plain name is an expression. Throws `partition-by-invalid`.
 */
export function partitionByOf(node: GraphNode): PartitionBy {
  const given = node.config['partition_by'];
  const list = Array.isArray(given) ? given : [given];
  const parts = list.map((one) => partitionOf(one));
  if (parts.length === 0 || parts.includes(null)) throw new DiagnosticError(partitionByInvalid(node, given));
  return parts as PartitionBy;
}

function partitionOf(given: unknown): Partition | null {
  if (typeof given === 'string' && given.trim() !== '') return partition(given.trim(), null);
  if (!isRecord(given) || typeof given['field'] !== 'string') return null;
  const { field, granularity = null, range } = given;
  if (range !== undefined && range !== null) return null;
  if (granularity === null) return partition(field, null);
  const unit = String(granularity).toLowerCase();
  return granularities.has(unit) ? partition(field, unit) : null;
}

function partition(text: string, granularity: string | null): Partition {
  const column = isPlainName(text) ? text : null;
  if (granularity !== null)
    return { column, expression: `date_trunc('${granularity}', ${text})`, granularity };
  return { column, expression: column ?? `(${text})`, granularity };
}

/** Finds partition columns that are not there, or hold no times, before a statement that would fail in other words. */
export function checkPartitionBy(node: GraphNode, parts: PartitionBy, sides: BothSides): void {
  const found = parts.flatMap(({ column, granularity }) => {
    if (column === null) return [];
    const missing = missingColumn(sides, column);
    if (missing !== null) return partitionColumnMissing(node, column, missing.where, missing.names);
    const untimed = [sides.source, sides.destination]
      .map((columns) => columnOf(columns, column)!.type)
      .find((type) => !/^(?:date|timestamp)/i.test(type));
    return granularity === null || untimed === undefined
      ? []
      : partitionColumnUntimed(node, column, untimed, granularity);
  });
  if (found.length > 0) throw new DiagnosticError(found);
}

/** The condition on rows of the table that lie in a partition which some row of `source` lies in; null is one, too. */
export function touchedPartitions(parts: PartitionBy, source: string): string {
  const expressions = parts.map(({ expression }) => expression);
  const row = expressions.length === 1 ? expressions[0]! : `(${expressions.join(', ')})`;
  const isNull = expressions.map((one) => `${one} is null`).join(' or ');
  const named = expressions.map((one, index) => `${one} as partition_${index + 1}`).join(', ');
  const same = expressions
    .map((one, index) => `touched.partition_${index + 1} is not distinct from ${one}`)
    .join(' and ');
  // A list of values finds what it looks for by a hash; only rows with a null need be compared one by one.
  return `(${row} in (select ${expressions.join(', ')} from ${source})
    or ((${isNull}) and exists (
      select 1 from (select ${named} from ${source} where ${isNull}) as touched where ${same}
    )))`;
}
