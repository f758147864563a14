import { callMethod, callValue, getAttribute, getItem, getSlice } from './access.ts';
import { negate, positive } from './arithmetic.ts';
import type {
  Attribute,
  Call,
  Comparison,
  Conditional,
  Expression,
  FilterUse,
  Item,
  Sequence,
  Slice,
  TestUse,
} from './ast.ts';
import { raiseUnknown } from './errors.ts';
import { evaluateArguments, Suspended } from './evaluate-arguments.ts';
import type { Frame } from './frame.ts';
import { Pending } from './host.ts';
import { truth } from './operations.ts';
import { checkSize, compareBy, operate } from './operators.ts';
import { withValues } from './resume.ts';
import type { Scope } from './scope.ts';
import { str } from './text.ts';
import { PyDict, tupleOf, type Value } from './values.ts';

/** What an expression gives: its value, or a wait for it. Only expressions with a call in them can wait. */
export type Result = Value | Pending;

/**
 * Evaluates an expression. Everything runs at once; where a call has to wait, what was evaluated so far is kept and
 * the rest follows when the value is there, so no part is ever evaluated twice.
 */
export function evaluate(frame: Frame, node: Expression, scope: Scope): Result {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'name':
      return lookUp(frame, node.name, scope);
    case 'call':
      return evaluateCall(frame, node, scope, null);
    case 'attribute':
      return evaluateAttribute(frame, node, scope);
    case 'item':
      return evaluateItem(frame, node, scope);
    case 'filter':
      return evaluateFilter(frame, node, scope);
    case 'test':
      return evaluateTest(frame, node, scope);
    case 'list':
    case 'tuple':
      return evaluateSequence(frame, node, scope);
    case 'dict': {
      const values = evaluateAll(frame, node.items, scope);
      if (values instanceof Suspended) return resume(frame, node, scope, values.operands);
      frame.at = node;
      return dictOf(values);
    }
    case 'concat': {
      const values = evaluateAll(frame, node.items, scope);
      if (values instanceof Suspended) return resume(frame, node, scope, values.operands);
      frame.at = node;
      let text = '';
      for (const value of values) text += str(value);
      frame.env.budget.checkText(text.length);
      return text;
    }
    case 'conditional':
      return evaluateConditional(frame, node, scope);
    case 'and': {
      const left = evaluate(frame, node.left, scope);
      if (left instanceof Pending) return resume(frame, node, scope, [left]);
      return truth(left) ? evaluate(frame, node.right, scope) : left;
    }
    case 'or': {
      const left = evaluate(frame, node.left, scope);
      if (left instanceof Pending) return resume(frame, node, scope, [left]);
      return truth(left) ? left : evaluate(frame, node.right, scope);
    }
    case 'not':
    case 'negative':
    case 'positive': {
      const operand = evaluate(frame, node.operand, scope);
      if (operand instanceof Pending) return resume(frame, node, scope, [operand]);
      if (node.kind === 'not') return !truth(operand);
      frame.at = node;
      return node.kind === 'negative' ? negate(operand) : positive(operand);
    }
    case 'binary': {
      const left = evaluate(frame, node.left, scope);
      if (left instanceof Pending) return resume(frame, node, scope, [left]);
      const right = evaluate(frame, node.right, scope);
      if (right instanceof Pending) return resume(frame, node, scope, [left, right]);
      frame.at = node;
      return operate(node.operator, left, right, frame.env.budget);
    }
    case 'comparison':
      return evaluateComparison(frame, node, scope);
    case 'slice':
      throw new Error('a slice stands only in the brackets of an item');
  }
}

/** Evaluates a call; `caller` is the body of the call block that it belongs to. */
export function evaluateCall(frame: Frame, node: Call, scope: Scope, caller: Value | null): Result {
  const { callee } = node;
  const isMethod = callee.kind === 'attribute';
  const target = evaluate(frame, isMethod ? callee.object : callee, scope);
  if (target instanceof Pending) return resumeCall(frame, node, scope, caller, [target]);
  const args: Value[] = [];
  const kwargs = evaluateArguments(frame, node.args, scope, target, args, evaluate);
  if (kwargs instanceof Suspended) return resumeCall(frame, node, scope, caller, kwargs.operands);
  const { env } = frame;
  env.budget.step();
  const named = caller === null ? kwargs : new Map(kwargs ?? []).set('caller', caller);
  frame.at = node;
  const result = isMethod
    ? callMethod(env, target, callee.name, args, named)
    : callValue(env, target, args, named);
  if (isMethod) {
    if (!(result instanceof Pending)) checkSize(result, env.budget);
    checkSize(target, env.budget);
  }
  return result;
}

/** A filter on a value that is there already: the text of a block. */
export function applyFilter(frame: Frame, node: FilterUse, scope: Scope, value: Value): Result {
  const constant: Expression = { kind: 'constant', value, start: node.start, end: node.end };
  return evaluate(frame, replaceInnermost(node, constant), scope);
}

function replaceInnermost(node: FilterUse, object: Expression): FilterUse {
  const inner = node.object.kind === 'filter' ? replaceInnermost(node.object, object) : object;
  return { ...node, object: inner };
}

export function lookUp(frame: Frame, name: string, scope: Scope): Value {
  const own = scope.get(name);
  if (own !== undefined) return own;
  const { env } = frame;
  const value = env.lookup(name);
  return value !== undefined
    ? value
    : env.undefined(name, null, () => new Set([...scope.names(), ...env.suggestNames()]));
}

