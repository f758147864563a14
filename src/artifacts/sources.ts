import { jsonText } from '../manifest/json-text.ts';
import type { UniqueId } from '../manifest/node.ts';
import type { PlainRecord } from '../manifest/record.ts';
import { type ArtifactContext, artifactMetadata } from './metadata.ts';
import type { ResultRecord } from './run-results.ts';
import { writeWhole } from './write-whole.ts';

/** One element of `results` in `sources.json` v3: a source that answered. */
export interface FreshnessRecord {
  readonly unique_id: UniqueId;
  readonly max_loaded_at: string;
  readonly snapshotted_at: string;
  /** Seconds. */
  readonly max_loaded_at_time_ago_in_s: number;
  readonly status: 'pass' | 'warn' | 'error';
  readonly criteria: PlainRecord;
  readonly adapter_response: ResultRecord['adapter_response'];
  readonly timing: ResultRecord['timing'];
  readonly thread_id: string;
  readonly execution_time: number;
}

export interface SourcesContent {
  readonly context: ArtifactContext;
  readonly results: readonly FreshnessRecord[];
  readonly elapsedMs: number;
}

/** Writes `sources.json` (v3). Throws `file-not-written`. */
export function writeSources({ context, results, elapsedMs }: SourcesContent, path: string): void {
  const metadata = artifactMetadata('sources/v3', context);
  writeWhole(path, (write) => write(`${jsonText({ metadata, results, elapsed_time: elapsedMs / 1000 })}\n`));
}
