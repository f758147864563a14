import { describe, expect, test } from 'vitest';
import type { MetricNode } from '../../src/manifest/node.ts';
import { type Files, mistakes, parse, warnings } from './rig.ts';

const spine =
  'models: [{name: days, columns: [{name: day_at, granularity: day}], time_spine: {standard_granularity_column: day_at}}]\n';
const model = `semantic_models:
  - name: sales
    model: ref('a')
    defaults: {agg_time_dimension: sold_at}
    entities: [{name: sale, type: primary}]
    dimensions:
      - {name: sold_at, type: time, type_params: {time_granularity: day}}
      - {name: kind, type: categorical}
    measures:
      - {name: amount, agg: sum}
      - {name: sold, agg: sum, expr: 1}
      - {name: buyers, agg: count_distinct, expr: buyer}
`;

const project = (yaml: string): Files => ({
  'models/a.sql': 'select 1 as id',
  'models/days.sql': 'select 1 as day_at',
  'models/s.yml': yaml,
});
const withMetrics = (...metrics: string[]): Files =>
  project(
    `${spine}${model}metrics:\n${metrics.map((metric, index) => `  - {label: l${index}, ${metric}}\n`).join('')}`,
  );
const codes = (files: Files): readonly string[] => mistakes(files).map(({ code }) => code);
const messages = (files: Files): string =>
  mistakes(files)
    .map(({ message }) => message)
    .join('\n');
const metricOf = (files: Files, name: string): MetricNode =>
  parse(files).manifest.metrics.get(`metric.shop.${name}`)!;

const revenue = 'name: revenue, type: simple, type_params: {measure: amount}';
const people = 'name: people, type: simple, type_params: {measure: buyers}';

describe('a metric', () => {
  test('depends on the semantic model of its measure', () => {
    expect(metricOf(withMetrics(revenue), 'revenue')).toMatchObject({
      depends_on: { nodes: ['semantic_model.shop.sales'] },
      type_params: { input_measures: [{ name: 'amount' }] },
    });
  });

  test('of metrics depends on these, and is made of all of their measures', () => {
    const each =
      'name: each, type: ratio, type_params: {numerator: revenue, denominator: {name: people, alias: ppl}}';
    const twice = 'name: twice, type: derived, type_params: {expr: each + revenue, metrics: [each, revenue]}';
    const metric = metricOf(withMetrics(twice, each, revenue, people), 'twice');
    expect(metric.depends_on.nodes).toEqual(['metric.shop.each', 'metric.shop.revenue']);
    expect(metric.type_params.input_measures.map(({ name }) => name)).toEqual(['amount', 'buyers']);
  });

  test('may be named by models and exposures', () => {
    const files = {
      ...withMetrics(revenue),
      'models/b.sql': "-- {{ metric('revenue') }}\nselect 1 as id",
      'models/e.yml':
        'exposures: [{name: x, type: ml, owner: {name: me}, depends_on: ["metric(\'revenue\')"]}]',
    };
    const { manifest } = parse(files);
    expect(manifest.nodes.get('model.shop.b')).toMatchObject({
      depends_on: { nodes: ['metric.shop.revenue'] },
    });
    expect(manifest.exposures.get('exposure.shop.x')!.depends_on.nodes).toEqual(['metric.shop.revenue']);
  });

  test('prints as its name where a template asks for it, and tells its name and package', () => {
    const sql =
      "{% set m = metric('revenue') %}{{ config(name=m.metric_name, package=m.package_name, text=m ~ '') }}";
    const { manifest } = parse({ ...withMetrics(revenue), 'models/b.sql': sql });
    const { config } = manifest.nodes.get('model.shop.b')!;
    expect(config).toMatchObject({ name: 'revenue', package: null, text: 'revenue' });
  });

  test.each([
    ['of an unknown kind', 'name: revenue, type: total, type_params: {}', 'property-value'],
    [
      'of an unknown measure',
      'name: revenue, type: simple, type_params: {measure: amont}',
      'measure-not-found',
    ],
    ['without its measure', 'name: revenue, type: simple, type_params: {}', 'metric-params'],
    ['with half a ratio', 'name: revenue, type: ratio, type_params: {numerator: revenue}', 'metric-params'],
    [
      'of an unknown metric',
      'name: revenue, type: derived, type_params: {expr: x, metrics: [x]}',
      'metric-not-found',
    ],
    [
      'with a window that is none',
      'name: revenue, type: cumulative, type_params: {measure: amount, cumulative_type_params: {window: 7days}}',
      'property-value',
    ],
    [
      'with a name of two words',
      'name: two words, type: simple, type_params: {measure: amount}',
      'property-value',
    ],
    [
      'with an unknown key inside',
      'name: revenue, type: simple, type_params: {measure: {name: amount, filtr: x}}',
      'key-not-allowed',
    ],
    ['of an unknown group', `${revenue}, config: {group: nobody}`, 'unknown-group'],
  ])('%s is refused', (_, metric, code) => {
    expect(codes(withMetrics(metric))).toEqual([code]);
  });

  test('that does not exist is shown where a model names it', () => {
    const [found] = mistakes({ ...withMetrics(revenue), 'models/b.sql': "{{ metric('revenu') }}" });
    expect(found).toMatchObject({ code: 'metric-not-found', hint: "did you mean 'revenue'?" });
  });

  test('with its window in the old place gets the deprecation of dbt, or an error where the flag says so', () => {
    const files = withMetrics(
      'name: revenue, type: cumulative, type_params: {measure: amount, window: 7 days}',
    );
    expect(parse(files).manifest.warnings).toMatchObject([{ event: 'MFCumulativeTypeParamsDeprecation' }]);
    expect(metricOf(files, 'revenue').type_params.cumulative_type_params).toMatchObject({
      window: { count: 7, granularity: 'day' },
      period_agg: 'first',
    });
    const flags = { require_nested_cumulative_type_params: true };
    expect(mistakes(files, { flags })).toMatchObject([{ code: 'cumulative-params-not-nested' }]);
  });
});

