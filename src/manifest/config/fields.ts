import type { ResourceType } from '../node.ts';

/** How a value joins what less specific places said: the key is replaced where it has no rule. */
export type MergeRule = 'append' | 'update' | 'grants' | 'replace';

export type ValueType =
  | 'boolean'
  | 'boolean?'
  | 'text'
  | 'text?'
  | 'integer?'
  | 'record'
  | 'record?'
  | 'texts'
  | 'text|texts'
  | 'text|texts?'
  | 'hooks'
  | 'any';

/** A key that a resource type's configuration always has. */
export interface Field {
  readonly name: string;
  readonly fallback: unknown;
  readonly type: ValueType;
  readonly rule: MergeRule;
  /** Values that are allowed, where not all are. */
  readonly choices: readonly string[] | null;
}

const field = (
  name: string,
  fallback: unknown,
  type: ValueType,
  rule: MergeRule = 'replace',
  choices: readonly string[] | null = null,
): Field => ({ name, fallback, type, rule, choices });

const shared: readonly Field[] = [
  field('enabled', true, 'boolean'),
  field('alias', null, 'text?'),
  field('schema', null, 'text?'),
  field('database', null, 'text?'),
  field('tags', [], 'text|texts', 'append'),
  field('meta', {}, 'record', 'update'),
  field('group', null, 'text?'),
  field('static_analysis', null, 'text?'),
];

const relational = (materialized: string): readonly Field[] => [
  ...shared,
  field('materialized', materialized, 'text'),
  field('incremental_strategy', null, 'text?'),
  field('batch_size', null, 'any'),
  field('lookback', 1, 'any'),
  field('begin', null, 'any'),
  field('persist_docs', {}, 'record'),
  field('post-hook', [], 'hooks', 'append'),
  field('pre-hook', [], 'hooks', 'append'),
  field('quoting', {}, 'record', 'update'),
  field('column_types', {}, 'record', 'update'),
  field('full_refresh', null, 'boolean?'),
  field('unique_key', null, 'text|texts?'),
  field('on_schema_change', 'ignore', 'text?'),
  field('on_configuration_change', 'apply', 'text', 'replace', ['apply', 'continue', 'fail']),
  field('grants', {}, 'record', 'grants'),
  field('packages', [], 'texts', 'append'),
  field('docs', { show: true, node_color: null }, 'record', 'update'),
  field('contract', { enforced: false, alias_types: true }, 'record', 'update'),
  field('event_time', null, 'any'),
  field('concurrent_batches', null, 'any'),
];

const model: readonly Field[] = [
  ...relational('view'),
  field('access', 'protected', 'text', 'replace', ['private', 'protected', 'public']),
  field('freshness', null, 'record?'),
];

const seed: readonly Field[] = [
  ...relational('seed'),
  field('delimiter', ',', 'text'),
  field('quote_columns', null, 'boolean?'),
];

const snapshotColumns = {
  dbt_valid_to: null,
  dbt_valid_from: null,
  dbt_scd_id: null,
  dbt_updated_at: null,
  dbt_is_deleted: null,
};

const snapshot: readonly Field[] = [
  ...relational('snapshot'),
  field('strategy', null, 'text?'),
  field('target_schema', null, 'text?'),
  field('target_database', null, 'text?'),
  field('updated_at', null, 'text?'),
  field('check_cols', null, 'text|texts?'),
  field('snapshot_meta_column_names', snapshotColumns, 'record'),
  field('dbt_valid_to_current', null, 'text?'),
];

const test: readonly Field[] = [
  ...shared.map((one) => (one.name === 'schema' ? field('schema', 'dbt_test__audit', 'text?') : one)),
  field('materialized', 'test', 'text'),
  field('severity', 'ERROR', 'text'),
  field('store_failures', null, 'boolean?'),
  field('store_failures_as', null, 'text?'),
  field('where', null, 'text?'),
  field('limit', null, 'integer?'),
  field('fail_calc', 'count(*)', 'text'),
  field('warn_if', '!= 0', 'text'),
  field('error_if', '!= 0', 'text'),
];

const noThreshold = {
  warn_after: { count: null, period: null },
  error_after: { count: null, period: null },
  filter: null,
};

const source: readonly Field[] = [
  field('enabled', true, 'boolean'),
  field('event_time', null, 'any'),
  field('freshness', noThreshold, 'record?'),
  field('loaded_at_field', null, 'text?'),
  field('loaded_at_query', null, 'text?'),
  field('meta', {}, 'record', 'update'),
  field('tags', [], 'texts'),
  field('static_analysis', null, 'text?'),
];

const exposure: readonly Field[] = [
  field('enabled', true, 'boolean'),
  field('tags', [], 'texts'),
  field('meta', {}, 'record'),
];

const group: readonly Field[] = [field('meta', {}, 'record', 'update')];

const semantic: readonly Field[] = [
  field('enabled', true, 'boolean'),
  field('group', null, 'text?'),
  field('meta', {}, 'record', 'update'),
];

const savedQuery: readonly Field[] = [
  ...semantic,
  field('export_as', null, 'text?'),
  field('schema', null, 'text?'),
  field('cache', { enabled: false }, 'record'),
];

const unitTest: readonly Field[] = [
  field('tags', [], 'text|texts', 'append'),
  field('meta', {}, 'record', 'update'),
  field('enabled', true, 'boolean'),
  field('static_analysis', null, 'text?'),
];

const functionFields: readonly Field[] = [
  ...relational('function'),
  field('type', 'scalar', 'text', 'replace', ['scalar', 'aggregate', 'table']),
  field('volatility', null, 'text?', 'replace', ['deterministic', 'stable', 'non-deterministic']),
  field('runtime_version', null, 'text?'),
  field('entry_point', null, 'text?'),
];

const other = relational('view');

/** The keys of a resource type in the order in which they are published. */
export function configFields(type: ResourceType | 'group'): readonly Field[] {
  return tables[type] ?? other;
}

const tables: Partial<Readonly<Record<ResourceType | 'group', readonly Field[]>>> = {
  model,
  seed,
  snapshot,
  test,
  source,
  exposure,
  group,
  metric: semantic,
  semantic_model: semantic,
  saved_query: savedQuery,
  unit_test: unitTest,
  function: functionFields,
};

const rulesByFields = new WeakMap<readonly Field[], ReadonlyMap<string, Field>>();

export function fieldsByName(fields: readonly Field[]): ReadonlyMap<string, Field> {
  let byName = rulesByFields.get(fields);
  if (byName === undefined) {
    byName = new Map(fields.map((one) => [one.name, one]));
    rulesByFields.set(fields, byName);
  }
  return byName;
}
