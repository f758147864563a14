import type { Body, MacroDefinition, MacroParameter } from './ast.ts';
import type { Environment } from './environment.ts';
import { MacroReturn, withFrame } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { Frame } from './frame.ts';
import { HOST, type HostType, type Kwargs, Pending } from './host.ts';
import { bindMacroArguments } from './macro-arguments.ts';
import { type Ending, isRun, type Outcome, type Run, withLater } from './run.ts';
import { Scope } from './scope.ts';
import type { Template } from './template.ts';
import { reprText } from './text.ts';
import { tupleOf, type Value } from './values.ts';

/** Told when the body begins to run and when it ended, by whatever way. */
export interface MacroObserver {
  enter(): void;
  leave(): void;
}

export interface MacroOptions {
  readonly definition: MacroDefinition;
  /** Where the definition stands. */
  readonly template: Template;
  readonly env: Environment;
  /** The names around an inline macro or the body of a call block; null for a macro of a macro file. */
  readonly closure: Scope | null;
  /** Whether `return(x)` ends this macro. */
  readonly catchesReturn: boolean;
  readonly execute: (frame: Frame, body: Body, scope: Scope) => Outcome;
  readonly observer?: MacroObserver | null;
}

/** A macro that can be called: gives what its body wrote, or what `return(x)` was given. */
export class Macro {
  readonly name: string;
  readonly definition: MacroDefinition;
  readonly #options: MacroOptions;

  constructor(options: MacroOptions) {
    this.name = options.definition.name;
    this.definition = options.definition;
    this.#options = options;
  }

  get [HOST](): HostType<Macro> {
    return macroType;
  }

  /** Runs the body at once as far as it gets; Pending where it has to wait. */
  call(args: readonly Value[], kwargs: Kwargs | null): Value | Pending {
    const { definition, template, env, closure, observer } = this.#options;
    const scope = new Scope(closure);
    const missing = bindMacroArguments(definition, env, args, kwargs, scope);
    env.budget.enter(definition.name);
    observer?.enter();
    const frame = new Frame(template, env, definition.name, definition);
    let outcome: Outcome = null;
    try {
      outcome = this.#run(frame, scope, missing, 0);
      return isRun(outcome) ? new Pending(this.#runLater(frame, outcome)) : frame.output;
    } catch (thrown) {
      return this.#returned(frame, thrown);
    } finally {
      if (!isRun(outcome)) this.#leave();
    }
  }

  /** Evaluates the defaults from an index on, then the body. */
  #run(frame: Frame, scope: Scope, missing: readonly MacroParameter[], from: number): Outcome {
    for (let index = from; index < missing.length; index += 1) {
      const { name, fallback } = missing[index]!;
      const value = evaluate(frame, fallback!, scope);
      if (value instanceof Pending) {
        return withLater(value, (ready) => {
          scope.set(name, ready);
          return this.#run(frame, scope, missing, index + 1);
        });
      }
      scope.set(name, value);
    }
    return this.#options.execute(frame, this.definition.body, scope);
  }

  *#runLater(frame: Frame, waiting: Run<Ending>): Run<Value> {
    try {
      yield* waiting;
      return frame.output;
    } catch (thrown) {
      return this.#returned(frame, thrown);
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    const { env, observer } = this.#options;
    env.budget.leave();
    observer?.leave();
  }

  /** The value of a `return(x)` that ends this macro; anything else goes on, with this macro's place added. */
  #returned(frame: Frame, thrown: unknown): Value {
    if (this.#options.catchesReturn && thrown instanceof MacroReturn) return thrown.value;
    throw withFrame(thrown, frame.describe());
  }
}

const attributeNames = ['arguments', 'caller', 'catch_kwargs', 'catch_varargs', 'name'] as const;

const macroType: HostType<Macro> = {
  typeName: 'Macro',
  attr: macroAttribute,
  attrNames: () => attributeNames,
  str: (macro) => `<Macro ${reprText(macro.name)}>`,
  call: (macro, args, kwargs) => macro.call(args, kwargs),
};

function macroAttribute({ definition }: Macro, name: string): Value | undefined {
  switch (name as (typeof attributeNames)[number]) {
    case 'name':
      return definition.name;
    case 'arguments':
      return tupleOf(definition.parameters.map((parameter) => parameter.name));
    case 'caller':
      return definition.readsCaller;
    case 'catch_kwargs':
      return definition.readsKwargs;
    case 'catch_varargs':
      return definition.readsVarargs;
    default:
      return undefined;
  }
}
