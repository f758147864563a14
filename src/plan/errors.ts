import { type Diagnostic, error } from '../core/diagnostic.ts';
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

export function uniqueKeyMissing(node: GraphNode, strategy: string): Diagnostic {
  return error({
    code: 'unique-key-missing',
    message: `model '${node.name}' uses the incremental strategy '${strategy}' and has no unique_key`,
    hint: "name the key, config(unique_key='id'), or use incremental_strategy='append'",
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
