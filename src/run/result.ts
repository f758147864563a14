import type { Diagnostic } from '../core/diagnostic.ts';
import type { FailingRows, ResultStatus } from '../core/event.ts';
import type { RowDifference } from '../core/row-difference.ts';
import type { Interval } from '../intervals/interval.ts';
import type { AnyNode, UniqueId } from '../manifest/node.ts';

export interface Timing {
  readonly name: 'compile' | 'execute';
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly completedAt: number;
}

/** The age of a source, as `sources.json` tells it. Times are ISO 8601 in UTC, to the microsecond. */
export interface SourceFreshness {
  /** Of the newest row; the first moment of year 1 where the source has none. */
  readonly maxLoadedAt: string;
  /** When the source was asked, by the warehouse's clock. */
  readonly snapshottedAt: string;
  readonly ageSeconds: number;
}

/** How one node (or hook) of a run ended. One per selected node, those that never started included. */
export interface RunResult {
  readonly node: AnyNode;
  readonly status: ResultStatus;
  readonly message: string | null;
  /** Rows that a data test found. */
  readonly failures: number | null;
  /** Some of these rows, where they were asked for. */
  readonly failingRows: FailingRows | null;
  readonly executionTimeMs: number;
  readonly timings: readonly Timing[];
  readonly threadId: string;
  /** Rows that the main statement changed, where the warehouse says so. */
  readonly rowsAffected: number | null;
  /** dbt's `adapter_response`. */
  readonly response: Readonly<Record<string, string | number | null>>;
  readonly compiledCode: string | null;
  readonly relationName: string | null;
  readonly compiledPath: string | null;
  /** Of the main statement as it was sent, relative to the project's root; null where none was written. */
  readonly buildPath?: string | null;
  /** Macros that the node's text called when it was compiled, in order. */
  readonly calledMacros: readonly UniqueId[];
  readonly diagnostic: Diagnostic | null;
  readonly skippedBecause: string | null;
  /** Of a source that answered. */
  readonly freshness: SourceFreshness | null;
  /** Of a model that is built in batches: those that are there now, and those that failed or never ran. */
  readonly batches: { readonly successful: readonly Interval[]; readonly failed: readonly Interval[] } | null;
  /** What a unit test that failed found. */
  readonly difference?: RowDifference | null;
}
