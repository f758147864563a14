import type { Span } from '../../core/span.ts';
import { describer } from '../descriptions.ts';
import type { MetricNode } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { defineResource } from '../properties/defined.ts';
import { type PropertiesEntry, placeIn } from '../properties/entry.ts';
import { checkPart, choiceOf, innerPart, tellPart, textOrNull, wholeEntry } from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { type Draft, isRecord, type PlainRecord } from '../record.ts';
import { metricTypes } from './choices.ts';
import { plainMeasure } from './metric-inputs.ts';
import { metricTypeParams } from './metric-params.ts';
import type { MetricType, MetricTypeParams } from './parts.ts';
import { whereFilters } from './where-filters.ts';

export interface ParsedMetric {
  readonly node: Draft<MetricNode>;
  readonly place: () => Span;
}

const metricShape: Shape = {
  name: 'text',
  label: 'text',
  type: 'text',
  type_params: 'record',
  description: 'text',
  filter: 'text|texts?',
  time_granularity: 'text?',
  meta: 'record',
  tags: 'texts',
  config: 'record',
};

/** Null where the entry is wrong, which is told. */
export function parseMetric(state: ParseState, entry: PropertiesEntry): ParsedMetric | null {
  const part = wholeEntry(state, entry);
  if (!checkPart(part, metricShape, ['label', 'type', 'type_params'])) return null;
  const problem = nameProblem(entry.name);
  if (problem !== null) {
    tellPart(part, problem, 'name');
    return null;
  }
  const { data } = entry;
  const type = choiceOf(part, 'type', metricTypes);
  if (type === null) return null;
  const before = state.found.errors.length;
  const typeParams = metricTypeParams(innerPart(part, 'type_params', 'type_params')!, type);
  if (typeParams === null || state.found.errors.length > before) return null;
  return makeMetric(state, entry, {
    name: entry.name,
    label: data['label'] as string,
    description: (data['description'] as string | undefined) ?? '',
    type,
    typeParams,
    filter: data['filter'],
    timeGranularity: textOrNull(data, 'time_granularity'),
    meta: (data['meta'] as PlainRecord | undefined) ?? {},
    tags: (data['tags'] as readonly string[] | undefined) ?? [],
    config: isRecord(data['config']) ? data['config'] : {},
    place: () => placeIn(entry),
  });
}

/** What a measure with `create_metric` says of the metric that is made of it. */
export interface MeasureMetric {
  readonly name: string;
  readonly label: string | null;
  readonly description: string | null;
  readonly expr: string | null;
  readonly enabled: boolean;
  /** Of the semantic model. */
  readonly meta: unknown;
  readonly place: () => Span;
}

/** The simple metric of a measure with `create_metric`. */
export function metricOfMeasure(
  state: ParseState,
  entry: PropertiesEntry,
  { name, label, description, expr, enabled, meta, place }: MeasureMetric,
): ParsedMetric {
  return makeMetric(state, entry, {
    name,
    label: label || name,
    description: description || `Metric created from measure ${name}`,
    type: 'simple',
    typeParams: { ...noParams, measure: plainMeasure(name), expr: expr || name },
    filter: null,
    timeGranularity: null,
    meta: {},
    tags: [],
    config: { enabled, meta },
    place,
  });
}

const noParams: MetricTypeParams = {
  measure: null,
  input_measures: [],
  numerator: null,
  denominator: null,
  expr: null,
  window: null,
  grain_to_date: null,
  metrics: [],
  conversion_type_params: null,
  cumulative_type_params: null,
  metric_aggregation_params: null,
};

interface MetricParts {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: MetricType;
  readonly typeParams: MetricTypeParams;
  readonly filter: unknown;
  readonly timeGranularity: string | null;
  readonly meta: PlainRecord;
  readonly tags: readonly string[];
  readonly config: PlainRecord;
  readonly place: () => Span;
}

function makeMetric(state: ParseState, entry: PropertiesEntry, parts: MetricParts): ParsedMetric {
  const { pack, file } = entry;
  const { name, place } = parts;
  const { path, fqn, config, unrendered } = defineResource(state, entry, 'metric', {
    name,
    patch: parts.config,
  });
  const describe = describer(config['enabled'] !== false);
  const described = describe(state, parts.description, pack.name, `metric '${name}'`, place);
  const meta = config['meta'] as PlainRecord;
  const node: Draft<MetricNode> = {
    name,
    resource_type: 'metric',
    package_name: pack.name,
    path,
    original_file_path: file.path,
    unique_id: `metric.${pack.name}.${name}`,
    fqn,
    description: described.text,
    label: parts.label,
    type: parts.type,
    type_params: parts.typeParams,
    filter: whereFilters(parts.filter),
    metadata: null,
    time_granularity: parts.timeGranularity,
    meta: Object.keys(meta).length > 0 ? meta : parts.meta,
    tags: parts.tags,
    config: config as unknown as MetricNode['config'],
    unrendered_config: unrendered,
    sources: [],
    depends_on: { macros: [], nodes: [] },
    refs: [],
    metrics: [],
    created_at: state.createdAt,
    group: config['group'] as string | null,
  };
  return { node, place };
}

function nameProblem(name: string): string | null {
  const problems = [
    name.includes(' ') ? 'cannot contain spaces' : null,
    [...name].length > 250 ? 'cannot contain more than 250 characters' : null,
    /^[A-Za-z]/.test(name) ? null : 'must begin with a letter',
    /^[\p{L}\p{N}_]+$/u.test(name) ? null : 'must contain only letters, numbers and underscores',
  ].filter((problem) => problem !== null);
  return problems.length === 0 ? null : `its name is invalid: it ${problems.join(', ')}`;
}