function evaluateAttribute(frame: Frame, node: Attribute, scope: Scope): Result {
  const object = evaluate(frame, node.object, scope);
  if (object instanceof Pending) return resume(frame, node, scope, [object]);
  frame.at = node;
  return getAttribute(frame.env, object, node.name);
}

function evaluateItem(frame: Frame, node: Item, scope: Scope): Result {
  const object = evaluate(frame, node.object, scope);
  if (object instanceof Pending) return resume(frame, node, scope, [object]);
  if (node.key.kind === 'slice') return evaluateSlice(frame, node, node.key, scope, object);
  const key = evaluate(frame, node.key, scope);
  if (key instanceof Pending) return resume(frame, node, scope, [object, key]);
  frame.at = node;
  return getItem(frame.env, object, key);
}

function evaluateSlice(
  frame: Frame,
  node: Item,
  { from, to, step }: Slice,
  scope: Scope,
  object: Value,
): Result {
  const written = [from, to, step].filter((bound) => bound !== null);
  const values = evaluateAll(frame, written, scope);
  if (values instanceof Suspended) return resume(frame, node, scope, [object, ...values.operands]);
  let index = 0;
  const bound = (expression: Expression | null): Value => (expression === null ? null : values[index++]!);
  frame.at = node;
  return getSlice(frame.env, object, bound(from), bound(to), bound(step));
}

function evaluateSequence(frame: Frame, node: Sequence, scope: Scope): Result {
  const values = evaluateAll(frame, node.items, scope);
  if (values instanceof Suspended) return resume(frame, node, scope, values.operands);
  return node.kind === 'list' ? values : tupleOf(values);
}

function evaluateFilter(frame: Frame, node: FilterUse, scope: Scope): Result {
  const object = evaluate(frame, node.object, scope);
  if (object instanceof Pending) return resume(frame, node, scope, [object]);
  const { env } = frame;
  const args = [object];
  const kwargs = evaluateArguments(frame, node.args, scope, object, args, evaluate);
  if (kwargs instanceof Suspended) return resume(frame, node, scope, kwargs.operands);
  frame.at = node;
  const filter = env.filters.get(node.name);
  if (filter === undefined) return raiseUnknown('filter', node.name, env.filters.keys());
  const result = filter(env, args, kwargs);
  checkSize(result, env.budget);
  return result;
}

function evaluateTest(frame: Frame, node: TestUse, scope: Scope): Result {
  const object = evaluate(frame, node.object, scope);
  if (object instanceof Pending) return resume(frame, node, scope, [object]);
  const { env } = frame;
  const args = [object];
  const kwargs = evaluateArguments(frame, node.args, scope, object, args, evaluate);
  if (kwargs instanceof Suspended) return resume(frame, node, scope, kwargs.operands);
  frame.at = node;
  const test = env.tests.get(node.name);
  return test === undefined ? raiseUnknown('test', node.name, env.tests.keys()) : test(env, args, kwargs);
}

function evaluateConditional(frame: Frame, node: Conditional, scope: Scope): Result {
  const test = evaluate(frame, node.test, scope);
  if (test instanceof Pending) return resume(frame, node, scope, [test]);
  if (truth(test)) return evaluate(frame, node.whenTrue, scope);
  if (node.whenFalse !== null) return evaluate(frame, node.whenFalse, scope);
  return frame.env.undefined(
    '',
    'the inline if-expression evaluated to false and no else section was defined.',
  );
}

function evaluateComparison(frame: Frame, node: Comparison, scope: Scope): Result {
  const { operands, operators } = node;
  const values: Value[] = [];
  const first = evaluate(frame, operands[0]!, scope);
  if (first instanceof Pending) return resume(frame, node, scope, [first]);
  values.push(first);
  for (let index = 0; index < operators.length; index += 1) {
    const right = evaluate(frame, operands[index + 1]!, scope);
    if (right instanceof Pending) return resume(frame, node, scope, [...values, right]);
    frame.at = node;
    if (!compareBy(operators[index]!, values[index]!, right)) return false;
    values.push(right);
  }
  return true;
}

function evaluateAll(frame: Frame, nodes: readonly Expression[], scope: Scope): Value[] | Suspended {
  const values: Value[] = [];
  for (const node of nodes) {
    const value = evaluate(frame, node, scope);
    if (value instanceof Pending) return new Suspended([...values, value]);
    values.push(value);
  }
  return values;
}

function dictOf(keysAndValues: readonly Value[]): PyDict {
  const dict = new PyDict();
  for (let index = 0; index < keysAndValues.length; index += 2) {
    dict.set(keysAndValues[index]!, keysAndValues[index + 1]!);
  }
  return dict;
}

/** Goes on with an expression once the last of its operands, which has to wait, has its value. */
function resume(frame: Frame, node: Expression, scope: Scope, operands: readonly Result[]): Pending {
  return whenReady(operands, (values) => evaluate(frame, withValues(node, values), scope));
}

function resumeCall(
  frame: Frame,
  node: Call,
  scope: Scope,
  caller: Value | null,
  operands: readonly Result[],
): Pending {
  return whenReady(operands, (values) =>
    evaluateCall(frame, withValues(node, values) as Call, scope, caller),
  );
}

function whenReady(operands: readonly Result[], next: (values: readonly Value[]) => Result): Pending {
  return new Pending(
    (function* wait(): Generator<Promise<unknown>, Value, unknown> {
      const waiting = operands.at(-1) as Pending;
      const last = yield* waiting.run;
      const result = next([...(operands.slice(0, -1) as Value[]), last]);
      return result instanceof Pending ? yield* result.run : result;
    })(),
  );
}
