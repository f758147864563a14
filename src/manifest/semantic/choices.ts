/** From the finest to the coarsest. */
export const granularities = [
  'nanosecond',
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const;

export type Granularity = (typeof granularities)[number];

export const aggregations = [
  'sum',
  'min',
  'max',
  'count_distinct',
  'sum_boolean',
  'average',
  'percentile',
  'median',
  'count',
] as const;

export const metricTypes = ['simple', 'ratio', 'cumulative', 'derived', 'conversion'] as const;
export const entityTypes = ['foreign', 'natural', 'primary', 'unique'] as const;
export const dimensionTypes = ['categorical', 'time'] as const;
export const periodAggregations = ['first', 'last', 'average'] as const;
export const conversionCalculations = ['conversions', 'conversion_rate'] as const;
export const exportDestinations = ['table', 'view'] as const;
