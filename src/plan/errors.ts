import { type Diagnostic, error } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { GraphNode } from '../manifest/node.ts';

export function materializationUnknown(
  node: GraphNode,
  name: string,
  known: readonly string[],
  custom: boolean,
): Diagnostic {
  const message = custom
    ? `${node.resource_type} '${node.name}' uses the project's own materialization '${name}', which sluice does not run yet`
    : `No materialization '${name}' was found for ${node.resource_type} '${node.name}'`;
  return error({
    code: custom ? 'materialization-custom' : 'materialization-not-found',
    message,
    hint: didYouMean(name, known) ?? `there are: ${known.join(', ')}`,
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

export function schemaChanged(
  node: GraphNode,
  added: readonly string[],
  removed: readonly string[],
): Diagnostic {
  const parts = [
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.join(', ')}`] : []),
  ];
  return error({
    code: 'schema-changed',
    family: 'Compilation Error',
    message: `The columns of '${node.name}' have changed (${parts.join('; ')}), and on_schema_change is 'fail'`,
    hint: "run with --full-refresh, or set on_schema_change to 'append_new_columns' or 'sync_all_columns'",
  });
}
