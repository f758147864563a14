import type { Adapter } from '../adapter/adapter.ts';
import type { RelationName } from '../adapter/relation.ts';
import type { RelationCache } from '../adapter/relation-cache.ts';
import type { CompileServices } from '../compile/services.ts';
import type { Emit } from '../core/event.ts';
import type { World } from '../core/world.ts';
import type { Interval } from '../intervals/interval.ts';
import type { UniqueId } from '../manifest/node.ts';
import type { Program } from './programs/run-program.ts';
import type { Attempt } from './schedule/attempt.ts';
import type { Share } from './schedule/pools.ts';
import type { Repeats } from './schedule/repeats.ts';
import type { CountingStatements } from './tests/counting-statement.ts';
import type { FusedTests } from './tests/fused-tests.ts';

/** What running any node of an invocation needs. */
export interface RunServices {
  readonly world: World;
  readonly invocationId: string;
  readonly emit: Emit;
  readonly adapter: Adapter;
  readonly cache: RelationCache;
  readonly compile: CompileServices;
  readonly signal: AbortSignal;
  readonly fullRefresh: boolean;
  readonly storeFailures: boolean | null;
  /** How many rows of a data test that found some are shown; 0 for none. */
  readonly showFailures: number;
  /** Whether what a data test warns of is a failure: `--warn-error`. */
  readonly warningsFail: boolean;
  /** `--event-time-start` and `--event-time-end`. */
  readonly eventTime: Interval | null;
  /** False where the project's own macro builds microbatch models, as a whole. */
  readonly batches: boolean;
  /** Of models that a former run did in part: the batches that it did not. */
  readonly leftOver: ReadonlyMap<UniqueId, readonly Interval[]>;
  /** Whether templates may query the warehouse while a node is compiled. */
  readonly introspect: boolean;
  /** What the project's own materializations mean, by name. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Whether data tests of one relation may be answered by one scan. */
  readonly fuseTests: boolean;
  /** Those that are; null outside of a run. */
  readonly fused: FusedTests | null;
  /** What data tests send where each is asked by itself. */
  readonly counting: CountingStatements;
  /** True for a relation whose node is still to be built in this run. */
  readonly pending: (relation: RelationName) => boolean;
  /** How the work on one item is given to idle threads of the run. */
  readonly share: Share;
  /** Which failed items are worked again, and when. */
  readonly repeats: Repeats;
  /** The attempt at the work item, or at the batch of one, that is worked on. */
  readonly attempt: Attempt;
}
