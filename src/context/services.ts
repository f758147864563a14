import type { AdapterFacts } from '../adapter/facts.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Emit } from '../core/event.ts';
import type { Restriction } from '../core/restriction.ts';
import type { SecretMask } from '../core/secret.ts';
import type { World } from '../core/world.ts';
import type { Limits } from '../jinja/budget.ts';
import type { Value } from '../jinja/values.ts';
import type { MacroRegistry } from './macro-registry.ts';
import type { ProjectFacts } from './runtime-config.ts';
import type { VariableSources } from './variables.ts';

/** What one invocation's templates share, whoever renders them. */
export interface ContextServices {
  readonly world: World;
  readonly invocationId: string;
  readonly projectName: string;
  /** The root project and the installed packages, by name. */
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  readonly facts: AdapterFacts;
  /** The fields of `target`, as dbt gives them; plain data without secrets. */
  readonly target: Readonly<Record<string, Value>>;
  readonly variables: VariableSources;
  /** Upper-case names as `flags.FULL_REFRESH`. */
  readonly flags: ReadonlyMap<string, Value>;
  /** `invocation_args_dict`. */
  readonly invocationArgs: Readonly<Record<string, Value>>;
  /** `dispatch:` of the project file, by namespace. */
  readonly dispatchOrders: ReadonlyMap<string, readonly string[]>;
  readonly registry: MacroRegistry;
  readonly secrets: SecretMask;
  /** `thread_id`: dbt's name of the worker that a node is given to; absent outside of workers. */
  readonly threadId?: string;
  /** What templates may and may not do in a project that is not trusted; absent for all others. */
  readonly restriction?: Restriction | null;
  readonly emit: Emit;
  /** Tells a warning, or throws it where the invocation treats it as an error. */
  readonly report: (diagnostic: Diagnostic) => void;
  readonly limits: Limits;
  /** What `adapter.warn_once` has told already. */
  readonly warnedOnce: Set<string>;
}
