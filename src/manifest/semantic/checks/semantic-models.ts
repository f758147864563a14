import { granularities } from '../choices.ts';
import type { ParsedSemanticModel } from '../semantic-models.ts';
import { type CheckedLayer, doubt, type Issue, mistake } from './issue.ts';

type Node = ParsedSemanticModel['node'];

const isTimeDimension = ({ dimensions }: Node, name: string): boolean =>
  dimensions.some((dimension) => dimension.name === name && dimension.type === 'time');

/** Default and measures' times of aggregation are time dimensions of the model. */
export function* aggregationTimes({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    const { node } = model;
    const fallback = node.defaults?.agg_time_dimension ?? null;
    if (fallback !== null && !isTimeDimension(node, fallback)) {
      yield mistake(
        model,
        `The default agg_time_dimension \`${fallback}\` is no time dimension of semantic model \`${node.name}\``,
      );
    }
    for (const measure of node.measures) {
      const time = measure.agg_time_dimension ?? fallback;
      if (time === null) {
        yield mistake(
          model,
          `The measure \`${measure.name}\` of semantic model \`${node.name}\` needs an agg_time_dimension, of its own or ` +
            "under the model's defaults",
        );
      } else if (time !== fallback && !isTimeDimension(node, time)) {
        yield mistake(
          model,
          `The agg_time_dimension \`${time}\` of measure \`${measure.name}\` is no time dimension of semantic model ` +
            `\`${node.name}\``,
        );
      }
    }
  }
}

const primaryEntities = ({ entities }: Node): readonly string[] =>
  entities.filter(({ type }) => type === 'primary').map(({ name }) => name);

/** A model with dimensions has one primary entity, said in one place. */
export function* primaryEntity({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    const { name, primary_entity: given, dimensions } = model.node;
    const primary = primaryEntities(model.node);
    if (primary.length > 1) {
      yield mistake(model, `Semantic model \`${name}\` has several primary entities: ${primary.join(', ')}`);
    } else if (primary.length === 1 && given !== null) {
      yield mistake(
        model,
        `Semantic model \`${name}\` has the primary entity \`${primary[0]}\` and primary_entity: \`${given}\``,
      );
    } else if (primary.length === 0 && given === null && dimensions.length > 0) {
      yield mistake(model, `Semantic model \`${name}\` has dimensions and needs a primary entity`);
    }
  }
}

/** Queries name a dimension by its primary entity: the pair means one dimension. */
export function* dimensionPairs({ semanticModels }: CheckedLayer): Generator<Issue> {
  const pairs = new Map<string, string>();
  for (const model of semanticModels) {
    const { name, primary_entity: given, dimensions } = model.node;
    const entity = given ?? primaryEntities(model.node)[0];
    if (entity === undefined) continue;
    const own = new Set<string>();
    for (const dimension of dimensions) {
      const pair = `${entity}__${dimension.name}`;
      const other = pairs.get(pair);
      if (other !== undefined && !own.has(pair)) {
        yield mistake(model, `\`${pair}\` of semantic model \`${name}\` is already that of \`${other}\``);
      }
      own.add(pair);
      pairs.set(pair, other ?? name);
    }
  }
}

/** Dimensions of one name have one type, and are partitions in all models or in none. */
export function* consistentDimensions({ semanticModels }: CheckedLayer): Generator<Issue> {
  const known = new Map<string, Node['dimensions'][number]>();
  for (const model of semanticModels) {
    for (const dimension of model.node.dimensions) {
      const first = known.get(dimension.name);
      const what = `In semantic model \`${model.node.name}\`, the dimension \`${dimension.name}\``;
      if (first === undefined) known.set(dimension.name, dimension);
      else if (first.type !== dimension.type)
        yield mistake(model, `${what} is ${dimension.type}, elsewhere ${first.type}`);
      else if (first.is_partition !== dimension.is_partition)
        yield mistake(model, `${what} has another is_partition than elsewhere`);
    }
  }
}

/** A window of validity has a start and an end, a natural entity, and no measures. */
export function* validityWindows({ semanticModels }: CheckedLayer): Generator<Issue> {
  for (const model of semanticModels) {
    const { name, dimensions, entities, measures } = model.node;
    const natural = new Set(entities.filter(({ type }) => type === 'natural').map((entity) => entity.name));
    const window = dimensions.flatMap(({ type_params: params }) => params?.validity_params ?? []);
    const what = `Semantic model \`${name}\``;
    if (natural.size > 1) yield mistake(model, `${what} has several natural entities`);
    if (window.length === 0) {
      if (natural.size > 0) yield mistake(model, `${what} has a natural entity, but no window of validity`);
      continue;
    }
    const [starts, ends] = [window.filter((one) => one.is_start), window.filter((one) => one.is_end)];
    if (window.length !== 2 || starts.length !== 1 || ends.length !== 1) {
      yield mistake(model, `${what} needs two dimensions with validity_params: one is_start, one is_end`);
    }
    if (natural.size === 0) yield mistake(model, `${what} has a window of validity, but no natural entity`);
    if (entities.some(({ type }) => type === 'primary' || type === 'unique')) {
      yield mistake(model, `${what} has a window of validity, and cannot have primary or unique entities`);
    }
    if (measures.length > 0)
      yield mistake(model, `${what} has a window of validity, and cannot have measures`);
  }
}

const rank = (granularity: string): number => (granularities as readonly string[]).indexOf(granularity);

/** Time spines: one per granularity, and one as fine as the finest dimension. */
export function* timeSpines({ semanticModels, timeSpines: spines }: CheckedLayer): Generator<Issue> {
  if (spines.length === 0) return;
  const seen = new Set<string>();
  for (const { granularity, model } of spines) {
    if (seen.has(granularity)) {
      yield doubt(
        null,
        `Only one time spine is supported per granularity: \`${model}\` is another for ${granularity}`,
      );
    }
    seen.add(granularity);
  }
  const finest = Math.min(...spines.map(({ granularity }) => rank(granularity)));
  const dimensions = semanticModels.flatMap(({ node }) => node.dimensions);
  const ranks = dimensions.flatMap(({ type_params: params }) =>
    params === null ? [] : rank(params.time_granularity),
  );
  const smallest = Math.min(...ranks);
  if (smallest < finest) {
    yield doubt(
      null,
      `A time dimension is by ${granularities[smallest]}, but the finest time spine by ${granularities[finest]}`,
    );
  }
}
