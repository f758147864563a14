import type { Diagnostic } from '../core/diagnostic.ts';
import type { Event } from '../core/event.ts';
import type { SecretMask } from '../core/secret.ts';
import type { World } from '../core/world.ts';

/** What every command answers; the command line needs no more to choose its exit code. */
export interface Outcome {
  /** False where a node or a test failed: artifacts are written, the exit code is 1. */
  readonly success: boolean;
  readonly interrupted?: boolean;
  /** How each node ended, of commands that work on nodes. */
  readonly results?: readonly { readonly status: string }[];
}

/** Names of the API that the command line calls. */
export type CommandName =
  | 'init'
  | 'debug'
  | 'parse'
  | 'list'
  | 'compile'
  | 'show'
  | 'seed'
  | 'snapshot'
  | 'run'
  | 'test'
  | 'build'
  | 'clean'
  | 'deps'
  | 'docsGenerate'
  | 'exportCi'
  | 'runOperation'
  | 'clone'
  | 'retry'
  | 'sourceFreshness';

/**
 * What the command line hands to a command: every flag that was given (under its option's name, see `flags.ts`),
 * from the command line, the environment or the project's `flags:`; what was not given is absent.
 */
export interface CommandOptions {
  readonly invocationId: string;
  readonly world: World;
  /** Commands add the profile's credentials: everything that is shown goes through it. */
  readonly secrets: SecretMask;
  readonly signal: AbortSignal;
  readonly onEvent: (event: Event) => void;
  /** Every setting under dbt's name, defaults included: `args` of run_results.json, and `flags` in templates. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly notices: readonly Diagnostic[];
  readonly [option: string]: unknown;
}

/** Written as a method so that a command may ask for narrower options than `CommandOptions` promises. */
interface CommandFunction {
  call(options: CommandOptions): PromiseLike<Outcome> & { readonly cancel?: () => void };
}

/** What `src/index.ts` exports, as far as the command line cares; a command that is missing is a bug. */
export type Api = { readonly [name in CommandName]?: CommandFunction['call'] };
