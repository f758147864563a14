import { expect, test } from 'vitest';
import type { Call, Output } from '../../src/jinja/ast.ts';
import { syntaxText } from '../../src/jinja/syntax-text.ts';
import { parseTemplate } from '../../src/jinja/template.ts';

// Every expectation was printed by Jinja2.
test.each([
  ['1', 'Const(value=1)'],
  ['-1.5', 'Neg(node=Const(value=1.5))'],
  ["'it''s'", "Const(value='its')"],
  ['"it\'s"', 'Const(value="it\'s")'],
  ['true', 'Const(value=True)'],
  ['none', 'Const(value=None)'],
  ["[1, 'a']", "List(items=[Const(value=1), Const(value='a')])"],
  ['(1,)', "Tuple(items=[Const(value=1)], ctx='load')"],
  [
    "{'a': 1, 'b': [x]}",
    "Dict(items=[Pair(key=Const(value='a'), value=Const(value=1)), Pair(key=Const(value='b'), value=List(items=[Name(name='x', ctx='load')]))])",
  ],
  [
    "x.y['z'].w(1, *a, k=2, **b)",
    "Call(node=Getattr(node=Getitem(node=Getattr(node=Name(name='x', ctx='load'), attr='y', ctx='load'), arg=Const(value='z'), ctx='load'), attr='w', ctx='load'), args=[Const(value=1)], kwargs=[Keyword(key='k', value=Const(value=2))], dyn_args=Name(name='a', ctx='load'), dyn_kwargs=Name(name='b', ctx='load'))",
  ],
  [
    'x[1:2]',
    "Getitem(node=Name(name='x', ctx='load'), arg=Slice(start=Const(value=1), stop=Const(value=2), step=None), ctx='load')",
  ],
  [
    'x[:, 1] if y is not none else z',
    "CondExpr(test=Not(node=Test(node=Name(name='y', ctx='load'), name='none', args=[], kwargs=[], dyn_args=None, dyn_kwargs=None)), expr1=Getitem(node=Name(name='x', ctx='load'), arg=Tuple(items=[Slice(start=None, stop=None, step=None), Const(value=1)], ctx='load'), ctx='load'), expr2=Name(name='z', ctx='load'))",
  ],
  [
    'a or b and not c',
    "Or(left=Name(name='a', ctx='load'), right=And(left=Name(name='b', ctx='load'), right=Not(node=Name(name='c', ctx='load'))))",
  ],
  [
    '1 + 2 * 3 // 4 % 5 ** -x',
    "Add(left=Const(value=1), right=Mod(left=FloorDiv(left=Mul(left=Const(value=2), right=Const(value=3)), right=Const(value=4)), right=Pow(left=Const(value=5), right=Neg(node=Name(name='x', ctx='load')))))",
  ],
  [
    '+x / 2 - 1',
    "Sub(left=Div(left=Pos(node=Name(name='x', ctx='load')), right=Const(value=2)), right=Const(value=1))",
  ],
  ["a ~ 'b' ~ c", "Concat(nodes=[Name(name='a', ctx='load'), Const(value='b'), Name(name='c', ctx='load')])"],
  [
    '1 < x <= 2 != y',
    "Compare(expr=Const(value=1), ops=[Operand(op='lt', expr=Name(name='x', ctx='load')), Operand(op='lteq', expr=Const(value=2)), Operand(op='ne', expr=Name(name='y', ctx='load'))])",
  ],
  [
    'a in b',
    "Compare(expr=Name(name='a', ctx='load'), ops=[Operand(op='in', expr=Name(name='b', ctx='load'))])",
  ],
  [
    'a not in b',
    "Compare(expr=Name(name='a', ctx='load'), ops=[Operand(op='notin', expr=Name(name='b', ctx='load'))])",
  ],
  [
    "x | default('d', true) | upper",
    "Filter(node=Filter(node=Name(name='x', ctx='load'), name='default', args=[Const(value='d'), Const(value=True)], kwargs=[], dyn_args=None, dyn_kwargs=None), name='upper', args=[], kwargs=[], dyn_args=None, dyn_kwargs=None)",
  ],
  [
    'x is divisibleby 3',
    "Test(node=Name(name='x', ctx='load'), name='divisibleby', args=[Const(value=3)], kwargs=[], dyn_args=None, dyn_kwargs=None)",
  ],
  ['x if y', "CondExpr(test=Name(name='y', ctx='load'), expr1=Name(name='x', ctx='load'), expr2=None)"],
  ['(a, b)', "Tuple(items=[Name(name='a', ctx='load'), Name(name='b', ctx='load')], ctx='load')"],
  ['x.0', "Getitem(node=Name(name='x', ctx='load'), arg=Const(value=0), ctx='load')"],
  ["'ä\\n'", "Const(value='ä\\n')"],
  ['1e3', 'Const(value=1000.0)'],
  [
    'x is not defined',
    "Not(node=Test(node=Name(name='x', ctx='load'), name='defined', args=[], kwargs=[], dyn_args=None, dyn_kwargs=None))",
  ],
])('%s prints as Jinja2 prints its tree', (text, expected) => {
  const { body } = parseTemplate({ path: 'x.sql', text: `{{ f(k=${text}) }}` });
  const call = (body[0] as Output).value as Call;
  expect(syntaxText(call.args.keywords[0]!.value)).toBe(expected);
});
