/** The values inside metrics, semantic models and saved queries, in the shape in which the manifest publishes them. */

export interface WhereFilters {
  readonly where_filters: readonly { readonly where_sql_template: string }[];
}

export interface TimeWindow {
  readonly count: number;
  /** A standard granularity in the singular, or a custom one. */
  readonly granularity: string;
}

export interface InputMeasure {
  readonly name: string;
  readonly filter: WhereFilters | null;
  readonly alias: string | null;
  readonly join_to_timespine: boolean;
  readonly fill_nulls_with: number | null;
}

export interface InputMetric {
  readonly name: string;
  readonly filter: WhereFilters | null;
  readonly alias: string | null;
  readonly offset_window: TimeWindow | null;
  readonly offset_to_grain: string | null;
}

export interface ConversionParams {
  readonly base_measure: InputMeasure;
  readonly conversion_measure: InputMeasure;
  readonly entity: string;
  readonly calculation: string;
  readonly window: TimeWindow | null;
  readonly constant_properties:
    | readonly { readonly base_property: string; readonly conversion_property: string }[]
    | null;
}

export interface CumulativeParams {
  readonly window: TimeWindow | null;
  readonly grain_to_date: string | null;
  readonly period_agg: string;
  readonly metric: null;
}

export interface MetricTypeParams {
  readonly measure: InputMeasure | null;
  /** Every measure that the metric is made of, those of its input metrics included, each once. */
  readonly input_measures: readonly InputMeasure[];
  readonly numerator: InputMetric | null;
  readonly denominator: InputMetric | null;
  readonly expr: string | null;
  readonly window: TimeWindow | null;
  readonly grain_to_date: string | null;
  readonly metrics: readonly InputMetric[];
  readonly conversion_type_params: ConversionParams | null;
  readonly cumulative_type_params: CumulativeParams | null;
  readonly metric_aggregation_params: null;
}

export type MetricType = 'simple' | 'ratio' | 'cumulative' | 'derived' | 'conversion';

/** `config` of a measure, a dimension or an entity. */
export interface ElementConfig {
  readonly meta: Readonly<Record<string, unknown>>;
}

interface Element {
  readonly name: string;
  readonly description: string | null;
  readonly label: string | null;
  readonly expr: string | null;
  readonly config: ElementConfig;
}

export interface Entity extends Element {
  readonly type: string;
  readonly role: string | null;
}

export interface Measure extends Element {
  readonly agg: string;
  readonly create_metric: false;
  readonly agg_params: Readonly<Record<string, unknown>> | null;
  readonly non_additive_dimension: {
    readonly name: string;
    readonly window_choice: string;
    readonly window_groupings: readonly string[];
  } | null;
  readonly agg_time_dimension: string | null;
}

export interface Dimension extends Element {
  readonly type: string;
  readonly is_partition: boolean;
  readonly type_params: {
    readonly time_granularity: string;
    readonly validity_params: { readonly is_start: boolean; readonly is_end: boolean } | null;
  } | null;
  readonly metadata: null;
}

/** Where the model behind a semantic model is. */
export interface NodeRelation {
  readonly alias: string;
  readonly schema_name: string;
  readonly database: string | null;
  readonly relation_name: string | null;
}

export interface QueryParams {
  readonly metrics: readonly string[];
  readonly group_by: readonly string[];
  readonly where: WhereFilters | null;
  readonly order_by: readonly string[];
  readonly limit: number | null;
}

export interface SavedQueryExport {
  readonly name: string;
  readonly config: {
    readonly export_as: string;
    readonly schema_name: string | null;
    readonly alias: string | null;
    readonly database: string | null;
  };
  readonly unrendered_config: Readonly<Record<string, unknown>>;
}
