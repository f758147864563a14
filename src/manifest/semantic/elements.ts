import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import type { Describe } from '../descriptions.ts';
import { placeIn } from '../properties/entry.ts';
import { checkPart, choiceOf, innerPart, type Part, textOrNull } from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { aggregations, dimensionTypes, entityTypes, granularities } from './choices.ts';
import type { Dimension, Entity, Measure } from './parts.ts';

const elementKeys = {
  name: 'text',
  description: 'text?',
  label: 'text?',
  expr: 'text?',
  config: 'record',
} satisfies Shape;

const entityShape: Shape = { ...elementKeys, type: 'text', role: 'text?' };

const dimensionShape: Shape = {
  ...elementKeys,
  type: 'text',
  is_partition: 'boolean',
  type_params: 'record?',
};

const measureShape: Shape = {
  ...elementKeys,
  expr: 'scalar?',
  agg: 'text',
  agg_params: 'record?',
  non_additive_dimension: 'record?',
  agg_time_dimension: 'text?',
  create_metric: 'boolean',
};

/** What elements have from their semantic model: meta that they inherit, and how descriptions are read. */
export interface Surrounding {
  readonly meta: PlainRecord;
  readonly describe: Describe;
}

/** Null where the part is wrong, which is told. */
export function readEntity(part: Part, from: Surrounding): Entity | null {
  if (!checkPart(part, entityShape, ['name', 'type'])) return null;
  const type = choiceOf(part, 'type', entityTypes);
  if (type === null) return null;
  const { data } = part;
  return {
    name: data['name'] as string,
    type,
    description: descriptionOf(part, from),
    label: textOrNull(data, 'label'),
    role: textOrNull(data, 'role'),
    expr: textOrNull(data, 'expr'),
    config: configOf(part, from),
  };
}

/** As `readEntity`. */
export function readDimension(part: Part, from: Surrounding): Dimension | null {
  if (!checkPart(part, dimensionShape, ['name', 'type'])) return null;
  const type = choiceOf(part, 'type', dimensionTypes);
  if (type === null) return null;
  const { data } = part;
  return {
    name: data['name'] as string,
    type,
    description: descriptionOf(part, from),
    label: textOrNull(data, 'label'),
    is_partition: data['is_partition'] === true,
    type_params: dimensionParams(part),
    expr: textOrNull(data, 'expr'),
    metadata: null,
    config: configOf(part, from),
  };
}

const typeParamsShape: Shape = { time_granularity: 'text', validity_params: 'record?' };
const validityShape: Shape = { is_start: 'boolean', is_end: 'boolean' };

function dimensionParams(part: Part): Dimension['type_params'] {
  const inner = innerPart(part, 'type_params', 'type_params');
  if (inner === null || !checkPart(inner, typeParamsShape, ['time_granularity'])) return null;
  const granularity = choiceOf(inner, 'time_granularity', granularities);
  if (granularity === null) return null;
  const validity = innerPart(inner, 'validity_params', 'validity_params');
  const given = validity !== null && checkPart(validity, validityShape) ? validity.data : null;
  return {
    time_granularity: granularity,
    validity_params:
      given === null ? null : { is_start: given['is_start'] === true, is_end: given['is_end'] === true },
  };
}

/** As `readEntity`. */
export function readMeasure(part: Part, from: Surrounding): Measure | null {
  if (!checkPart(part, measureShape, ['name', 'agg'])) return null;
  const agg = choiceOf(part, 'agg', aggregations);
  if (agg === null) return null;
  const { data } = part;
  return {
    name: data['name'] as string,
    agg,
    description: descriptionOf(part, from),
    label: textOrNull(data, 'label'),
    create_metric: false,
    expr: expressionOf(data),
    agg_params: aggregationParams(part),
    non_additive_dimension: nonAdditiveDimension(part),
    agg_time_dimension: textOrNull(data, 'agg_time_dimension'),
    config: configOf(part, from),
  };
}

/** A measure's expression may be written as a number or a truth value. */
function expressionOf(data: PlainRecord): string | null {
  const expr = own(data, 'expr');
  return expr === undefined || expr === null ? null : str(expr as Value);
}

const aggregationShape: Shape = {
  percentile: 'number?',
  use_discrete_percentile: 'boolean',
  use_approximate_percentile: 'boolean',
};

function aggregationParams(part: Part): PlainRecord | null {
  const inner = innerPart(part, 'agg_params', 'agg_params');
  if (inner === null || !checkPart(inner, aggregationShape)) return null;
  const { data } = inner;
  return {
    percentile: data['percentile'] ?? null,
    use_discrete_percentile: data['use_discrete_percentile'] === true,
    use_approximate_percentile: data['use_approximate_percentile'] === true,
  };
}

const nonAdditiveShape: Shape = { name: 'text', window_choice: 'text', window_groupings: 'texts' };

function nonAdditiveDimension(part: Part): Measure['non_additive_dimension'] {
  const inner = innerPart(part, 'non_additive_dimension', 'non_additive_dimension');
  if (inner === null || !checkPart(inner, nonAdditiveShape, ['name', 'window_choice'])) return null;
  const choice = choiceOf(inner, 'window_choice', aggregations);
  if (choice === null) return null;
  return {
    name: inner.data['name'] as string,
    window_choice: choice,
    window_groupings: (inner.data['window_groupings'] as readonly string[] | undefined) ?? [],
  };
}

function configOf({ data }: Part, { meta }: Surrounding): { readonly meta: PlainRecord } {
  const config = own(data, 'config');
  const ownMeta = isRecord(config) && isRecord(config['meta']) ? config['meta'] : {};
  return { meta: { ...meta, ...ownMeta } };
}

function descriptionOf({ state, entry, data, path, label }: Part, { describe }: Surrounding): string | null {
  const text = textOrNull(data, 'description');
  if (text === null || text === '') return text;
  const place = () => placeIn(entry, [...path, 'description'], 'value');
  return describe(state, text, entry.pack.name, label, place).text;
}
