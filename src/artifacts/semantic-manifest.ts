import { jsonText } from '../manifest/json-text.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type {
  GraphNode,
  MetricNode,
  ModelNode,
  SavedQueryNode,
  SemanticModelNode,
} from '../manifest/node.ts';
import type { InputMetric, NodeRelation } from '../manifest/semantic/parts.ts';
import { writeWhole } from './write-whole.ts';

/** dbt-semantic-interfaces, whose format the file has. */
const formatVersion = { major_version: '0', minor_version: '9', patch_version: '0' };

/**
 * Writes `semantic_manifest.json`, which MetricFlow and its kin read: semantic models, metrics, saved queries and time
 * spines without what dbt alone knows of them. Throws `file-not-written`.
 */
export function writeSemanticManifest(manifest: Manifest, path: string): void {
  const text = jsonText(semanticManifest(manifest));
  writeWhole(path, (write) => write(text));
}

export function semanticManifest(manifest: Manifest) {
  return {
    semantic_models: [...manifest.semanticModels.values()].map(semanticModel),
    metrics: [...manifest.metrics.values()].map(metric),
    project_configuration: {
      time_spine_table_configurations: oldTimeSpines(manifest),
      metadata: null,
      dsi_package_version: formatVersion,
      time_spines: [...manifest.nodes.values()].flatMap(timeSpine),
    },
    saved_queries: [...manifest.savedQueries.values()].map(savedQuery),
  };
}

function semanticModel(node: SemanticModelNode) {
  return {
    name: node.name,
    defaults: node.defaults,
    description: node.description,
    node_relation: node.node_relation === null ? null : relation(node.node_relation),
    primary_entity: node.primary_entity,
    entities: node.entities.map(({ name, description, type, role, expr, label, config }) => {
      return { name, description, type, role, expr, metadata: null, label, config };
    }),
    measures: node.measures.map((measure) => ({
      name: measure.name,
      agg: measure.agg,
      description: measure.description,
      create_metric: measure.create_metric,
      expr: measure.expr,
      agg_params: measure.agg_params,
      metadata: null,
      non_additive_dimension: measure.non_additive_dimension,
      agg_time_dimension: measure.agg_time_dimension,
      label: measure.label,
      config: measure.config,
    })),
    dimensions: node.dimensions.map((dimension) => ({
      name: dimension.name,
      description: dimension.description,
      type: dimension.type,
      is_partition: dimension.is_partition,
      type_params: dimension.type_params,
      expr: dimension.expr,
      metadata: null,
      label: dimension.label,
      config: dimension.config,
    })),
    label: node.label,
    metadata: null,
    config: { meta: node.config.meta },
  };
}

/** A relation without a name of its own is named by its parts. */
function relation(node: NodeRelation) {
  const parts = [node.database, node.schema_name, node.alias].filter((part) => part !== null);
  return { ...node, relation_name: node.relation_name || parts.join('.') };
}

function metric(node: MetricNode) {
  const { type_params: params } = node;
  const cumulative = params.cumulative_type_params;
  return {
    name: node.name,
    description: node.description,
    type: node.type,
    type_params: {
      measure: params.measure,
      numerator: params.numerator,
      denominator: params.denominator,
      expr: params.expr,
      window: params.window,
      grain_to_date: params.grain_to_date,
      metrics: params.metrics.map(withLowerGrain),
      conversion_type_params: params.conversion_type_params,
      cumulative_type_params:
        cumulative === null
          ? null
          : {
              window: cumulative.window,
              grain_to_date: cumulative.grain_to_date?.toLowerCase() ?? null,
              period_agg: cumulative.period_agg,
            },
      input_measures: params.input_measures,
    },
    filter: node.filter,
    metadata: null,
    label: node.label,
    config: { meta: node.config.meta },
    time_granularity: node.time_granularity,
  };
}

function withLowerGrain(input: InputMetric): InputMetric {
  return { ...input, offset_to_grain: input.offset_to_grain?.toLowerCase() ?? null };
}

function savedQuery(node: SavedQueryNode) {
  const { metrics, group_by, order_by, limit, where } = node.query_params;
  return {
    name: node.name,
    query_params: { metrics, group_by, order_by, limit, where },
    description: node.description,
    metadata: null,
    label: node.label,
    exports: node.exports.map(({ name, config: { export_as, schema_name, alias } }) => {
      return { name, config: { export_as, schema_name, alias } };
    }),
    tags: node.tags,
  };
}

function timeSpine(node: GraphNode) {
  if (node.resource_type !== 'model' || node.time_spine === null) return [];
  const { standard_granularity_column: column, custom_granularities: custom } = node.time_spine;
  const name = String(column);
  return {
    node_relation: relation(relationOf(node)),
    primary_column: { name, time_granularity: node.columns[name]?.granularity ?? null },
    custom_granularities: custom,
  };
}

function relationOf({ alias, schema, database, relation_name }: ModelNode): NodeRelation {
  return { alias, schema_name: schema, database, relation_name };
}

/** The model that was the time spine by its name alone, where semantic models need one and nothing else is said of it. */
function oldTimeSpines({ nodes, semanticModels }: Manifest) {
  if (semanticModels.size === 0) return [];
  for (const node of nodes.values()) {
    if (node.resource_type === 'model' && node.name === 'metricflow_time_spine' && node.time_spine === null) {
      return [{ location: node.relation_name, column_name: 'date_day', grain: 'day' }];
    }
  }
  return [];
}
