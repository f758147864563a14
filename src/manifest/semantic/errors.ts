import { type Diagnostic, error, warning } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';

const parsing = { family: 'Parsing Error' } as const;

export function measureNotFound(
  label: string,
  measure: string,
  span: Span,
  known: Iterable<string>,
): Diagnostic {
  return error({
    ...parsing,
    code: 'measure-not-found',
    message: `${label} refers to the measure '${measure}', which no semantic model has`,
    span,
    hint: didYouMean(measure, known),
  });
}

export function measureDisabled(label: string, measure: string, model: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'measure-disabled',
    message: `${label} refers to the measure '${measure}' of the semantic model '${model}', which is disabled`,
    span,
  });
}

export function inputMetricMissing(
  label: string,
  metric: string,
  disabled: boolean,
  span: Span,
  known: Iterable<string>,
): Diagnostic {
  return error({
    ...parsing,
    code: disabled ? 'metric-disabled' : 'metric-not-found',
    message: `${label} refers to the metric '${metric}', which ${disabled ? 'is disabled' : 'does not exist'}`,
    span,
    hint: disabled ? null : didYouMean(metric, known),
  });
}

export function inputMeasureMissing(label: string, type: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'metric-params',
    message: `${label} is a ${type} metric and needs a measure`,
    span,
    hint: 'name it under type_params: measure',
  });
}

export function conversionParamsMissing(label: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'metric-params',
    message: `${label} is a conversion metric and needs conversion_type_params`,
    span,
  });
}

export function metricInputsMissing(label: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'metric-params',
    message: `${label} is a ratio metric and needs a numerator and a denominator`,
    span,
  });
}

export function semanticMistake(message: string, span: Span | null): Diagnostic {
  return error({ ...parsing, code: 'semantic-validation', message, span });
}

export function semanticDoubt(message: string, span: Span | null): Diagnostic {
  return warning({ code: 'semantic-doubt', message, span, event: 'SemanticValidationFailure' });
}

export function timeSpineMissing(): Diagnostic {
  return error({
    ...parsing,
    code: 'time-spine-missing',
    message: 'semantic models need a time spine of granularity day or finer, and the project has none',
    hint: 'add a model with one row per day and time_spine: in its properties',
  });
}

export function timeSpineWithoutProperties(span: Span): Diagnostic {
  return warning({
    code: 'time-spine-without-properties',
    message: "the time spine 'metricflow_time_spine' is one by its name alone",
    span,
    hint: 'say time_spine: in its properties',
    event: 'MFTimespineWithoutYamlConfigurationDeprecation',
  });
}

export function oldCumulativeParams(metric: string, span: Span, strict: boolean): Diagnostic {
  const fields = {
    code: 'cumulative-params-not-nested',
    message: `the window or grain_to_date of metric '${metric}' stands under type_params`,
    span,
    hint: 'move it under type_params: cumulative_type_params',
  };
  return strict
    ? error({ ...parsing, ...fields })
    : warning({ ...fields, event: 'MFCumulativeTypeParamsDeprecation' });
}
