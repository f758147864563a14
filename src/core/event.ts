import type { Diagnostic } from './diagnostic.ts';
import type { RowDifference } from './row-difference.ts';
import type { Span } from './span.ts';

/** What reporters need to know of a node; plain data, dbt's `node_info` can be made from it. */
export interface NodeRef {
  readonly uniqueId: string;
  readonly name: string;
  /** Of a unit test, the name of the model that it tests. */
  readonly testedModel?: string;
  readonly resourceType: string;
  readonly materialized: string | null;
  /** Built batch by batch. */
  readonly batched: boolean;
  /** Path from the project's root. */
  readonly path: string;
  /** dbt's `path`: from the folder of its type, of what stands in YAML by its own name. */
  readonly nodePath: string;
  /** Of its file's text; empty for what has none. */
  readonly checksum: string;
  readonly meta: Readonly<Record<string, unknown>>;
  /** Of a generic test: the id of the node that it was written at. */
  readonly attachedNode: string | null;
  /** As SQL; null for what makes no relation. */
  readonly relationName: string | null;
  readonly database: string | null;
  readonly schema: string | null;
  readonly alias: string | null;
  /** Of a source's table; null for everything else. */
  readonly sourceName: string | null;
  /** Name of the group that it belongs to. */
  readonly group: string | null;
}

/** dbt's result statuses. */
export type ResultStatus =
  | 'success'
  | 'error'
  | 'skipped'
  | 'partial success'
  | 'no-op'
  | 'pass'
  | 'fail'
  | 'warn'
  | 'runtime error';

export type EventLevel = 'debug' | 'info' | 'warn' | 'error';

/** Rows that a data test found, as many as were asked for; cells are what the warehouse's adapter makes of them. */
export interface FailingRows {
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there are more. */
  readonly more: boolean;
}

/** How one node ended, as reporters show it. */
export interface NodeOutcome {
  readonly status: ResultStatus;
  /** One line: the warehouse's answer, the number of failures, or the first line of the error. */
  readonly message: string | null;
  /** Rows that a data test found; null for everything else. */
  readonly failures: number | null;
  readonly failingRows: FailingRows | null;
  readonly rowsAffected: number | null;
  readonly executionTimeMs: number;
  /** The error in full, with compiled file, model line and frame. */
  readonly diagnostic: Diagnostic | null;
  /** Compiled file relative to the project's root, where one was written. */
  readonly compiledPath: string | null;
  /** For skipped nodes: the node that is to blame; null where the run was cancelled. */
  readonly skippedBecause: string | null;
  /** What is configured of a snapshot, each value as Python prints it; null for everything else. */
  readonly config: Readonly<Record<string, string>> | null;
  /** dbt's `adapter_response`. */
  readonly response: Readonly<Record<string, string | number | null>>;
  /** Times in milliseconds since 1970 UTC. */
  readonly timings: readonly {
    readonly name: string;
    readonly startedAt: number;
    readonly completedAt: number;
  }[];
  /** What a unit test that failed found. */
  readonly difference?: RowDifference | null;
}

