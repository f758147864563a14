import type { Arguments, Body, Expression, Slice, Statement } from './ast.ts';

/** The expressions directly inside an expression, in the order they are written. */
export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
    case 'dict':
    case 'concat':
      return node.items;
    case 'attribute':
      return [node.object];
    case 'item':
      return [node.object, node.key];
    case 'slice':
      return boundsOf(node);
    case 'call':
      return [node.callee, ...argumentsOf(node.args)];
    case 'filter':
    case 'test':
      return [node.object, ...argumentsOf(node.args)];
    case 'conditional':
      return present([node.whenTrue, node.test, node.whenFalse]);
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right];
    case 'not':
    case 'negative':
    case 'positive':
      return [node.operand];
    case 'comparison':
      return node.operands;
  }
}

/** The expressions directly in a statement, those of its bodies left out. */
export function expressionsOf(node: Statement): readonly Expression[] {
  switch (node.kind) {
    case 'data':
    case 'break':
    case 'continue':
      return [];
    case 'output':
    case 'do':
    case 'set':
      return [node.value];
    case 'set-block':
      return present([node.filter]);
    case 'if':
      return node.branches.map((branch) => branch.test);
    case 'for':
      return present([node.iterable, node.test]);
    case 'with':
      return node.values;
    case 'filter-block':
      return [node.filter];
    case 'call-block':
      return [node.call];
    case 'macro':
      return present(node.parameters.map((parameter) => parameter.fallback));
  }
}

/** The bodies of a statement, in order. */
export function bodiesOf(node: Statement): readonly Body[] {
  switch (node.kind) {
    case 'if':
      return present([...node.branches.map((branch) => branch.body), node.otherwise]);
    case 'for':
      return present([node.body, node.otherwise]);
    case 'set-block':
    case 'with':
    case 'filter-block':
    case 'macro':
      return [node.body];
    case 'call-block':
      return [[node.caller]];
    default:
      return [];
  }
}

export function argumentsOf({ positional, rest, keywords, keywordRest }: Arguments): readonly Expression[] {
  const values = keywords.map((keyword) => keyword.value);
  return present([...positional, rest, ...values, keywordRest]);
}

function boundsOf({ from, to, step }: Slice): readonly Expression[] {
  return present([from, to, step]);
}

function present<T>(nodes: readonly (T | null)[]): readonly T[] {
  return nodes.filter((node): node is T => node !== null);
}
