import type { ResultStatus } from '../core/event.ts';
import { jsonText } from '../manifest/json-text.ts';
import type { UniqueId } from '../manifest/node.ts';
import { type ArtifactContext, artifactMetadata } from './metadata.ts';
import { writeWhole } from './write-whole.ts';

/** One element of `results` in `run_results.json` v6. */
export interface ResultRecord {
  readonly status: ResultStatus;
  readonly timing: readonly {
    readonly name: string;
    readonly started_at: string | null;
    readonly completed_at: string | null;
  }[];
  readonly thread_id: string;
  /** Seconds. */
  readonly execution_time: number;
  readonly adapter_response: Readonly<Record<string, unknown>>;
  readonly message: string | null;
  readonly failures: number | null;
  readonly unique_id: UniqueId;
  readonly compiled: boolean | null;
  readonly compiled_code: string | null;
  readonly relation_name: string | null;
  /** Of a model that runs in batches: the bounds of each, in ISO 8601. */
  readonly batch_results: {
    readonly successful: readonly (readonly [string, string])[];
    readonly failed: readonly (readonly [string, string])[];
  } | null;
}

export interface RunResultsContent {
  readonly context: ArtifactContext;
  readonly results: Iterable<ResultRecord>;
  readonly elapsedMs: number;
  /** The invocation's settings under dbt's names: `which`, `select`, `full_refresh`, ... */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Writes `run_results.json` (v6). Throws `file-not-written`. */
export function writeRunResults(content: RunResultsContent, path: string): void {
  writeWhole(path, (write) => {
    write(`{"metadata":${jsonText(artifactMetadata('run-results/v6', content.context))},\n"results":[`);
    let separator = '\n';
    for (const result of content.results) {
      write(`${separator}${jsonText(result)}`);
      separator = ',\n';
    }
    write(`\n],\n"elapsed_time":${content.elapsedMs / 1000},\n"args":${jsonText(content.args)}}\n`);
  });
}
