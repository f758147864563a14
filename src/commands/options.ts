import type { Diagnostic } from '../core/diagnostic.ts';
import type { Emit } from '../core/event.ts';
import type { SecretMask } from '../core/secret.ts';
import type { World } from '../core/world.ts';
import type { IndirectSelection } from '../graph/selector.ts';
import type { Limits } from '../jinja/budget.ts';

/** What every command takes. Paths may be relative to the working directory. */
export interface CommandOptions {
  /** Told every event in order, as it happens. */
  readonly onEvent?: Emit;
  /** Cancels the command, as `Invocation.cancel` does. */
  readonly signal?: AbortSignal;
  /** Environment variables; those of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The invocation's frozen time; the clock's unless given. */
  readonly now?: Date;
  /** The outside as a whole; `env` and `now` are laid over it. For callers that bring their own. */
  readonly world?: World;
  readonly invocationId?: string;
  readonly secrets?: SecretMask;
  /** Settings under dbt's names, as `args` of artifacts and `flags` of templates show them. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The project is not trusted, such as that of a fork's pull request: no hooks, operations, files and network. */
  readonly restricted?: boolean;
  /** With `restricted`: the environment variables that templates may read. */
  readonly allowEnv?: readonly string[];
  /** Warnings about how the command was called, told first and treated as all others. */
  readonly notices?: readonly Diagnostic[];
}

/** Which project, which warehouse, and how strict. */
export interface ProjectOptions extends CommandOptions {
  /** Folder of `dbt_project.yml`; else the working directory or the nearest folder above that has one. */
  readonly projectDir?: string;
  readonly profilesDir?: string;
  readonly profile?: string;
  readonly target?: string;
  readonly targetPath?: string;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly threads?: number;
  /** Every warning is an error: what dbt deprecates, what it tolerates silently, and values that print empty. */
  readonly strict?: boolean;
  /** What dbt itself warns of is an error. */
  readonly warnError?: boolean;
  /** `error`, `warn` and `silence`: names of warnings, `Deprecations`; `error` may be `all`. */
  readonly warnErrorOptions?: Readonly<Record<string, unknown>>;
  readonly versionCheck?: boolean;
  /** Parse only what has changed since the last time; true unless given. The result is the same either way. */
  readonly partialParse?: boolean;
  /** Write artifacts; true unless given. */
  readonly writeJson?: boolean;
  /** Limits of template evaluation, where the generous defaults are not enough. */
  readonly limits?: Partial<Limits>;
}

/** Which nodes. Texts are in dbt's selection grammar. */
export interface SelectionOptions extends ProjectOptions {
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly selector?: string;
  readonly resourceTypes?: readonly string[];
  readonly excludeResourceTypes?: readonly string[];
  readonly indirectSelection?: IndirectSelection;
  /** Folder of the artifacts of an earlier run, to compare with and to defer to; as in dbt, relative to the project. */
  readonly state?: string;
}

export interface BuildOptions extends SelectionOptions {
  readonly fullRefresh?: boolean;
  /** Let templates query the warehouse; true unless given. Without it such a query is an error. */
  readonly introspect?: boolean;
  /** Put ephemeral parents into the SQL; true unless given. */
  readonly injectEphemeralCtes?: boolean;
  readonly failFast?: boolean;
  /** Refs to what does not exist here mean what the run of `state` made. */
  readonly defer?: boolean;
  /** With `defer`: refs to all that is not selected do. */
  readonly favorState?: boolean;
  /** The folder to defer to, where `state` names one to compare with only. */
  readonly deferState?: string;
  readonly storeFailures?: boolean;
  /** Answer data tests of one relation by one scan where that says the same; true unless given. */
  readonly fuseTests?: boolean;
  /** How many rows are shown of a data test that found some; none unless given. */
  readonly showFailures?: number;
  /** Build everything of nothing: refs and sources give no rows. */
  readonly empty?: boolean;
  /** `3 days`, or `{start: …, end: …}`: models see only rows of that time, of what has an `event_time`. */
  readonly sample?: string;
  /** Of batches: `2024-01-01` or `2024-01-01 12:00:00`, in UTC; both or none. */
  readonly eventTimeStart?: string;
  readonly eventTimeEnd?: string;
}
