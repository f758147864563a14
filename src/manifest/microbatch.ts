import { isoDate } from '../context/modules/datetime/date.ts';
import { parseIsoDateTime } from '../context/modules/datetime/iso-parse.ts';
import { isoClock } from '../context/modules/datetime/parts.ts';
import { behaviour } from './behaviour.ts';
import { batchesInTurn, microbatchConfig, microbatchMacroOfProject, microbatchUnfiltered } from './errors.ts';
import { findNode, type Manifest } from './manifest.ts';
import type { NodeConfig, UniqueId } from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { labelOf } from './render-node.ts';
import { shown } from './shown-value.ts';

const batchSizes = ['hour', 'day', 'month', 'year'];

/**
 * The models that are built in batches: their configuration is complete, `begin` is a time, and something that they
 * read can be filtered. A project that has its own macro for the strategy is left alone, unless its flag says that
 * such a macro gets batches too.
 */
export function checkMicrobatch(state: ParseState, content: Omit<Manifest, 'selectors' | 'warnings'>): void {
  const models = [...state.store.nodes.values()].filter(({ node }) => {
    const { materialized, incremental_strategy: strategy } = node.config;
    return materialized === 'incremental' && strategy === 'microbatch';
  });
  const [first] = models;
  if (first === undefined) return;
  const { facts } = state.services;
  const asking = models.filter(({ node }) => node.config['concurrent_batches'] === true).length;
  if (!behaviour(state.services, 'require_batched_execution_for_custom_microbatch_strategy', false)) {
    const { registry, projectName } = state.services;
    const macro = registry.resolve('get_incremental_microbatch_sql', projectName);
    if (macro !== undefined && !registry.isInternal(macro.packageName)) {
      state.found.add(microbatchMacroOfProject(macro.packageName, first.place()));
      return;
    }
  }
  if (asking > 0 && !facts.concurrentBatches) state.found.add(batchesInTurn(asking, facts.type));
  for (const model of models) {
    const problems = problemsOf(model.node.config);
    for (const problem of problems) {
      state.found.add(microbatchConfig(labelOf(model.node), problem, model.place()));
    }
    if (problems.length > 0) continue;
    const begin = isoTime(String(model.node.config['begin']));
    model.node.config = { ...model.node.config, begin } as NodeConfig;
    if (!readsFiltered(state, model, content)) {
      state.found.add(microbatchUnfiltered(model.node.name, model.place()));
    }
  }
}

function problemsOf(config: NodeConfig): readonly string[] {
  const { event_time: eventTime, begin, batch_size: size, lookback, concurrent_batches: concurrent } = config;
  const given = (value: unknown): string =>
    value === null || value === undefined ? '' : `, not ${shown(value)}`;
  const problems: string[] = [];
  if (typeof eventTime !== 'string') {
    problems.push(`a microbatch model needs 'event_time', the name of a column${given(eventTime)}`);
  }
  if (typeof begin !== 'string' || isoTime(begin) === null) {
    problems.push(`a microbatch model needs 'begin', a date or time in ISO format${given(begin)}`);
  }
  if (!batchSizes.includes(size as string)) {
    problems.push(`'batch_size' must be one of ${batchSizes.join(', ')}${given(size)}`);
  }
  if (lookback !== null && !Number.isInteger(lookback)) {
    problems.push(`'lookback' must be a whole number${given(lookback)}`);
  }
  if (concurrent !== null && concurrent !== undefined && typeof concurrent !== 'boolean') {
    problems.push(`'concurrent_batches' must be true or false${given(concurrent)}`);
  }
  return problems;
}

/** A date or time in the form that Python prints; null where it is none. */
function isoTime(text: string): string | null {
  try {
    const { civil, clock, zone } = parseIsoDateTime(text);
    return `${isoDate(civil)}T${isoClock(clock, zone)}`;
  } catch {
    return null;
  }
}

function readsFiltered(
  { outside }: ParseState,
  { node }: ParsedNode,
  content: Omit<Manifest, 'selectors' | 'warnings'>,
): boolean {
  const find = (id: UniqueId) => findNode(content, id) ?? outside?.node(id);
  const parents = 'nodes' in node.depends_on ? node.depends_on.nodes : [];
  return parents.some((id) => typeof find(id)?.config['event_time'] === 'string');
}
