import type { Arguments, Expression, Slice } from './ast.ts';
import type { Value } from './values.ts';

/**
 * The expression with its first operands, in the order of their evaluation, replaced by values: what is left to do
 * of an expression that had to wait in the middle.
 */
export function withValues(node: Expression, values: readonly Value[]): Expression {
  let index = 0;
  const take = (operand: Expression): Expression => {
    if (index >= values.length) return operand;
    const value = values[index]!;
    index += 1;
    return { kind: 'constant', value, start: operand.start, end: operand.end };
  };
  const takeOrNull = (operand: Expression | null): Expression | null =>
    operand === null ? null : take(operand);
  const takeArguments = (args: Arguments): Arguments => ({
    positional: args.positional.map(take),
    rest: takeOrNull(args.rest),
    keywords: args.keywords.map((keyword) => ({ ...keyword, value: take(keyword.value) })),
    keywordRest: takeOrNull(args.keywordRest),
  });
  const takeSlice = (slice: Slice): Slice => ({
    ...slice,
    from: takeOrNull(slice.from),
    to: takeOrNull(slice.to),
    step: takeOrNull(slice.step),
  });
  switch (node.kind) {
    case 'list':
    case 'tuple':
    case 'dict':
    case 'concat':
      return { ...node, items: node.items.map(take) };
    case 'attribute':
      return { ...node, object: take(node.object) };
    case 'item': {
      const object = take(node.object);
      return { ...node, object, key: node.key.kind === 'slice' ? takeSlice(node.key) : take(node.key) };
    }
    case 'call': {
      const { callee } = node;
      const called = callee.kind === 'attribute' ? { ...callee, object: take(callee.object) } : take(callee);
      return { ...node, callee: called, args: takeArguments(node.args) };
    }
    case 'filter':
    case 'test': {
      const object = take(node.object);
      return { ...node, object, args: takeArguments(node.args) };
    }
    case 'conditional':
      return { ...node, test: take(node.test) };
    case 'and':
    case 'or':
      return { ...node, left: take(node.left) };
    case 'not':
    case 'negative':
    case 'positive':
      return { ...node, operand: take(node.operand) };
    case 'binary': {
      const left = take(node.left);
      return { ...node, left, right: take(node.right) };
    }
    case 'comparison':
      return { ...node, operands: node.operands.map(take) };
    case 'constant':
    case 'name':
    case 'slice':
      throw new Error(`a ${node.kind} has no operand to wait for`);
  }
}
