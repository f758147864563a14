import type { AnyNode, ExposureNode, FunctionNode, GraphNode, SourceNode } from '../../manifest/node.ts';
import { isRecord, type PlainRecord } from '../../manifest/record.ts';
import { sameData } from './same-data.ts';

/** Nodes of SQL, Python or rows, which have a body and may make a relation. */
export type BodyNode = GraphNode | FunctionNode;

const bodyTypes: ReadonlySet<string> = new Set<BodyNode['resource_type']>([
  'model',
  'analysis',
  'snapshot',
  'operation',
  'sql_operation',
  'seed',
  'test',
  'function',
]);

export const hasBody = (node: AnyNode): node is BodyNode => bodyTypes.has(node.resource_type);

/** Parts of a node's configuration that say where it lies or whom it belongs to: they are compared by other means. */
const notCompared: ReadonlySet<string> = new Set(['alias', 'schema', 'database', 'tags', 'group']);
const groupOnly: ReadonlySet<string> = new Set(['group']);
const groupAndTags: ReadonlySet<string> = new Set(['group', 'tags']);
const nothing: ReadonlySet<string> = new Set();

const leftOut: Readonly<Partial<Record<AnyNode['resource_type'], ReadonlySet<string>>>> = {
  source: nothing,
  exposure: nothing,
  metric: groupOnly,
  semantic_model: groupOnly,
  saved_query: groupAndTags,
};

/** Configuration as it is written, so that what a target or an environment makes of it is no change. */
export function sameConfigs(node: AnyNode, former: PlainRecord): boolean {
  if (node.resource_type === 'unit_test') return true;
  if (node.resource_type === 'semantic_model' || node.resource_type === 'saved_query') {
    return sameData(node.config, former['config']);
  }
  const without = leftOut[node.resource_type] ?? notCompared;
  const compared = (config: unknown): PlainRecord =>
    Object.fromEntries(Object.entries(isRecord(config) ? config : {}).filter(([key]) => !without.has(key)));
  const [present, past] = [compared(node.unrendered_config), compared(former['unrendered_config'])];
  const keys = [...Object.keys(present), ...Object.keys(past)];
  return keys.every((key) => key in present && key in past && sameData(present[key], past[key]));
}

export function sameBody(node: BodyNode, former: PlainRecord): boolean {
  return node.resource_type === 'seed'
    ? sameData(node.checksum, former['checksum'])
    : node.raw_code === former['raw_code'];
}

/** The configured database, schema and alias; of a source, where it lies. */
export function sameRelation(
  node: BodyNode | SourceNode,
  former: PlainRecord,
  comparesUnrendered: boolean,
): boolean {
  if (node.resource_type === 'source') {
    const where = comparesUnrendered ? ['unrendered_database', 'unrendered_schema'] : ['database', 'schema'];
    return same(node, former, [...where, 'identifier']);
  }
  const past = former['unrendered_config'];
  return same(node.unrendered_config, isRecord(past) ? past : {}, ['database', 'schema', 'alias']);
}

/** Descriptions that are written into the warehouse. */
export function samePersistedDescriptions(node: BodyNode, former: PlainRecord): boolean {
  const { persist_docs: persisted } = node.config;
  if (!isRecord(persisted)) return true;
  if (persisted['relation'] === true && !same(node, former, ['description'])) return false;
  return (
    persisted['columns'] !== true || sameData(descriptions(node.columns), descriptions(former['columns']))
  );
}

function descriptions(columns: unknown): PlainRecord {
  const entries = Object.entries(isRecord(columns) ? columns : {});
  return Object.fromEntries(
    entries.map(([name, column]) => [name, isRecord(column) ? (column['description'] ?? '') : '']),
  );
}

/** Whether members of these names are the same. */
function same(node: object, former: PlainRecord, names: readonly string[]): boolean {
  return names.every((name) => sameData((node as PlainRecord)[name], former[name]));
}

/**
 * Everything that makes a difference to what a node does, but macros and contract. `comparesUnrendered` is the flag
 * `state_modified_compare_more_unrendered_values`.
 */
export function sameContents(node: AnyNode, former: PlainRecord, comparesUnrendered: boolean): boolean {
  switch (node.resource_type) {
    case 'unit_test':
      return same(node, former, ['checksum']);
    case 'source':
      return (
        same(node, former, ['fqn', 'quoting', 'loaded_at_field', 'external']) &&
        sameData(thresholds(node.freshness), thresholds(former['freshness'])) &&
        sameRelation(node, former, comparesUnrendered) &&
        sameConfigs(node, former)
      );
    case 'exposure':
      return sameExposure(node, former) && sameConfigs(node, former);
    case 'metric':
      return same(node, former, ['type', 'description', 'label']) && sameConfigs(node, former);
    case 'semantic_model':
      return (
        same(node, former, ['model', 'description', 'defaults', 'entities', 'dimensions', 'measures']) &&
        same(node, former, ['primary_entity', 'group']) &&
        sameConfigs(node, former)
      );
    case 'saved_query':
      return (
        same(node, former, ['description', 'label', 'group', 'tags']) &&
        sameData(queryOf(node.query_params), queryOf(former['query_params'])) &&
        sameData(node.exports.map(exportOf), listOf(former['exports']).map(exportOf)) &&
        sameConfigs(node, former)
      );
    default:
      return sameNode(node, former);
  }
}

function sameNode(node: BodyNode, former: PlainRecord): boolean {
  if (!same(node, former, ['fqn']) || !sameConfigs(node, former)) return false;
  if (node.resource_type === 'test' && node.test_metadata !== undefined) return true;
  if (!sameBody(node, former) || !samePersistedDescriptions(node, former)) return false;
  if (!sameRelation(node, former, false)) return false;
  if (node.resource_type === 'function') return same(node, former, ['arguments', 'returns']);
  if (node.resource_type !== 'model') return true;
  return same(node, { access: 'protected', ...former }, ['latest_version', 'access', 'deprecation_date']);
}

function sameExposure(node: ExposureNode, former: PlainRecord): boolean {
  const past = isRecord(former['depends_on']) ? listOf(former['depends_on']['nodes']) : [];
  const sorted = (ids: readonly unknown[]): readonly unknown[] => [...new Set(ids)].sort();
  return (
    same(node, former, ['fqn', 'type', 'owner', 'maturity', 'url', 'description', 'label']) &&
    sameData(sorted(node.depends_on.nodes), sorted(past))
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A threshold without a count is none. */
function thresholds(freshness: unknown): PlainRecord {
  if (!isRecord(freshness)) return {};
  const threshold = (value: unknown): unknown => (isRecord(value) && value['count'] != null ? value : null);
  return {
    ...freshness,
    warn_after: threshold(freshness['warn_after']),
    error_after: threshold(freshness['error_after']),
  };
}

function queryOf(params: unknown): PlainRecord {
  if (!isRecord(params)) return {};
  const { metrics, group_by, where } = params;
  return { metrics, group_by, where };
}

function exportOf(given: unknown): PlainRecord {
  if (!isRecord(given)) return {};
  const config = isRecord(given['unrendered_config']) ? given['unrendered_config'] : {};
  const { export_as, schema, alias } = config;
  return { name: given['name'], export_as, schema, alias };
}
