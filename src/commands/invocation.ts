import type { AdapterEntry } from '../adapter/adapter.ts';
import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import type { Emit, Event } from '../core/event.ts';
import type { Restriction } from '../core/restriction.ts';
import { SecretMask } from '../core/secret.ts';
import { dbtVersion, version } from '../core/version.ts';
import type { World } from '../core/world.ts';
import { isCancelled } from '../run/failures.ts';
import { interruptedEarly } from './errors.ts';
import type { LeftOver } from './left-over.ts';
import { restrictedCommand } from './restricted-errors.ts';
import type { Treatment } from './warning-treatment.ts';

/**
 * A command under way: awaiting it gives its outcome, or throws what ended it. `events()` may be iterated any number
 * of times and always begins with the first event. `cancel()` ends it as Ctrl-C does: running statements are
 * interrupted and rolled back, results written, the outcome says that it was interrupted.
 */
export type Invocation<T> = PromiseLike<T> & {
  events(): AsyncIterable<Event>;
  cancel(): void;
};

/** What a command gets from where it is called: the program, or the API with its defaults. */
export interface Surroundings {
  readonly world: World;
  readonly adapters: ReadonlyMap<string, AdapterEntry>;
  /** Absolute path of our own macro packages. */
  readonly macrosDirectory: string;
  /** The build's index of them; null where the program runs from its source. */
  readonly macroIndex: string | null;
  /** Names this very program: its version, and of what is built what was built. */
  readonly build: string;
  /** Absolute path of the shipped example project. */
  readonly templateDirectory: string;
  /** Absolute path of the documentation page's own files. */
  readonly siteDirectory: string;
  readonly onEvent: Emit | null;
  readonly signal: AbortSignal | null;
  readonly invocationId: string | null;
  readonly secrets: SecretMask | null;
  /** Settings under dbt's names: `args` of artifacts, `flags` of templates. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What a former run left undone: it is worked instead of a selection. */
  readonly leftOver: LeftOver | null;
  /** Set where the project is not trusted. */
  readonly restriction: Restriction | null;
  /** Warnings about how the command was called, told first. */
  readonly notices: readonly Diagnostic[];
}

/** What runs inside one invocation. */
export interface InvocationContext
  extends Omit<Surroundings, 'onEvent' | 'signal' | 'invocationId' | 'secrets'> {
  readonly command: string;
  readonly invocationId: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly secrets: SecretMask;
  /** Tells a warning, throws it as an error, or neither, as the options treat warnings. */
  readonly report: (diagnostic: Diagnostic) => void;
  /** The same for several, so that all that are errors are thrown at once, after the others were told. */
  readonly reportAll: (diagnostics: readonly Diagnostic[]) => void;
}

/** What does nothing but what the project says, and what takes the word of a former run, are for trusted projects only. */
const refusedCommands: ReadonlySet<string> = new Set(['export ci', 'retry', 'run-operation']);

/** What every command answers. */
interface CommandOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
}

/**
 * Starts a command. `treat` decides which warnings are errors, and which are not told; `nothing` is the rest of its outcome
 * where it is cancelled before it has done anything.
 */
export function invoke<T extends CommandOutcome>(
  command: string,
  surroundings: Surroundings,
  treat: (diagnostic: Diagnostic) => Treatment,
  nothing: Omit<T, keyof CommandOutcome>,
  work: (context: InvocationContext) => Promise<T>,
): Invocation<T> {
  const { world } = surroundings;
  const stream = new EventStream(surroundings.onEvent);
  const abort = new AbortController();
  const { signal } = surroundings;
  // Whatever the reason, what waits ends with an AbortError.
  if (signal?.aborted === true) abort.abort();
  else signal?.addEventListener('abort', () => abort.abort(), { once: true });
  const invocationId = surroundings.invocationId ?? world.uuid();
  const emit: Emit = (event) => stream.push(event);
  const context: InvocationContext = {
    ...surroundings,
    args: { which: command.split(' ').at(-1), ...surroundings.args },
    command,
    invocationId,
    signal: abort.signal,
    emit,
    secrets: surroundings.secrets ?? new SecretMask(),
    report: (diagnostic) => context.reportAll([diagnostic]),
    reportAll: (diagnostics) => {
      const errors: Diagnostic[] = [];
      for (const diagnostic of diagnostics) {
        const treatment = treat(diagnostic);
        if (treatment === 'error') errors.push({ ...diagnostic, severity: 'error' });
        else if (treatment === 'warn') emit({ name: 'diagnostic', diagnostic });
      }
      if (errors.length > 0) throw new DiagnosticError(errors);
    },
  };
  const start = world.elapsed();
  const outcome = (async () => {
    emit({
      name: 'invocation-started',
      invocationId,
      command,
      version,
      dbtVersion,
      startedAt: world.startedAt,
    });
    let success = false;
    try {
      if (surroundings.restriction !== null && refusedCommands.has(command)) {
        throw new DiagnosticError(restrictedCommand(command));
      }
      context.reportAll(surroundings.notices);
      abort.signal.throwIfAborted();
      const value = await work(context);
      success = value.success;
      return value;
    } catch (caught) {
      if (!abort.signal.aborted || !endsByCancelling(caught)) throw caught;
      const told = caught instanceof DiagnosticError ? caught.diagnostics[0] : undefined;
      emit({ name: 'interrupted', diagnostic: told ?? interruptedEarly(command) });
      return { ...nothing, success: false, interrupted: true } as T;
    } finally {
      emit({ name: 'invocation-finished', command, success, elapsedMs: world.elapsed() - start });
      stream.end();
    }
  })();
  // Whoever awaits the invocation gets the failure; nobody having awaited it yet must not end the process.
  outcome.catch(() => {});
  return {
    // biome-ignore lint/suspicious/noThenProperty: an invocation is awaited like a promise, and is iterated besides.
    then: (onFulfilled, onRejected) => outcome.then(onFulfilled, onRejected),
    events: () => stream.read(),
    cancel: () => abort.abort(),
  };
}

/** Also where the warehouse was asked, or connected to, when the command was cancelled. */
const endsByCancelling = (caught: unknown): boolean =>
  isCancelled(caught instanceof DiagnosticError ? caught.cause : caught);

/** Every event of an invocation, kept so that readers may come late. */
class EventStream {
  readonly #listener: Emit | null;
  readonly #events: Event[] = [];
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(listener: Emit | null) {
    this.#listener = listener;
  }

  push(event: Event): void {
    this.#events.push(event);
    this.#listener?.(event);
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  async *read(): AsyncGenerator<Event> {
    let next = 0;
    for (;;) {
      while (next < this.#events.length) {
        yield this.#events[next]!;
        next += 1;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
