import { behaviour } from '../behaviour.ts';
import type { ModelNode } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { checkedLayer, type Rule, type TimeSpineFacts } from './checks/issue.ts';
import { aggregations, measureAliases, nonAdditiveDimensions, uniqueMeasures } from './checks/measures.ts';
import { conversionMetrics, cumulativeMetrics, derivedMetrics, savedQueryLimits } from './checks/metrics.ts';
import {
  customGranularities,
  reservedWords,
  sameKind,
  uniqueElements,
  uniqueLabels,
  validNames,
} from './checks/names.ts';
import {
  aggregationTimes,
  consistentDimensions,
  dimensionPairs,
  primaryEntity,
  timeSpines,
  validityWindows,
} from './checks/semantic-models.ts';
import { granularities } from './choices.ts';
import {
  oldCumulativeParams,
  semanticDoubt,
  semanticMistake,
  timeSpineMissing,
  timeSpineWithoutProperties,
} from './errors.ts';
import type { SemanticLayer } from './resolve.ts';

const rules: readonly Rule[] = [
  validNames,
  uniqueElements,
  sameKind,
  reservedWords,
  customGranularities,
  uniqueLabels,
  uniqueMeasures,
  aggregations,
  nonAdditiveDimensions,
  measureAliases,
  aggregationTimes,
  primaryEntity,
  dimensionPairs,
  consistentDimensions,
  validityWindows,
  timeSpines,
  cumulativeMetrics,
  derivedMetrics,
  conversionMetrics,
  savedQueryLimits,
];

const oldTimeSpine = 'metricflow_time_spine';
const rank = (granularity: string): number => (granularities as readonly string[]).indexOf(granularity);

/**
 * What can be judged of the semantic layer when all of it is resolved: the rules of dbt-semantic-interfaces, as dbt
 * only where there are both metrics and semantic models, and the time spine that semantic models need.
 */
export function checkSemanticLayer(state: ParseState, layer: SemanticLayer): void {
  const spines = spinesOf(state);
  if (layer.semanticModels.nodes.size > 0) checkTimeSpine(state, spines);
  if (layer.metrics.nodes.size === 0 || layer.semanticModels.nodes.size === 0) return;
  const checked = checkedLayer(layer, spines);
  for (const rule of rules) {
    for (const { severity, message, at } of rule(checked)) {
      const span = at?.place() ?? null;
      state.found.add(severity === 'error' ? semanticMistake(message, span) : semanticDoubt(message, span));
    }
  }
  checkCumulativeParams(state, layer);
  const old = state.store.findRefable(oldTimeSpine, null)[0];
  const daily = spines.some(({ granularity }) => granularity === 'day');
  const spined = (old?.node as ModelNode | undefined)?.time_spine;
  if (old !== undefined && !spined && !daily) {
    const strict = behaviour(state.services, 'require_yaml_configuration_for_mf_time_spines', false);
    if (!strict) state.found.add(timeSpineWithoutProperties(old.place()));
  }
}

function spinesOf({ store }: ParseState): readonly TimeSpineFacts[] {
  const out: TimeSpineFacts[] = [];
  for (const { node } of store.nodes.values()) {
    if (node.resource_type !== 'model' || node.time_spine === null) continue;
    const { standard_granularity_column: column, custom_granularities: custom } = node.time_spine;
    const granularity = node.columns[String(column)]?.granularity;
    if (typeof granularity !== 'string') continue;
    const names = (custom as readonly { readonly name: string }[]).map(({ name }) => name);
    out.push({ model: node.name, granularity: granularity.toLowerCase(), customGranularities: names });
  }
  return out;
}

function checkTimeSpine(state: ParseState, spines: readonly TimeSpineFacts[]): void {
  const fine = spines.some(({ granularity }) => rank(granularity) <= rank('day'));
  if (!fine && state.store.findRefable(oldTimeSpine, null).length === 0) state.found.add(timeSpineMissing());
}

/** Windows and grains belong under `cumulative_type_params`: a deprecation, or an error where the project says so. */
function checkCumulativeParams(state: ParseState, layer: SemanticLayer): void {
  const strict = behaviour(state.services, 'require_nested_cumulative_type_params', false);
  for (const { node, place } of layer.metrics.nodes.values()) {
    const { window, grain_to_date: grain } = node.type_params;
    if (window !== null || grain !== null) state.found.add(oldCumulativeParams(node.name, place(), strict));
  }
}
