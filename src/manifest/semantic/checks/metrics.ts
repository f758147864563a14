import { isDeepStrictEqual } from 'node:util';
import { granularities } from '../choices.ts';
import type { ParsedMetric } from '../metrics.ts';
import type { ConversionParams, TimeWindow } from '../parts.ts';
import type { ParsedSemanticModel } from '../semantic-models.ts';
import { type CheckedLayer, doubt, type Issue, mistake } from './issue.ts';
import { nameProblems } from './names.ts';

const standard: ReadonlySet<string> = new Set(granularities);
const customOf = ({ timeSpines }: CheckedLayer): ReadonlySet<string> =>
  new Set(timeSpines.flatMap(({ customGranularities: names }) => names));

function windowProblem(
  { count, granularity }: TimeWindow,
  custom: ReadonlySet<string>,
  allowsCustom: boolean,
): string | null {
  if (standard.has(granularity) || (allowsCustom && custom.has(granularity))) return null;
  const what = custom.has(granularity)
    ? 'a custom granularity is not supported there'
    : 'there is no such granularity';
  return `has the window '${count} ${granularity}': ${what}`;
}

/** A cumulative metric has a window, or a grain to date, or neither. */
export function* cumulativeMetrics(layer: CheckedLayer): Generator<Issue> {
  const custom = customOf(layer);
  for (const metric of layer.metrics) {
    const { type, name, type_params: params } = metric.node;
    if (type !== 'cumulative') continue;
    const what = `The metric \`${name}\``;
    const nested = params.cumulative_type_params;
    if (params.window !== null && nested?.window && !isDeepStrictEqual(params.window, nested.window)) {
      yield mistake(metric, `${what} has two windows; keep the one under cumulative_type_params`);
    }
    const window = nested?.window ?? params.window;
    const grain = nested?.grain_to_date?.toLowerCase() ?? params.grain_to_date;
    if (grain !== null && !standard.has(grain))
      yield mistake(metric, `${what} has the unknown grain_to_date '${grain}'`);
    if (window !== null && grain !== null)
      yield mistake(metric, `${what} has both a window and a grain_to_date`);
    const problem = window === null ? null : windowProblem(window, custom, false);
    if (problem !== null) yield mistake(metric, `${what} ${problem}`);
  }
}

/** A derived metric uses all of its inputs, each under a name of its own. */
export function* derivedMetrics(layer: CheckedLayer): Generator<Issue> {
  const custom = customOf(layer);
  for (const metric of layer.metrics) {
    yield* offsets(metric, custom);
    const { type, name, type_params: params } = metric.node;
    if (type !== 'derived') continue;
    if (params.metrics.length === 0)
      yield mistake(metric, `The derived metric \`${name}\` needs type_params: metrics`);
    const used = new Set(params.metrics.map((input) => input.name));
    for (const { alias } of params.metrics) {
      if (alias === null) continue;
      for (const problem of nameProblems(alias)) yield mistake(metric, problem);
      if (used.has(alias))
        yield mistake(metric, `The alias '${alias}' in metric \`${name}\` is already being used`);
    }
    if (params.expr === null || params.expr === '') {
      yield doubt(metric, `No \`expr\` set for derived metric ${name}`);
      continue;
    }
    for (const input of params.metrics) {
      const shown = input.alias ?? input.name;
      if (!params.expr.includes(shown)) {
        yield doubt(
          metric,
          `Input metric '${shown}' is not used in \`expr\`: '${params.expr}' for derived metric '${name}'`,
        );
      }
    }
  }
}

function* offsets(metric: ParsedMetric, custom: ReadonlySet<string>): Generator<Issue> {
  const { name, type_params: params } = metric.node;
  for (const { name: input, offset_window: window, offset_to_grain: grain } of params.metrics) {
    const what = `The input '${input}' of metric \`${name}\``;
    const problem = window === null ? null : windowProblem(window, custom, true);
    if (problem !== null) yield mistake(metric, `${what} ${problem}`);
    if (grain !== null && !standard.has(grain.toLowerCase()))
      yield mistake(metric, `${what} has the unknown offset_to_grain '${grain}'`);
    if (window !== null && grain !== null)
      yield mistake(metric, `${what} has both an offset_window and an offset_to_grain`);
  }
}

/** A conversion counts, in two semantic models that share the entity and the constant properties. */
export function* conversionMetrics(layer: CheckedLayer): Generator<Issue> {
  const custom = customOf(layer);
  for (const metric of layer.metrics) {
    const params = metric.node.type_params.conversion_type_params;
    if (metric.node.type !== 'conversion' || params === null) continue;
    for (const problem of conversionProblems(layer, params, custom))
      yield mistake(metric, `The conversion metric \`${metric.node.name}\` ${problem}`);
    if (params.conversion_measure.filter !== null) {
      yield doubt(
        metric,
        `The filter of measure ${params.conversion_measure.name} in a conversion is not fully supported`,
      );
    }
  }
}

function* conversionProblems(
  { semanticModels }: CheckedLayer,
  params: ConversionParams,
  custom: ReadonlySet<string>,
): Generator<string> {
  const sides = [params.base_measure, params.conversion_measure].map(({ name }) => {
    const model = semanticModels.find(({ node }) => node.measures.some((one) => one.name === name));
    return { name, model };
  });
  for (const { name, model } of sides) {
    if (model === undefined) continue;
    const measure = model.node.measures.find((one) => one.name === name)!;
    const counts = measure.agg === 'count' || measure.agg === 'count_distinct';
    if (!counts && !(measure.agg === 'sum' && measure.expr === '1')) {
      yield `needs measures that count: '${name}' is a ${measure.agg}`;
    }
    if (!model.node.entities.some((entity) => entity.name === params.entity)) {
      yield `has the entity '${params.entity}', which semantic model '${model.node.name}' does not have`;
    }
  }
  const [base, conversion] = sides;
  for (const { base_property: first, conversion_property: second } of params.constant_properties ?? []) {
    for (const [property, model] of [
      [first, base?.model],
      [second, conversion?.model],
    ] as const) {
      if (model !== undefined && !hasElement(model, property))
        yield `has the constant property '${property}', which semantic model '${model.node.name}' does not have`;
    }
  }
  const problem = params.window === null ? null : windowProblem(params.window, custom, false);
  if (problem !== null) yield problem;
}

function hasElement({ node }: ParsedSemanticModel, name: string): boolean {
  return [...node.entities, ...node.dimensions].some((element) => element.name === name);
}

/** A saved query's limit is no negative number. */
export function* savedQueryLimits({ savedQueries }: CheckedLayer): Generator<Issue> {
  for (const query of savedQueries) {
    const { limit } = query.node.query_params;
    if (limit !== null && limit < 0)
      yield mistake(query, `Invalid limit value of saved query \`${query.node.name}\`: ${limit}`);
  }
}
