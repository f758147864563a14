import type { Column } from '../adapter/relation.ts';
import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import { configPlace } from '../manifest/config-place.ts';
import type { GraphNode, WorkedNode } from '../manifest/node.ts';
import type { SchemaChange } from './schema-change.ts';

export function materializationUnknown(node: WorkedNode, name: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'materialization-not-found',
    span: configPlace(node, 'materialized'),
    message: `No materialization '${name}' was found for ${node.resource_type} '${node.name}'`,
    hint: didYouMean(name, known) ?? `there are: ${known.join(', ')}`,
  });
}

export function strategyUnknown(node: GraphNode, strategy: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'incremental-strategy-unknown',
    span: configPlace(node, 'incremental_strategy'),
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
    span: configPlace(node, 'unique_key'),
    message: `the unique_key '${key}' of model '${node.name}' is no column of ${where}`,
    hint: didYouMean(key, columns) ?? `there are: ${columns.join(', ')}`,
  });
}

export function partitionByInvalid(node: GraphNode, given: unknown): Diagnostic {
  return error({
    code: 'partition-by-invalid',
    span: configPlace(node, 'partition_by'),
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
    span: configPlace(node, 'partition_by'),
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
    span: configPlace(node, 'partition_by'),
    message: `partition_by of model '${node.name}' cuts '${column}' by ${granularity}, but it holds no times: it is ${type}`,
    hint: 'leave the granularity out, or make the column a date or timestamp',
  });
}

/** A warning, because dbt takes it, and some texts compare as their times do. */
export function eventTimeUntimed(node: GraphNode, { name, type }: Column): Diagnostic {
  return warning({
    code: 'event-time-type',
    span: configPlace(node, 'event_time'),
    message: `event_time of model '${node.name}' is '${name}', which holds no times: it is ${type}, so that rows of a batch may not be found, and be lost or doubled`,
    hint: `cast it to a timestamp in the model`,
  });
}

/** A key of `unique_key` that cannot tell one row from all others. */
export interface WrongKey {
  /** Values of the key's columns as text; null where the value is. */
  readonly values: readonly (string | null)[];
  readonly rows: number;
}

/** Some of the wrong keys, those of most rows first, and how many there are. */
export interface WrongKeys {
  readonly columns: readonly string[];
  readonly some: readonly WrongKey[];
  readonly total: number;
}

export function keysRepeated(node: GraphNode, wrong: WrongKeys): Diagnostic {
  return error({
    code: 'unique-key-repeated',
    span: configPlace(node, 'unique_key'),
    message: `the new rows of '${node.name}' have several rows of one ${keyName(wrong.columns)}: ${keyValues(wrong)}`,
    hint: 'which of them should win is not said: let the query give one row per key',
  });
}

/** The same where a strategy takes them: all rows of the key are replaced by all new ones. */
export function keysRepeatedKept(node: GraphNode, wrong: WrongKeys): Diagnostic {
  return warning({
    code: 'unique-key-repeated',
    span: configPlace(node, 'unique_key'),
    message: `the new rows of '${node.name}' have several rows of one ${keyName(wrong.columns)}, and all are kept: ${keyValues(wrong)}`,
    hint: "if these are partitions rather than keys, incremental_strategy='insert_overwrite' says so",
  });
}

export function keysNull(node: GraphNode, columns: readonly string[]): Diagnostic {
  return warning({
    code: 'unique-key-null',
    span: configPlace(node, 'unique_key'),
    message: `new rows of '${node.name}' have no ${keyName(columns)}: null matches nothing, so they are added again by every run`,
    hint: 'filter them out, or give them a key',
  });
}

const keyName = (columns: readonly string[]): string =>
  columns.length === 1 ? `'${columns[0]}'` : `(${columns.join(', ')})`;

/** Keys that are known by nothing but their values. */
const keyValues = ({ some, total }: WrongKeys): string =>
  `${some.map(({ values }) => values.join(', ')).join(', ')}${total > shownKeys && some.length === shownKeys ? ' and more' : ''}`;

/** How many keys `dbt.keys_that_are_wrong` gives at most. */
const shownKeys = 5;

/** dbt's words for it name a full refresh, which does not replace a snapshot. */
export function snapshotTargetNoTable(node: GraphNode, type: string): Diagnostic {
  return error({
    code: 'snapshot-target',
    family: 'Compilation Error',
    message: `snapshot '${node.name}' needs a table, and a ${type.replaceAll('_', ' ')} named '${node.alias}' stands in its place`,
    hint: 'nothing was changed; drop or rename it, or give the snapshot another alias',
  });
}

/** Made by somebody else after it was looked for. */
export function snapshotTargetAppeared(node: GraphNode): Diagnostic {
  return error({
    code: 'snapshot-target',
    message: `a relation named '${node.alias}' was made while snapshot '${node.name}' was about to make its table`,
    hint: 'nothing was changed; run again',
  });
}

export function snapshotColumnMissing(
  node: GraphNode,
  { setting, column, columns }: { setting: string; column: string; columns: readonly string[] },
): Diagnostic {
  return error({
    code: 'snapshot-column-missing',
    span: configPlace(node, setting),
    message: `${setting} of snapshot '${node.name}' names '${column}', which is no column of its query`,
    hint: didYouMean(column, columns) ?? `there are: ${columns.join(', ')}`,
  });
}

export function snapshotKeys(node: GraphNode, wrong: WrongKeys): Diagnostic {
  return error({
    code: 'snapshot-keys',
    span: configPlace(node, 'unique_key'),
    family: 'Runtime Error',
    message: `the unique_key of snapshot '${node.name}' (${wrong.columns.join(', ')}) does not tell the rows of its query apart: ${shown(wrong)}`,
    hint: 'nothing was changed; leave one row of each key, and none without a key, or add columns to the unique_key',
  });
}

export function snapshotCurrentRows(node: GraphNode, wrong: WrongKeys): Diagnostic {
  return error({
    code: 'snapshot-current-rows',
    family: 'Runtime Error',
    message: `snapshot '${node.name}' would hold more than one current version of a key (${wrong.columns.join(', ')}): ${shown(wrong)}`,
    hint: 'nothing was changed; if the table already has them, end or delete all but one version of each key',
  });
}

function shown({ some, total }: WrongKeys): string {
  const keys = some.map(({ values, rows }) => {
    const key = values.map((value) => (value === null ? 'null' : `'${value}'`)).join(', ');
    return `${values.length === 1 ? key : `(${key})`} in ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  });
  const more = total - some.length;
  return `${keys.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
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

/** dbt's words, which tell nothing of what changed: the hint does. */
export function configurationChanged(
  node: GraphNode,
  policy: 'fail' | 'continue',
  changed: string,
): Diagnostic {
  const message = `Configuration changes were identified and \`on_configuration_change\` was set to \`${policy}\` for \`${node.relation_name}\``;
  return policy === 'fail'
    ? error({
        code: 'configuration-changed',
        family: 'FailFast Error',
        message,
        hint: `${changed} changed: run with --full-refresh, or set on_configuration_change to 'apply'`,
      })
    : warning({
        code: 'configuration-changed',
        message,
        hint: `${changed} changed; the materialized view was left as it was, its rows too`,
        event: 'JinjaLogWarning',
      });
}
