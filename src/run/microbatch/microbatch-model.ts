import type { AdapterFacts } from '../../adapter/facts.ts';
import { DateTime, dateTimeAt } from '../../context/modules/datetime/datetime.ts';
import { parseIsoDateTime } from '../../context/modules/datetime/iso-parse.ts';
import { fixedUtc } from '../../context/modules/datetime/zone.ts';
import type { Interval } from '../../intervals/interval.ts';
import { type BatchUnit, batchLabel } from '../../intervals/microbatch.ts';
import { parseTemplate } from '../../jinja/template.ts';
import { mentionsOf } from '../../jinja/walk.ts';
import type { AnyNode, ModelNode } from '../../manifest/node.ts';

/** Whether a model's configuration asks for batches of time. */
export const isMicrobatch = ({ resource_type: type, config }: AnyNode): boolean =>
  type === 'model' &&
  config['materialized'] === 'incremental' &&
  config['incremental_strategy'] === 'microbatch';

/** What parsing has checked of a microbatch model's configuration. */
export interface MicrobatchConfig {
  readonly unit: BatchUnit;
  readonly begin: number;
  readonly lookback: number;
  /** Null where it is left to us. */
  readonly concurrent: boolean | null;
}

export function microbatchConfig({ config }: ModelNode): MicrobatchConfig {
  const { civil, clock, zone } = parseIsoDateTime(String(config['begin']));
  const begin = new DateTime(civil, clock, zone);
  const { lookback, concurrent_batches: concurrent } = config;
  return {
    unit: config['batch_size'] as BatchUnit,
    begin: Number(begin.instant / 1000n),
    lookback: typeof lookback === 'number' ? lookback : 1,
    concurrent: typeof concurrent === 'boolean' ? concurrent : null,
  };
}

/**
 * Whether batches of the model may be built at the same time, by dbt's rule: the warehouse can, and the model says so
 * or, where it says nothing, does not look at itself.
 */
export function isConcurrent(
  facts: AdapterFacts,
  node: ModelNode,
  { concurrent }: MicrobatchConfig,
): boolean {
  if (!facts.concurrentBatches) return false;
  if (concurrent !== null) return concurrent;
  const template = parseTemplate({ path: node.original_file_path, text: node.raw_code });
  return !mentionsOf(template).names.has('this');
}

/** One batch of a model, and its place among those of the run. */
export interface Batch extends Interval {
  /** Its start as logs and names of files show it. */
  readonly label: string;
  readonly index: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export const batchesOf = (intervals: readonly Interval[], unit: BatchUnit): readonly Batch[] =>
  intervals.map((interval, index) => ({
    ...interval,
    label: batchLabel(interval, unit),
    index,
    isFirst: index === 0,
    isLast: index === intervals.length - 1,
  }));

/** The model as one batch's templates see it: `model.batch`, and hooks only where the model begins and ends. */
export function batchNode(node: ModelNode, batch: Batch): ModelNode {
  const start = dateTimeAt(batch.start, fixedUtc);
  const end = dateTimeAt(batch.end, fixedUtc);
  const config = {
    ...node.config,
    ...(batch.isFirst ? {} : { 'pre-hook': [] }),
    ...(batch.isLast ? {} : { 'post-hook': [] }),
    __dbt_internal_microbatch_event_time_start: start,
    __dbt_internal_microbatch_event_time_end: end,
  };
  const id = batch.label.replaceAll('-', '');
  return { ...node, config, batch: { id, event_time_start: start, event_time_end: end } } as ModelNode;
}