/** Everything worth telling during an invocation. Data only: reporters decide how, and whether, it is shown. */
export type Event =
  | {
      readonly name: 'invocation-started';
      readonly invocationId: string;
      readonly command: string;
      readonly version: string;
      readonly dbtVersion: string;
      readonly startedAt: number;
    }
  /** The warehouse's kind is known; the project is yet to be parsed. */
  | { readonly name: 'adapter-registered'; readonly adapterType: string }
  | {
      readonly name: 'project-parsed';
      readonly projectName: string;
      readonly profileName: string;
      readonly targetName: string;
      readonly adapterType: string;
      /** Set where no profile was named: the file that stands in for a warehouse. */
      readonly embeddedDatabase: string | null;
      readonly elapsedMs: number;
      /** Number of nodes by resource type, in dbt's order and plural: `model: 5`. */
      readonly counts: Readonly<Record<string, number>>;
      /** What the project says of its groups, by name; none where nothing runs. */
      readonly groups?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      /** How much had to be parsed: nothing had changed, the files that a change concerns, or everything. */
      readonly extent: 'nothing' | 'part' | 'whole';
    }
  | { readonly name: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly name: 'run-started'; readonly threads: number; readonly total: number }
  | { readonly name: 'nothing-selected' }
  /** Cancelled before there was anything to show for it. */
  | { readonly name: 'interrupted'; readonly diagnostic: Diagnostic }
  | {
      readonly name: 'node-started';
      readonly node: NodeRef;
      readonly index: number;
      readonly total: number;
      readonly threadId: string;
    }
  /** Progress inside a long node: seeds, batches. */
  | {
      readonly name: 'node-progress';
      readonly node: NodeRef;
      readonly done: number;
      readonly total: number | null;
      readonly unit: string;
    }
  /** One batch of a model that is built in batches. */
  | {
      readonly name: 'batch-started';
      readonly node: NodeRef;
      /** The start of its time, no finer than its size: `2024-01-02`. */
      readonly batch: string;
      readonly index: number;
      readonly total: number;
      /** Whether other batches of the model may be worked meanwhile. */
      readonly concurrent: boolean;
    }
  | {
      readonly name: 'batch-finished';
      readonly node: NodeRef;
      readonly batch: string;
      readonly index: number;
      readonly total: number;
      readonly status: 'success' | 'error' | 'skipped';
      readonly message: string;
      readonly elapsedMs: number;
      readonly diagnostic: Diagnostic | null;
    }
  | {
      readonly name: 'node-compiled';
      readonly node: NodeRef;
      readonly compiledPath: string | null;
      readonly sql: string;
    }
  | {
      readonly name: 'node-finished';
      readonly node: NodeRef;
      readonly index: number;
      readonly total: number;
      readonly threadId: string;
      readonly outcome: NodeOutcome;
    }
  | { readonly name: 'hook-started'; readonly hook: NodeRef; readonly index: number; readonly total: number }
  | {
      readonly name: 'hook-finished';
      readonly hook: NodeRef;
      readonly index: number;
      readonly total: number;
      readonly outcome: NodeOutcome;
    }
  /** One statement sent to the warehouse, and its end: debug level. */
  | {
      readonly name: 'statement-sent';
      readonly connection: string;
      readonly uniqueId: string | null;
      readonly sql: string;
    }
  | {
      readonly name: 'statement-finished';
      readonly connection: string;
      readonly uniqueId: string | null;
      readonly elapsedMs: number;
      readonly message: string;
    }
  /** `log(...)` of a template: info level where the template asked for it, else debug. */
  | {
      readonly name: 'template-log';
      readonly text: string;
      readonly level: 'info' | 'debug';
      readonly uniqueId: string | null;
    }
  /** A `ref` names no version and gets the latest of a model that has a newer one, too. */
  | {
      readonly name: 'prerelease-available';
      readonly uniqueId: string;
      readonly model: { readonly name: string; readonly packageName: string; readonly version: string };
      readonly newest: string;
    }
  /** `print(...)` of a template. */
  | { readonly name: 'template-print'; readonly text: string; readonly uniqueId: string | null }
  | { readonly name: 'cancelling'; readonly running: number }
  /** `deps` asks the package hub (debug level): status null before, and the answer's status after. */
  | {
      readonly name: 'hub-asked';
      readonly url: string;
      readonly index: boolean;
      readonly status: number | null;
    }
  | {
      readonly name: 'request-repeated';
      readonly attempt: number;
      readonly most: number;
      readonly reason: string;
    }
  /** A package is being fetched into a folder aside; several at once. */
  | { readonly name: 'package-fetching'; readonly package: string }
  | {
      readonly name: 'package-progress';
      readonly package: string;
      readonly bytes: number;
      readonly totalBytes: number | null;
    }
  | { readonly name: 'package-fetched'; readonly package: string }
  | { readonly name: 'package-installing'; readonly package: string }
  | {
      readonly name: 'package-installed';
      readonly package: string;
      /** As dbt says it: `version 1.1.1`, `revision 0f3e...`, `<local @ ../near>`. */
      readonly from: string;
      /** The hub's newest version that could be had; null for packages of other places. */
      readonly latest: string | null;
      readonly upToDate: boolean;
      readonly subdirectory: string | null;
      /** True where the folder is a link to a local package, false where it is a copy, null elsewhere. */
      readonly linked: boolean | null;
    }
  | { readonly name: 'packages-outdated'; readonly packages: readonly string[] }
  | { readonly name: 'packages-none' }
  | { readonly name: 'package-lock-written'; readonly path: string }
  | {
      readonly name: 'package-added';
      readonly package: string;
      readonly version: string | null;
      readonly path: string;
    }
  | { readonly name: 'package-entry-removed'; readonly entry: Readonly<Record<string, string | number>> }
  /** `clean` has seen to it that a folder (absolute path) is gone, and then that all are. */
  | { readonly name: 'folder-cleaned'; readonly path: string }
  | { readonly name: 'folders-cleaned' }
  | { readonly name: 'artifact-written'; readonly artifact: string; readonly path: string }
  /** A sentence for the user from a command: what was made, what to type next. */
  | { readonly name: 'message'; readonly level: EventLevel; readonly text: string }
  /** The macro of `run-operation` failed. */
  | { readonly name: 'operation-failed'; readonly diagnostic: Diagnostic }
  | {
      readonly name: 'run-finished';
      /** Number of results by status. */
      readonly counts: Readonly<Record<ResultStatus, number>>;
      /** Number of results by kind for the closing sentence: `table model: 2`. */
      readonly kinds: Readonly<Record<string, number>>;
      readonly elapsedMs: number;
      /** Results that are errors, failures or warnings, in order, for the summary. */
      readonly problems: readonly {
        readonly node: NodeRef;
        readonly outcome: NodeOutcome;
        /** Where the node is defined: a test's item in its YAML file. Absent for nodes of packages. */
        readonly place?: Span;
      }[];
      readonly interrupted: boolean;
    }
  | {
      readonly name: 'invocation-finished';
      readonly command: string;
      readonly success: boolean;
      readonly elapsedMs: number;
    };

export type EventName = Event['name'];

export type EventOf<Name extends EventName> = Extract<Event, { readonly name: Name }>;

/** Takes every event in order; must not throw. */
export type Emit = (event: Event) => void;