describe('a semantic model', () => {
  test('has the relation of its model, and metrics of the measures that ask for one', () => {
    const yaml = model.replace(
      '{name: amount, agg: sum}',
      '{name: amount, agg: sum, create_metric: true, label: Sum}',
    );
    const { manifest } = parse({
      ...project(spine + yaml),
      'models/a.sql': "{{ config(alias='b') }} select 1",
    });
    expect(manifest.semanticModels.get('semantic_model.shop.sales')!.node_relation).toMatchObject({
      alias: 'b',
      schema_name: 'main',
    });
    expect(manifest.metrics.get('metric.shop.amount')).toMatchObject({
      label: 'Sum',
      description: 'Metric created from measure amount',
      type_params: { expr: 'amount' },
    });
  });

  test('gives its meta to its elements', () => {
    const yaml = model
      .replace("model: ref('a')", "model: ref('a')\n    config: {meta: {a: 1, b: 1}}")
      .replace('{name: sale, type: primary}', '{name: sale, type: primary, config: {meta: {b: 2}}}');
    const { manifest } = parse(project(spine + yaml));
    const node = manifest.semanticModels.get('semantic_model.shop.sales')!;
    expect(node.entities[0]!.config.meta).toEqual({ a: 1, b: 2 });
    expect(node.measures[0]!.config.meta).toEqual({ a: 1, b: 1 });
  });

  test('needs a model, a time spine, and a day or less between its rows', () => {
    expect(codes(project(spine + model.replace("ref('a')", 'a')))).toEqual(['property-value']);
    expect(codes(project(spine + model.replace("ref('a')", "ref('z')")))).toEqual(['ref-not-found']);
    expect(codes(project(model))).toEqual(['time-spine-missing']);
    expect(codes(project(spine.replace('granularity: day', 'granularity: week') + model))).toEqual([
      'time-spine-missing',
    ]);
    expect(codes({ ...project(model), 'models/metricflow_time_spine.sql': 'select 1 as date_day' })).toEqual(
      [],
    );
  });

  // Rules of dbt-semantic-interfaces, which dbt applies where there are both metrics and semantic models.
  test.each([
    ['an element with a bad name', 'name: kind,', 'name: Kind,', 'Invalid name `Kind`'],
    ['a name that SQL reserves', 'name: kind,', 'name: join,', 'reserved keyword'],
    ['a name twice', 'name: kind,', 'name: sold,', '`sold`'],
    ['no primary entity', 'type: primary', 'type: foreign', 'needs a primary entity'],
    [
      'a time of aggregation that it does not have',
      'agg_time_dimension: sold_at',
      'agg_time_dimension: kind',
      'no time dimension',
    ],
    [
      'no time of aggregation',
      'defaults: {agg_time_dimension: sold_at}',
      'label: x',
      'needs an agg_time_dimension',
    ],
    [
      'a percentile of nothing',
      'name: sold, agg: sum, expr: 1',
      'name: sold, agg: percentile, expr: x',
      'needs agg_params',
    ],
    ['a count of nothing', 'name: sold, agg: sum, expr: 1', 'name: sold, agg: count', 'needs an expr'],
  ])('with %s is refused', (_, part, replacement, problem) => {
    const files = withMetrics(revenue);
    const yaml = files['models/s.yml']!.replace(part, replacement);
    expect(messages({ ...files, 'models/s.yml': yaml })).toContain(problem);
  });

  test('is not judged by these rules where no metric asks', () => {
    expect(codes(project(spine + model.replace('name: kind,', 'name: Kind,')))).toEqual([]);
  });
});

