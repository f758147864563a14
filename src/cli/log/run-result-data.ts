import type { NodeOutcome } from '../../core/event.ts';
import { isoTime } from './iso-time.ts';

/** dbt's `run_result` of an event. */
export type RunResultData = ReturnType<typeof runResultData>;

/** A result as events have it. */
export function runResultData(outcome: NodeOutcome, thread: string) {
  return {
    adapter_response: outcome.response,
    execution_time: outcome.executionTimeMs / 1000,
    // Why a node was skipped, its own line says.
    message: outcome.status === 'skipped' ? '' : (outcome.message ?? ''),
    num_failures: outcome.failures ?? 0,
    status: outcome.status,
    thread,
    timing_info: outcome.timings.map(({ name, startedAt, completedAt }) => ({
      completed_at: isoTime(completedAt),
      name,
      started_at: isoTime(startedAt),
    })),
  };
}
