import { assign } from './assign.ts';
import type {
  Body,
  CallBlock,
  Expression,
  For,
  If,
  MacroDefinition,
  SetBlock,
  Statement,
  Target,
  With,
} from './ast.ts';
import { capture } from './capture.ts';
import { applyFilter, evaluate, evaluateCall, type Result } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { Pending } from './host.ts';
import { LoopContext } from './loop.ts';
import { Macro } from './macro.ts';
import { iterate, truth } from './operations.ts';
import { afterLater, type Ending, isRun, type Outcome, type Run, withLater } from './run.ts';
import { Scope } from './scope.ts';
import type { Value } from './values.ts';

/**
 * Runs statements, writing to the frame. Everything runs at once; where a call has to wait, what is left is returned
 * as a run for the driver to go on with.
 */
export function execute(frame: Frame, body: Body, scope: Scope, from = 0): Outcome {
  const { budget } = frame.env;
  for (let index = from; index < body.length; index += 1) {
    budget.step();
    const outcome = executeStatement(frame, body[index]!, scope);
    if (outcome === null) continue;
    if (!isRun(outcome)) return outcome;
    return afterLater(outcome, () => execute(frame, body, scope, index + 1));
  }
  return null;
}

function executeStatement(frame: Frame, node: Statement, scope: Scope): Outcome {
  switch (node.kind) {
    case 'data':
      frame.write(node.text);
      return null;
    case 'output':
      return print(frame, evaluate(frame, node.value, scope), node.value);
    case 'do':
      return withValue(evaluate(frame, node.value, scope), nothing);
    case 'set':
      return store(frame, node.target, evaluate(frame, node.value, scope), scope);
    case 'set-block':
      return executeSetBlock(frame, node, scope);
    case 'if':
      return executeIf(frame, node, scope, 0);
    case 'for':
      return withValue(evaluate(frame, node.iterable, scope), (iterable) => {
        frame.at = node.iterable;
        return executeLoop(frame, node, scope, iterate(iterable), 0);
      });
    case 'with':
      return executeWith(frame, node, scope, []);
    case 'filter-block':
      return capture(
        frame,
        () => execute(frame, node.body, new Scope(scope)),
        (text) => print(frame, applyFilter(frame, node.filter, scope, text), node.filter),
      );
    case 'call-block':
      return executeCallBlock(frame, node, scope);
    case 'macro':
      scope.set(frame.env.inlineMacroPrefix + node.name, inlineMacro(frame, node, scope));
      return null;
    case 'break':
    case 'continue':
      return node.kind;
  }
}

const nothing = (): null => null;

function withValue(result: Result, use: (value: Value) => Outcome): Outcome {
  return result instanceof Pending ? withLater(result, use) : use(result);
}

function print(frame: Frame, result: Result, expression: Expression): Outcome {
  if (result instanceof Pending) return withLater(result, (value) => print(frame, value, expression));
  frame.print(result, expression);
  return null;
}

function store(frame: Frame, target: Target, result: Result, scope: Scope): Outcome {
  if (result instanceof Pending) return withLater(result, (value) => store(frame, target, value, scope));
  assign(frame, target, result, scope);
  return null;
}

function executeIf(frame: Frame, node: If, scope: Scope, from: number): Outcome {
  for (let index = from; index < node.branches.length; index += 1) {
    const { test, body } = node.branches[index]!;
    const value = evaluate(frame, test, scope);
    if (value instanceof Pending) {
      const next = index + 1;
      return withLater(value, (ready) =>
        truth(ready) ? execute(frame, body, scope) : executeIf(frame, node, scope, next),
      );
    }
    if (truth(value)) return execute(frame, body, scope);
  }
  return node.otherwise === null ? null : execute(frame, node.otherwise, scope);
}

