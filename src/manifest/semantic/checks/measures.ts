import { PyFloat } from '../../../jinja/values.ts';
import type { Measure } from '../parts.ts';
import type { ParsedSemanticModel } from '../semantic-models.ts';
import { type CheckedLayer, type Issue, mistake } from './issue.ts';
import { nameProblems } from './names.ts';

/** A measure is defined in one semantic model. */
export function* uniqueMeasures({ semanticModels }: CheckedLayer): Generator<Issue> {
  const models = new Map<string, string>();
  for (const model of semanticModels) {
    for (const { name } of model.node.measures) {
      const other = models.get(name);
      if (other === undefined) models.set(name, model.node.name);
      else
        yield mistake(
          model,
          `The measure \`${name}\` is defined in several semantic models: \`${other}\` too`,
        );
    }
  }
}

/** Counts need something to count, percentiles a number, and nothing else parameters of percentiles. */
export function* aggregations({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    for (const measure of model.node.measures) {
      for (const problem of aggregationProblems(measure))
        yield mistake(model, `The measure \`${measure.name}\` ${problem}`);
    }
  }
}

function* aggregationProblems({ agg, expr, agg_params: params }: Measure): Generator<string> {
  if (agg === 'count' && expr === null) yield 'is a count and needs an expr; expr: 1 counts all rows';
  if (agg === 'count' && expr !== null && /^distinct[ (]/i.test(expr)) {
    yield 'counts distinct values in its expr; use agg: count_distinct';
  }
  const given = params?.['percentile'];
  const percentile = given instanceof PyFloat ? given.value : ((given ?? null) as number | null);
  if (agg === 'percentile') {
    if (percentile === null) yield 'is a percentile and needs agg_params: percentile';
    else if (percentile <= 0 || percentile >= 1)
      yield `has the percentile ${percentile}, which is not between 0 and 1`;
  } else if (agg === 'median') {
    if (percentile !== null && percentile !== 0.5)
      yield `is a median and cannot have the percentile ${percentile}`;
    if (params?.['use_discrete_percentile'] === true) yield 'is a median and cannot use_discrete_percentile';
  } else if (
    params !== null &&
    (percentile || params['use_discrete_percentile'] || params['use_approximate_percentile'])
  ) {
    yield `is a ${agg} and cannot have agg_params, which are for percentiles`;
  }
}

/** A measure that is not added up over a dimension names a time dimension of its model. */
export function* nonAdditiveDimensions({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    for (const measure of model.node.measures) {
      for (const problem of nonAdditiveProblems(model.node, measure))
        yield mistake(model, `The measure \`${measure.name}\` ${problem}`);
    }
  }
}

function* nonAdditiveProblems(node: ParsedSemanticModel['node'], measure: Measure): Generator<string> {
  const { non_additive_dimension: given } = measure;
  if (given === null) return;
  const dimensionOf = (name: string | null) => node.dimensions.find((one) => one.name === name);
  const dimension = dimensionOf(given.name);
  const time = dimensionOf(measure.agg_time_dimension ?? node.defaults?.agg_time_dimension ?? null);
  if (dimension === undefined)
    yield `has the non_additive_dimension \`${given.name}\`, which its model does not have`;
  else if (dimension.type !== 'time')
    yield `has the non_additive_dimension \`${given.name}\`, which is no time`;
  const [own, wanted] = [dimension?.type_params?.time_granularity, time?.type_params?.time_granularity];
  if (own !== undefined && wanted !== undefined && own !== wanted) {
    yield `has the non_additive_dimension \`${given.name}\` by ${own}, but is aggregated by ${wanted}`;
  }
  if (given.window_choice !== 'min' && given.window_choice !== 'max') {
    yield `has the window_choice ${given.window_choice}, which must be min or max`;
  }
  const entities = new Set(node.entities.map(({ name }) => name));
  const strangers = given.window_groupings.filter((name) => !entities.has(name));
  if (strangers.length > 0)
    yield `has window_groupings that are no entities of its model: ${strangers.join(', ')}`;
}

/** An alias is a name of its own; one measure with several filters in a metric needs one for each. */
export function* measureAliases({ metrics, semanticModels }: CheckedLayer): Generator<Issue> {
  const measures = new Set(semanticModels.flatMap(({ node }) => node.measures.map(({ name }) => name)));
  const aliases = new Map<string, string>();
  for (const metric of metrics) {
    const { name, type_params: params } = metric.node;
    for (const measure of new Set(params.input_measures.map((input) => input.name))) {
      const inputs = params.input_measures.filter((input) => input.name === measure);
      if (inputs.length > 1 && inputs.some(({ filter, alias }) => filter !== null && alias === null)) {
        yield mistake(
          metric,
          `The metric \`${name}\` filters the measure \`${measure}\` in several ways: give each an alias`,
        );
      }
    }
    for (const { alias } of params.input_measures) {
      if (alias === null) continue;
      for (const problem of nameProblems(alias)) yield mistake(metric, problem);
      if (measures.has(alias))
        yield mistake(metric, `The alias \`${alias}\` in metric \`${name}\` is a measure's name`);
      const other = aliases.get(alias);
      if (other !== undefined)
        yield mistake(metric, `The alias \`${alias}\` in metric \`${name}\` is already used in \`${other}\``);
      aliases.set(alias, other ?? name);
    }
  }
}
