import type { Environment } from './environment.ts';
import { MacroReturn, withFrame } from './errors.ts';
import { execute } from './execute.ts';
import { Frame } from './frame.ts';
import { Pending } from './host.ts';
import { PyError } from './py-error.ts';
import { type Ending, isRun, type Run } from './run.ts';
import { Scope } from './scope.ts';
import type { Template } from './template.ts';
import type { Value } from './values.ts';

/**
 * Renders without waiting, as the parse phase does; a call that has to wait fails with a RuntimeError. Everything
 * thrown that comes out of the template is a TemplateError.
 */
export function renderSync(template: Template, env: Environment): string {
  return valueSync(evaluateTemplate(template, env, outputOf)) as string;
}

/** Renders, waiting for the warehouse where a call does; other renders go on meanwhile. */
export async function render(template: Template, env: Environment): Promise<string> {
  return (await valueAsync(evaluateTemplate(template, env, outputOf))) as string;
}

/** Renders as the body of a macro is: `return(x)` ends it, and `x` is its value. */
export async function renderBody(template: Template, env: Environment): Promise<Value> {
  return valueAsync(evaluateTemplate(template, env, outputOf, { returns: true }));
}

/** The value of a call made by the tool, in the parse phase. */
export function valueSync(result: Value | Pending): Value {
  if (!(result instanceof Pending)) return result;
  const { run } = result;
  let step = run.next();
  while (step.done !== true) {
    // What it waits for is given up: a rejection of it must not end the process.
    step.value.catch(() => {});
    step = run.throw(new PyError('RuntimeError', 'the warehouse is not available while parsing'));
  }
  return step.value;
}

/** The value of a call made by the tool. */
export async function valueAsync(result: Value | Pending): Promise<Value> {
  if (!(result instanceof Pending)) return result;
  const { run } = result;
  let step = run.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (failure) {
      step = run.throw(failure);
      continue;
    }
    step = run.next(value);
  }
  return step.value;
}

export interface EvaluateOptions {
  /** Changes the frame before anything is evaluated in it. */
  readonly prepare?: (frame: Frame) => void;
  /** Whether the template may end with `return(x)`; `x` is the value then. */
  readonly returns?: boolean;
}

/** Runs a template in a new frame; gives what `result` makes of the frame. */
export function evaluateTemplate(
  template: Template,
  env: Environment,
  result: (frame: Frame) => Value,
  { prepare, returns = false }: EvaluateOptions = {},
): Value | Pending {
  const frame = new Frame(template, env, null, { start: 0, end: 0 });
  prepare?.(frame);
  try {
    const outcome = execute(frame, template.body, new Scope(null));
    return isRun(outcome) ? new Pending(evaluateLater(frame, outcome, result, returns)) : result(frame);
  } catch (thrown) {
    return ended(frame, thrown, returns);
  }
}

function* evaluateLater(
  frame: Frame,
  waiting: Run<Ending>,
  result: (frame: Frame) => Value,
  returns: boolean,
): Run<Value> {
  try {
    yield* waiting;
    return result(frame);
  } catch (thrown) {
    return ended(frame, thrown, returns);
  }
}

const outputOf = (frame: Frame): string => frame.output;

/** The value that was returned; throws what else was thrown. */
function ended(frame: Frame, thrown: unknown, returns: boolean): Value {
  if (!(thrown instanceof MacroReturn)) throw withFrame(thrown, frame.describe());
  if (!returns) throw withFrame(returnOutsideMacro(), frame.describe());
  return thrown.value;
}

function returnOutsideMacro(): PyError {
  return new PyError('RuntimeError', "'return' outside a macro", {
    hint: 'only macros have a value to return',
  });
}
