import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { GraphNode } from '../manifest/node.ts';
import type { SchemaChange } from './schema-change.ts';

export function materializationUnknown(node: GraphNode, name: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'materialization-not-found',
    message: `No materialization '${name}' was found for ${node.resource_type} '${node.name}'`,
    hint: didYouMean(name, known) ?? `there are: ${known.join(', ')}`,
  });
}

/** One that the project or a package writes in Jinja, perhaps under the name of one of ours. */
export function materializationCustom(node: GraphNode, name: string): Diagnostic {
  return error({
    code: 'materialization-custom',
    message: `${node.resource_type} '${node.name}' uses the project's own materialization '${name}', which sluice does not run yet`,
    hint: 'use one that is built in until then',
  });
}

export function strategyUnknown(node: GraphNode, strategy: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'incremental-strategy-unknown',
    message: `model '${node.name}' uses the incremental strategy '${strategy}', which this adapter does not have`,
    hint: didYouMean(strategy, known) ?? `there are: ${known.join(', ')}`,
  });
}

export function uniqueKeyColumnMissing(
  node: GraphNode,
  key: string,
  where: string,
  columns: readonly string[],
): Diagnostic {
  return error({
    code: 'unique-key-column-missing',
    message: `the unique_key '${key}' of model '${node.name}' is no column of ${where}`,
    hint: didYouMean(key, columns) ?? `there are: ${columns.join(', ')}`,
  });
}

export function partitionByInvalid(node: GraphNode, given: unknown): Diagnostic {
  return error({
    code: 'partition-by-invalid',
    message:
      given === undefined || given === null
        ? `model '${node.name}' uses the incremental strategy 'insert_overwrite' and has no partition_by`
        : `model '${node.name}' has a partition_by that says no column: ${JSON.stringify(given)}`,
    hint: "name a column, partition_by='day', several in a list, or {'field': 'at', 'granularity': 'month'}",
  });
}

export function partitionColumnMissing(
  node: GraphNode,
  column: string,
  where: string,
  columns: readonly string[],
): Diagnostic {
  return error({
    code: 'partition-column-missing',
    message: `partition_by '${column}' of model '${node.name}' is no column of ${where}`,
    hint: didYouMean(column, columns) ?? `there are: ${columns.join(', ')}`,
  });
}

export function partitionColumnUntimed(
  node: GraphNode,
  column: string,
  type: string,
  granularity: string,
): Diagnostic {
  return error({
    code: 'partition-column-type',
    message: `partition_by of model '${node.name}' cuts '${column}' by ${granularity}, but it holds no times: it is ${type}`,
    hint: 'leave the granularity out, or make the column a date or timestamp',
  });
}

/** `keys` are some of them, as SQL values in text. */
export function keysRepeated(
  node: GraphNode,
  key: string,
  keys: readonly string[],
  more: boolean,
): Diagnostic {
  return error({
    code: 'unique-key-repeated',
    message: `the new rows of '${node.name}' have several rows of one ${key}: ${shownKeys(keys, more)}`,
    hint: 'which of them should win is not said: let the query give one row per key',
  });
}

/** The same where a strategy takes them: all rows of the key are replaced by all new ones. */
export function keysRepeatedKept(
  node: GraphNode,
  key: string,
  keys: readonly string[],
  more: boolean,
): Diagnostic {
  return warning({
    code: 'unique-key-repeated',
    message: `the new rows of '${node.name}' have several rows of one ${key}, and all are kept: ${shownKeys(keys, more)}`,
    hint: "if these are partitions rather than keys, incremental_strategy='insert_overwrite' says so",
  });
}

export function keysNull(node: GraphNode, key: string): Diagnostic {
  return warning({
    code: 'unique-key-null',
    message: `new rows of '${node.name}' have no ${key}: null matches nothing, so they are added again by every run`,
    hint: 'filter them out, or give them a key',
  });
}

const shownKeys = (keys: readonly string[], more: boolean): string =>
  `${keys.join(', ')}${more ? ' and more' : ''}`;

export function schemaChanged(node: GraphNode, { added, removed, retyped }: SchemaChange): Diagnostic {
  const names = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name);
  const types = retyped.map(({ column, from }) => `${column.name}, ${from} before and ${column.type} now`);
  const parts = [
    ...(added.length > 0 ? [`new: ${names(added).join(', ')}`] : []),
    ...(removed.length > 0 ? [`gone: ${names(removed).join(', ')}`] : []),
    ...(types.length > 0 ? [`of another type: ${types.join(', ')}`] : []),
  ];
  return error({
    code: 'schema-changed',
    family: 'Compilation Error',
    message: `The columns of '${node.name}' have changed (${parts.join('; ')}), and on_schema_change is 'fail'`,
    hint: "run with --full-refresh, or set on_schema_change to 'append_new_columns' or 'sync_all_columns'",
  });
}
