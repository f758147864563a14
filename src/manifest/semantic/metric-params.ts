import { str } from '../../jinja/text.ts';
import type { Value } from '../../jinja/values.ts';
import { checkPart, choiceOf, innerPart, innerParts, type Part, textOrNull } from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { own } from '../record.ts';
import { conversionCalculations, granularities, periodAggregations } from './choices.ts';
import { inputMeasure, inputMetric, inputMetrics } from './metric-inputs.ts';
import type { ConversionParams, CumulativeParams, MetricType, MetricTypeParams } from './parts.ts';
import { timeWindow } from './time-window.ts';

const typeParamsShape: Shape = {
  measure: 'text|record?',
  numerator: 'text|record?',
  denominator: 'text|record?',
  expr: 'scalar?',
  window: 'text?',
  grain_to_date: 'text?',
  metrics: 'list?',
  conversion_type_params: 'record?',
  cumulative_type_params: 'record?',
};

const cumulativeShape: Shape = { window: 'text?', grain_to_date: 'text?', period_agg: 'text' };

const conversionShape: Shape = {
  base_measure: 'text|record',
  conversion_measure: 'text|record',
  entity: 'text',
  calculation: 'text',
  window: 'text?',
  constant_properties: 'list?',
};

/** `type_params` of a metric; null where they are wrong, which is told. `input_measures` are filled in later. */
export function metricTypeParams(part: Part, type: MetricType): MetricTypeParams | null {
  if (!checkPart(part, typeParamsShape)) return null;
  const expr = own(part.data, 'expr');
  const grain = textOrNull(part.data, 'grain_to_date');
  return {
    measure: inputMeasure(part, 'measure'),
    input_measures: [],
    numerator: inputMetric(part, 'numerator'),
    denominator: inputMetric(part, 'denominator'),
    expr: expr === undefined || expr === null ? null : str(expr as Value),
    window: timeWindow(part, 'window'),
    grain_to_date: grain === null ? null : choiceOf(part, 'grain_to_date', granularities),
    metrics: inputMetrics(part, 'metrics'),
    conversion_type_params: conversionParams(part),
    cumulative_type_params: type === 'cumulative' ? cumulativeParams(part) : null,
    metric_aggregation_params: null,
  };
}

/** The old places of window and grain, beside the mapping, count where the mapping does not say them. */
function cumulativeParams(part: Part): CumulativeParams {
  const inner = innerPart(part, 'cumulative_type_params', 'cumulative_type_params');
  const own = inner !== null && checkPart(inner, cumulativeShape) ? inner : null;
  const window = own === null ? null : timeWindow(own, 'window');
  const grain = own === null ? null : textOrNull(own.data, 'grain_to_date');
  const aggregates = own !== null && Object.hasOwn(own.data, 'period_agg');
  return {
    window: window ?? timeWindow(part, 'window'),
    grain_to_date: grain ?? textOrNull(part.data, 'grain_to_date'),
    period_agg: (aggregates ? choiceOf(own, 'period_agg', periodAggregations) : null) ?? 'first',
    metric: null,
  };
}

function conversionParams(part: Part): ConversionParams | null {
  const inner = innerPart(part, 'conversion_type_params', 'conversion_type_params');
  const required = ['base_measure', 'conversion_measure', 'entity'];
  if (inner === null || !checkPart(inner, conversionShape, required)) return null;
  const [base, conversion] = [inputMeasure(inner, 'base_measure'), inputMeasure(inner, 'conversion_measure')];
  if (base === null || conversion === null) return null;
  const calculates = Object.hasOwn(inner.data, 'calculation');
  return {
    base_measure: base,
    conversion_measure: conversion,
    entity: inner.data['entity'] as string,
    calculation:
      (calculates ? choiceOf(inner, 'calculation', conversionCalculations) : null) ?? 'conversion_rate',
    window: timeWindow(inner, 'window'),
    constant_properties: constantProperties(inner),
  };
}

const constantShape: Shape = { base_property: 'text', conversion_property: 'text' };

function constantProperties(part: Part): ConversionParams['constant_properties'] {
  if (!Array.isArray(own(part.data, 'constant_properties'))) return null;
  return innerParts(part, 'constant_properties', 'a constant property').flatMap((property) => {
    if (!checkPart(property, constantShape, ['base_property', 'conversion_property'])) return [];
    const { base_property: base, conversion_property: conversion } = property.data;
    return { base_property: base as string, conversion_property: conversion as string };
  });
}
