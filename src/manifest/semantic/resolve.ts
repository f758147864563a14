import { isDeepStrictEqual } from 'node:util';
import type { DefinedStore } from '../defined-store.ts';
import type { UniqueId } from '../node.ts';
import { claim } from '../outside.ts';
import { packagesToSearch } from '../package-search.ts';
import type { ParseState } from '../parse-state.ts';
import { entryOf } from '../record.ts';
import { definedDisabled, definedNotFound } from '../reference-errors.ts';
import { labelOf } from '../render-node.ts';
import {
  conversionParamsMissing,
  inputMeasureMissing,
  inputMetricMissing,
  measureDisabled,
  measureNotFound,
  metricInputsMissing,
} from './errors.ts';
import type { ParsedMetric } from './metrics.ts';
import type { InputMeasure, InputMetric } from './parts.ts';
import type { ParsedSavedQuery } from './saved-queries.ts';
import type { ParsedSemanticModel } from './semantic-models.ts';

export interface SemanticLayer {
  readonly metrics: DefinedStore<ParsedMetric>;
  readonly semanticModels: DefinedStore<ParsedSemanticModel>;
  readonly savedQueries: DefinedStore<ParsedSavedQuery>;
}

/** Gives semantic models the relation of the model behind them, once its reference is resolved. */
export function locateSemanticModels(state: ParseState, layer: SemanticLayer): void {
  for (const { node } of layer.semanticModels.nodes.values()) {
    const target = state.store.nodes.get(node.depends_on.nodes[0] ?? '')?.node;
    if (target === undefined) {
      const elsewhere = state.outside?.node(node.depends_on.nodes[0] ?? '');
      if (elsewhere !== undefined) claim(state, elsewhere);
      continue;
    }
    node.node_relation = {
      alias: target.alias,
      schema_name: target.schema,
      database: target.database,
      relation_name: target.relation_name,
    };
  }
}

/**
 * Works out which measures each metric is made of and what it depends on: simple, cumulative and conversion metrics
 * on semantic models, ratios and derived metrics on metrics; saved queries on their metrics.
 */
export function resolveSemanticLayer(state: ParseState, layer: SemanticLayer): void {
  const measures = measureIndex(layer);
  const done = new Set<ParsedMetric>();
  const resolve = (metric: ParsedMetric): void => {
    if (done.has(metric)) return;
    // Before its inputs: metrics in a ring are told when the graph is built.
    done.add(metric);
    const { node } = metric;
    const inputs = node.type === 'ratio' || node.type === 'derived' ? null : ownMeasures(state, metric);
    if (inputs === null) resolveInputs(state, layer, metric, resolve);
    else if (inputs.length > 0) {
      keepMeasures(node, inputs);
      dependOnMeasures(state, measures, metric, inputs);
    }
  };
  for (const metric of layer.metrics.nodes.values()) resolve(metric);
  for (const { node, place } of layer.savedQueries.nodes.values()) {
    const ids = node.query_params.metrics.flatMap((name) => {
      const target = findMetric(state, layer.metrics, { name, package: null }, node.package_name);
      if (target.found !== null) return target.found.node.unique_id;
      state.found.add(
        target.disabled
          ? definedDisabled('metric', labelOf(node), name, place())
          : definedNotFound('metric', labelOf(node), name, place(), layer.metrics.names()),
      );
      return [];
    });
    node.depends_on = { macros: [], nodes: [...new Set(ids)] };
  }
}

/** The metric that a name means from a package, as `metric()` finds it. */
export function findMetric(
  state: ParseState,
  metrics: DefinedStore<ParsedMetric>,
  { name, package: packageName }: { readonly name: string; readonly package: string | null },
  fromPackage: string,
): { readonly found: ParsedMetric | null; readonly disabled: boolean } {
  const packages = packagesToSearch(state.services, fromPackage, packageName);
  const found = metrics.find(name, packages) ?? null;
  return { found, disabled: found === null && metrics.findDisabled(name, packages) !== undefined };
}

