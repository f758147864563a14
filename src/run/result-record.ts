import { timestamp } from '../artifacts/metadata.ts';
import type { ResultRecord } from '../artifacts/run-results.ts';
import type { FreshnessRecord } from '../artifacts/sources.ts';
import type { Interval } from '../intervals/interval.ts';
import type { RunResult } from './result.ts';

/**
 * A result in the shape of `run_results.json`. What has no text to compile (seeds, sources, exposures) has null for
 * `compiled` and, as in dbt, for `relation_name` too.
 */
export function resultRecord(result: RunResult): ResultRecord {
  const compiles = 'language' in result.node;
  return {
    status: result.status,
    timing: result.timings.map((timing) => ({
      name: timing.name,
      started_at: timestamp(timing.startedAt),
      completed_at: timestamp(timing.completedAt),
    })),
    thread_id: result.threadId,
    execution_time: result.executionTimeMs / 1000,
    // dbt tells none of hooks and operations.
    adapter_response: result.node.resource_type === 'operation' ? {} : result.response,
    message: result.message,
    failures: result.failures,
    unique_id: result.node.unique_id,
    compiled: compiles ? result.compiledCode !== null : result.compiledCode === null ? null : true,
    compiled_code: result.compiledCode,
    relation_name: compiles ? result.relationName : null,
    batch_results: batchRecord(result.batches),
  };
}

/** A source's result in the shape of `sources.json`; null where it did not answer, which dbt leaves out. */
export function freshnessRecord(result: RunResult): FreshnessRecord | null {
  const { node, status, freshness } = result;
  if (node.resource_type !== 'source' || freshness === null) return null;
  const { unique_id, adapter_response, timing, thread_id, execution_time } = resultRecord(result);
  return {
    unique_id,
    max_loaded_at: freshness.maxLoadedAt,
    snapshotted_at: freshness.snapshottedAt,
    max_loaded_at_time_ago_in_s: freshness.ageSeconds,
    status: status as FreshnessRecord['status'],
    criteria: node.freshness ?? {},
    adapter_response,
    timing,
    thread_id,
    execution_time,
  };
}

function batchRecord(batches: RunResult['batches']): ResultRecord['batch_results'] {
  if (batches === null) return null;
  const bounds = ({ start, end }: Interval): [string, string] => [isoTime(start), isoTime(end)];
  return { successful: batches.successful.map(bounds), failed: batches.failed.map(bounds) };
}

/** As Python writes a time in UTC. */
const isoTime = (time: number): string => new Date(time).toISOString().replace(/(?:\.000)?Z$/, '+00:00');