test('a derived metric that leaves an input out is worth a warning', () => {
  const twice = 'name: twice, type: derived, type_params: {expr: revenue * 2, metrics: [revenue, people]}';
  expect(warnings(withMetrics(twice, revenue, people))).toEqual([
    expect.stringContaining("Input metric 'people' is not used in `expr`"),
  ]);
});

test('a conversion counts, by an entity of both sides', () => {
  const conversion = (measure: string, entity: string): string =>
    `name: conv, type: conversion, type_params: {conversion_type_params: {base_measure: ${measure}, conversion_measure: buyers, entity: ${entity}}}`;
  expect(codes(withMetrics(conversion('sold', 'sale')))).toEqual([]);
  expect(messages(withMetrics(conversion('amount', 'sale')))).toContain("'amount' is a sum");
  expect(messages(withMetrics(conversion('sold', 'shop')))).toContain("the entity 'shop'");
});

describe('a saved query', () => {
  const query = (text: string): Files => {
    const files = withMetrics(revenue);
    return { ...files, 'models/q.yml': `saved_queries: [{name: qq, ${text}}]` };
  };

  test('depends on its metrics, and exports to where its own configuration and its exports say', () => {
    const exports =
      '[{name: one, config: {alias: uno, schema: apart}}, {name: two, config: {export_as: view}}]';
    const files = query(
      `query_params: {metrics: [revenue]}, config: {export_as: table}, exports: ${exports}`,
    );
    const node = parse(files).manifest.savedQueries.get('saved_query.shop.qq')!;
    expect(node.depends_on.nodes).toEqual(['metric.shop.revenue']);
    expect(node.exports.map(({ config }) => config)).toMatchObject([
      { export_as: 'table', schema_name: 'apart', alias: 'uno' },
      { export_as: 'view', schema_name: 'main', alias: 'two' },
    ]);
  });

  test.each([
    ['without parameters', 'description: x', 'property-value'],
    ['of an unknown metric', 'query_params: {metrics: [nothing]}', 'metric-not-found'],
    ['with an export to nowhere', 'query_params: {metrics: []}, exports: [{name: e}]', 'property-value'],
    ['with a negative limit', 'query_params: {metrics: [revenue], limit: -1}', 'semantic-validation'],
  ])('%s is refused', (_, text, code) => {
    expect(codes(query(text))).toEqual([code]);
  });
});

describe('a time spine', () => {
  test.each([
    ['a column that the model does not have', spine.replace('column: day_at', 'column: night_at')],
    ['a column without a granularity', spine.replace(', granularity: day', '')],
    ['an unknown granularity', spine.replace('granularity: day', 'granularity: dusk')],
    [
      'a custom granularity without its column',
      spine.replace('column: day_at', 'column: day_at, custom_granularities: [{name: fiscal}]'),
    ],
  ])('with %s is refused', (_, yaml) => {
    expect(new Set(codes(project(yaml)))).toEqual(new Set(['property-value']));
  });

  test('has its granularity in lower case', () => {
    const { manifest } = parse(project(spine.replace('granularity: day', 'granularity: DAY')));
    expect(manifest.nodes.get('model.shop.days')!.columns['day_at']!.granularity).toBe('day');
  });
});
