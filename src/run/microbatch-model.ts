import { DateTime, dateTimeAt } from '../context/modules/datetime/datetime.ts';
import { parseIsoDateTime } from '../context/modules/datetime/iso-parse.ts';
import { fixedUtc } from '../context/modules/datetime/zone.ts';
import type { Interval } from '../intervals/interval.ts';
import { type BatchUnit, batchLabel } from '../intervals/microbatch.ts';
import type { AnyNode, ModelNode } from '../manifest/node.ts';

/** Whether a model's configuration asks for batches of time. */
export const isMicrobatch = ({ resource_type: type, config }: AnyNode): boolean =>
  type === 'model' &&
  config['materialized'] === 'incremental' &&
  config['incremental_strategy'] === 'microbatch';

/** What parsing has checked of a microbatch model's configuration. */
export function microbatchConfig({ config }: ModelNode): {
  readonly unit: BatchUnit;
  readonly begin: number;
  readonly lookback: number;
} {
  const { civil, clock, zone } = parseIsoDateTime(String(config['begin']));
  const begin = new DateTime(civil, clock, zone);
  const lookback = config['lookback'];
  return {
    unit: config['batch_size'] as BatchUnit,
    begin: Number(begin.instant / 1000n),
    lookback: typeof lookback === 'number' ? lookback : 1,
  };
}

/** The model as one batch's templates see it: `model.batch`, and hooks only where the model begins and ends. */
export function batchNode(
  node: ModelNode,
  batch: Interval,
  place: { readonly first: boolean; readonly last: boolean },
): ModelNode {
  const { unit } = microbatchConfig(node);
  const start = dateTimeAt(batch.start, fixedUtc);
  const end = dateTimeAt(batch.end, fixedUtc);
  const config = {
    ...node.config,
    ...(place.first ? {} : { 'pre-hook': [] }),
    ...(place.last ? {} : { 'post-hook': [] }),
    __dbt_internal_microbatch_event_time_start: start,
    __dbt_internal_microbatch_event_time_end: end,
  };
  const id = batchLabel(batch, unit).replaceAll('-', '');
  return { ...node, config, batch: { id, event_time_start: start, event_time_end: end } } as ModelNode;
}
