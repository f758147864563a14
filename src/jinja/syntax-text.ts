import type { Arguments, BinaryOperator, ComparisonOperator, Expression, Keyword } from './ast.ts';
import { repr, reprText } from './text.ts';

/** The text that Jinja2's own syntax tree prints for a keyword of a call: `Keyword(key='x', value=Const(value=1))`. */
export function keywordText({ name, value }: Keyword): string {
  return `Keyword(key=${reprText(name)}, value=${syntaxText(value)})`;
}

/** The text that Jinja2's own syntax tree prints for an expression. */
export function syntaxText(node: Expression): string {
  switch (node.kind) {
    case 'constant':
      return `Const(value=${repr(node.value)})`;
    case 'name':
      return `Name(name=${reprText(node.name)}, ctx='load')`;
    case 'list':
      return `List(items=${listText(node.items)})`;
    case 'tuple':
      return `Tuple(items=${listText(node.items)}, ctx='load')`;
    case 'dict':
      return `Dict(items=[${pairsOf(node.items).join(', ')}])`;
    case 'attribute':
      return `Getattr(node=${syntaxText(node.object)}, attr=${reprText(node.name)}, ctx='load')`;
    case 'item':
      return `Getitem(node=${syntaxText(node.object)}, arg=${syntaxText(node.key)}, ctx='load')`;
    case 'slice':
      return `Slice(start=${orNone(node.from)}, stop=${orNone(node.to)}, step=${orNone(node.step)})`;
    case 'call':
      return `Call(node=${syntaxText(node.callee)}, ${argumentsText(node.args)})`;
    case 'filter':
    case 'test': {
      const type = node.kind === 'filter' ? 'Filter' : 'Test';
      return `${type}(node=${syntaxText(node.object)}, name=${reprText(node.name)}, ${argumentsText(node.args)})`;
    }
    case 'conditional': {
      const { test, whenTrue, whenFalse } = node;
      return `CondExpr(test=${syntaxText(test)}, expr1=${syntaxText(whenTrue)}, expr2=${orNone(whenFalse)})`;
    }
    case 'and':
    case 'or':
      return `${node.kind === 'and' ? 'And' : 'Or'}(${sidesText(node.left, node.right)})`;
    case 'not':
    case 'negative':
    case 'positive':
      return `${unaryTypes[node.kind]}(node=${syntaxText(node.operand)})`;
    case 'concat':
      return `Concat(nodes=${listText(node.items)})`;
    case 'binary':
      return `${binaryTypes[node.operator]}(${sidesText(node.left, node.right)})`;
    case 'comparison': {
      const [first, ...others] = node.operands.map(syntaxText);
      const operands = others.map((text, index) => {
        return `Operand(op='${comparisonNames[node.operators[index]!]}', expr=${text})`;
      });
      return `Compare(expr=${first}, ops=[${operands.join(', ')}])`;
    }
  }
}

const unaryTypes = { not: 'Not', negative: 'Neg', positive: 'Pos' } as const;

const binaryTypes: Readonly<Record<BinaryOperator, string>> = {
  '+': 'Add',
  '-': 'Sub',
  '*': 'Mul',
  '/': 'Div',
  '//': 'FloorDiv',
  '%': 'Mod',
  '**': 'Pow',
};

const comparisonNames: Readonly<Record<ComparisonOperator, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'lteq',
  '>': 'gt',
  '>=': 'gteq',
  in: 'in',
  'not in': 'notin',
};

const listText = (nodes: readonly Expression[]): string => `[${nodes.map(syntaxText).join(', ')}]`;
const orNone = (node: Expression | null): string => (node === null ? 'None' : syntaxText(node));
const sidesText = (left: Expression, right: Expression): string =>
  `left=${syntaxText(left)}, right=${syntaxText(right)}`;

function pairsOf(items: readonly Expression[]): readonly string[] {
  const out: string[] = [];
  for (let index = 0; index < items.length; index += 2) {
    out.push(`Pair(key=${syntaxText(items[index]!)}, value=${syntaxText(items[index + 1]!)})`);
  }
  return out;
}

function argumentsText({ positional, keywords, rest, keywordRest }: Arguments): string {
  const named = keywords.map(keywordText).join(', ');
  return `args=${listText(positional)}, kwargs=[${named}], dyn_args=${orNone(rest)}, dyn_kwargs=${orNone(keywordRest)}`;
}
