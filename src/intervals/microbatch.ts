import { batches } from './batches.ts';
import { addUnits, ceilTime, floorTime, type Interval, type IntervalUnit } from './interval.ts';

/** dbt's `batch_size`. */
export const batchUnits = ['hour', 'day', 'month', 'year'] as const satisfies readonly IntervalUnit[];

export type BatchUnit = (typeof batchUnits)[number];

export interface MicrobatchRequest {
  readonly unit: BatchUnit;
  /** Milliseconds since 1970 UTC: where the model's history begins. */
  readonly begin: number;
  /** How many batches before the present one are built again. */
  readonly lookback: number;
  /** False for a first build and a full refresh, which start at `begin`. */
  readonly isIncremental: boolean;
  /** `--event-time-start` and `--event-time-end`. */
  readonly asked: Interval | null;
  /** The invocation's time. */
  readonly now: number;
}

/**
 * The batches of a microbatch model, by dbt's rules: whole units, up to and including the one that the end lies in. At
 * least one, which may be empty.
 */
export function microbatches(request: MicrobatchRequest): readonly Interval[] {
  const { unit, asked, now } = request;
  const end = ceilTime(asked?.end ?? now, unit);
  const start = startOf(request, end);
  return start < end ? batches({ start, end }, { unit, count: 1 }) : [{ start, end }];
}

function startOf({ unit, begin, lookback, isIncremental, asked }: MicrobatchRequest, end: number): number {
  if (asked !== null) return floorTime(asked.start, unit);
  if (!isIncremental) return floorTime(begin, unit);
  // The end is a boundary: the batch that it closes is the present one.
  return addUnits(end, unit, -lookback - 1);
}

/** The batch's start as logs and names of files show it: no finer than its unit. */
export function batchLabel({ start }: Interval, unit: BatchUnit): string {
  const digits = { year: 4, month: 7, day: 10, hour: 13 } as const;
  return new Date(start).toISOString().slice(0, digits[unit]);
}