/** Ends with what its else body ended with: that one belongs to the loop around. */
function executeLoop(
  frame: Frame,
  node: For,
  scope: Scope,
  iterated: readonly Value[],
  depth: number,
): Outcome {
  const run = (items: readonly Value[]): Outcome => {
    if (items.length === 0) {
      return node.otherwise === null ? null : execute(frame, node.otherwise, new Scope(scope));
    }
    const recurse = (inner: readonly Value[], innerDepth: number): Result =>
      loopText(frame, node, scope, inner, innerDepth);
    return executeRounds(
      frame,
      node,
      scope,
      new LoopContext(frame.env, items, depth, node.recursive ? recurse : null),
      0,
    );
  };
  return node.test === null
    ? run(iterated)
    : filterItems(frame, node.target, node.test, scope, iterated, [], 0, run);
}

function executeRounds(frame: Frame, node: For, scope: Scope, loop: LoopContext, from: number): Outcome {
  const { budget } = frame.env;
  for (let index = from; index < loop.items.length; index += 1) {
    budget.step();
    loop.index = index;
    const inner = new Scope(scope);
    inner.set('loop', loop);
    assign(frame, node.target, loop.items[index]!, inner);
    const outcome = execute(frame, node.body, inner);
    if (outcome === 'break') return null;
    if (isRun(outcome)) return roundsLater(outcome, () => executeRounds(frame, node, scope, loop, index + 1));
  }
  return null;
}

function* roundsLater(waiting: Run<Ending>, next: () => Outcome): Run<Ending> {
  if ((yield* waiting) === 'break') return null;
  const outcome = next();
  return isRun(outcome) ? yield* outcome : outcome;
}

/** Adds to `kept` the items from an index on that pass the loop's test, and hands them to `use`. */
function filterItems(
  frame: Frame,
  target: Target,
  test: Expression,
  scope: Scope,
  items: readonly Value[],
  kept: Value[],
  from: number,
  use: (items: readonly Value[]) => Outcome,
): Outcome {
  for (let index = from; index < items.length; index += 1) {
    const item = items[index]!;
    const inner = new Scope(scope);
    assign(frame, target, item, inner);
    const value = evaluate(frame, test, inner);
    if (value instanceof Pending) {
      return withLater(value, (ready) => {
        if (truth(ready)) kept.push(item);
        return filterItems(frame, target, test, scope, items, kept, index + 1, use);
      });
    }
    if (truth(value)) kept.push(item);
  }
  return use(kept);
}

/** What the body of a recursive loop writes for other items. */
function loopText(frame: Frame, node: For, scope: Scope, items: readonly Value[], depth: number): Result {
  const { budget } = frame.env;
  budget.enter('loop');
  let text = '';
  let outcome: Outcome = null;
  try {
    const run = (): Outcome => executeLoop(frame, node, scope, items, depth);
    outcome = capture(frame, run, (whole) => {
      text = whole;
      return null;
    });
  } finally {
    budget.leave();
  }
  return isRun(outcome) ? new Pending(textLater(outcome, () => text)) : text;
}

function* textLater(waiting: Run<Ending>, text: () => string): Run<Value> {
  yield* waiting;
  return text();
}

function executeSetBlock(frame: Frame, node: SetBlock, scope: Scope): Outcome {
  return capture(
    frame,
    () => execute(frame, node.body, new Scope(scope)),
    (text) => {
      const value = node.filter === null ? text : applyFilter(frame, node.filter, scope, text);
      return store(frame, node.target, value, scope);
    },
  );
}

/** `values` are those of the first targets. */
function executeWith(frame: Frame, node: With, scope: Scope, values: readonly Value[]): Outcome {
  const next = node.values[values.length];
  if (next !== undefined) {
    return withValue(evaluate(frame, next, scope), (value) =>
      executeWith(frame, node, scope, [...values, value]),
    );
  }
  const inner = new Scope(scope);
  node.targets.forEach((target, index) => {
    assign(frame, target, values[index]!, inner);
  });
  return execute(frame, node.body, inner);
}

function executeCallBlock(frame: Frame, node: CallBlock, scope: Scope): Outcome {
  const caller = inlineMacro(frame, node.caller, scope);
  return print(frame, evaluateCall(frame, node.call, scope, caller), node.call);
}

function inlineMacro(frame: Frame, definition: MacroDefinition, closure: Scope): Macro {
  const { template, env } = frame;
  return new Macro({ definition, template, env, closure, catchesReturn: false, execute });
}
