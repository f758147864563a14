import type { Expression, MacroParameter, MacroTag } from './ast.ts';
import type { ExpressionParser } from './parse-expression.ts';
import { expectName, expectOperator, skipOperator } from './tokens.ts';

/** What stands before the body of a macro or of one of dbt's blocks. */
export interface MacroHead {
  readonly name: string;
  readonly parameters: readonly MacroParameter[];
  readonly endTag: string;
}

/** Reads the head of a block tag; the current token is the one behind the tag's name. */
export function macroHead(parser: ExpressionParser, tag: Exclude<MacroTag, 'caller'>): MacroHead {
  const endTag = `end${tag}`;
  if (tag === 'materialization') return materializationHead(parser);
  const name = expectName(parser.lexer);
  switch (tag) {
    case 'macro':
      return { name, parameters: parameters(parser), endTag };
    case 'test':
      return { name: `test_${name}`, parameters: parameters(parser), endTag };
    case 'snapshot':
    case 'docs':
      return { name: `${tag}_${name}`, parameters: [], endTag };
  }
}

/** `(a, b: int = 1)`: names, each with an optional type annotation and default. */
export function parameters(parser: ExpressionParser): readonly MacroParameter[] {
  const { lexer } = parser;
  const out: MacroParameter[] = [];
  expectOperator(lexer, '(');
  while (!lexer.is(')')) {
    if (out.length > 0) expectOperator(lexer, ',');
    const { start, end } = lexer;
    const name = expectName(lexer);
    const type = skipOperator(lexer, ':') ? typeAnnotation(parser) : null;
    const fallback = skipOperator(lexer, '=') ? parser.expression() : null;
    if (fallback === null && out.at(-1)?.fallback != null) {
      lexer.fail('non-default argument follows default argument', start, end);
    }
    out.push({ name, type, fallback, start, end: fallback?.end ?? end });
  }
  lexer.next();
  const caller = out.find((parameter) => parameter.name === 'caller' && parameter.fallback === null);
  if (caller !== undefined) {
    const message =
      'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.';
    lexer.fail(message, caller.start, caller.end);
  }
  return out;
}

/** `dict[str, list[int]]`, as dbt accepts it; the names mean nothing to us. */
function typeAnnotation(parser: ExpressionParser): string {
  const name = expectName(parser.lexer);
  if (!skipOperator(parser.lexer, '[')) return name;
  const inner: string[] = [];
  while (!parser.lexer.is(']')) {
    if (inner.length > 0) expectOperator(parser.lexer, ',');
    inner.push(typeAnnotation(parser));
  }
  parser.lexer.next();
  return `${name}[${inner.join(', ')}]`;
}

/** `name, default` or `name, adapter='x'`, either with `supported_languages=[...]`. */
function materializationHead(parser: ExpressionParser): MacroHead {
  const { lexer } = parser;
  const { start, end } = lexer;
  const name = expectName(lexer);
  let adapter = 'default';
  let languages: Expression = constantList(['sql'], start, end);
  while (skipOperator(lexer, ',')) {
    const { start: optionStart, end: optionEnd } = lexer;
    const option = expectName(lexer);
    if (option === 'default') continue;
    if (option !== 'adapter' && option !== 'supported_languages') {
      const message = `materialization '${name}' received unknown argument '${option}'.`;
      lexer.fail(message, optionStart, optionEnd);
    }
    expectOperator(lexer, '=');
    const value = parser.expression();
    if (option === 'supported_languages') languages = value;
    else if (value.kind === 'constant' && typeof value.value === 'string') adapter = value.value;
    else lexer.fail(`the adapter of materialization '${name}' must be a text`, value.start, value.end);
  }
  return {
    name: `materialization_${name}_${adapter}`,
    parameters: [{ name: 'supported_languages', type: null, fallback: languages, start, end }],
    endTag: 'endmaterialization',
  };
}

function constantList(texts: readonly string[], start: number, end: number): Expression {
  const items = texts.map((value): Expression => ({ kind: 'constant', value, start, end }));
  return { kind: 'list', items, start, end };
}