/** The measures that a metric names itself; empty where they are missing, which is told. */
function ownMeasures(state: ParseState, { node, place }: ParsedMetric): readonly InputMeasure[] {
  const { measure, conversion_type_params: conversion } = node.type_params;
  if (node.type !== 'conversion') {
    if (measure !== null) return [measure];
    state.found.add(inputMeasureMissing(labelOf(node), node.type, place()));
    return [];
  }
  if (conversion !== null) return [conversion.base_measure, conversion.conversion_measure];
  state.found.add(conversionParamsMissing(labelOf(node), place()));
  return [];
}

function keepMeasures(node: ParsedMetric['node'], inputs: readonly InputMeasure[]): void {
  const known = [...node.type_params.input_measures];
  for (const input of inputs) if (!known.some((one) => isDeepStrictEqual(one, input))) known.push(input);
  node.type_params = { ...node.type_params, input_measures: known };
}

function dependOn(node: ParsedMetric['node'], ids: readonly UniqueId[]): void {
  node.depends_on = { ...node.depends_on, nodes: [...new Set([...node.depends_on.nodes, ...ids])] };
}

type MeasureIndex = ReadonlyMap<string, ReadonlyMap<string, ParsedSemanticModel>>;

/** Semantic models by measure and package; a disabled one hides an enabled one, as in dbt. */
function measureIndex({ semanticModels }: SemanticLayer): MeasureIndex {
  const index = new Map<string, Map<string, ParsedSemanticModel>>();
  for (const model of [...semanticModels.nodes.values(), ...semanticModels.disabled]) {
    for (const { name } of model.node.measures) {
      entryOf(index, name, () => new Map<string, ParsedSemanticModel>()).set(model.node.package_name, model);
    }
  }
  return index;
}

function dependOnMeasures(
  state: ParseState,
  index: MeasureIndex,
  { node, place }: ParsedMetric,
  inputs: readonly InputMeasure[],
): void {
  const ids: UniqueId[] = [];
  for (const { name } of inputs) {
    const model = modelOfMeasure(state, index, name, node.package_name);
    if (model === undefined) state.found.add(measureNotFound(labelOf(node), name, place(), index.keys()));
    else if (model.node.config.enabled) ids.push(model.node.unique_id);
    else state.found.add(measureDisabled(labelOf(node), name, model.node.name, place()));
  }
  dependOn(node, ids);
}

function modelOfMeasure(
  state: ParseState,
  index: MeasureIndex,
  name: string,
  fromPackage: string,
): ParsedSemanticModel | undefined {
  const byPackage = index.get(name);
  for (const packageName of packagesToSearch(state.services, fromPackage)) {
    const model = packageName === null ? byPackage?.values().next().value : byPackage?.get(packageName);
    if (model !== undefined) return model;
  }
  return undefined;
}

function resolveInputs(
  state: ParseState,
  { metrics }: SemanticLayer,
  metric: ParsedMetric,
  resolve: (metric: ParsedMetric) => void,
): void {
  const { node, place } = metric;
  const { numerator, denominator } = node.type_params;
  let inputs: readonly InputMetric[] = node.type_params.metrics;
  if (node.type === 'ratio') {
    if (numerator === null || denominator === null) {
      state.found.add(metricInputsMissing(labelOf(node), place()));
      return;
    }
    inputs = [numerator, denominator];
  }
  for (const { name } of inputs) {
    const target = findMetric(state, metrics, { name, package: null }, node.package_name);
    if (target.found !== null) {
      resolve(target.found);
      keepMeasures(node, target.found.node.type_params.input_measures);
      dependOn(node, [target.found.node.unique_id]);
    } else {
      const known = metrics.names();
      state.found.add(inputMetricMissing(labelOf(node), name, target.disabled, place(), known));
    }
  }
}
