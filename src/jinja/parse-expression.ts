import type { Expression, FilterUse, Target } from './ast.ts';
import type { Lexer } from './lexer.ts';
import { type Findings, isConstantName, OperandParser } from './parse-operand.ts';
import { OperatorParser } from './parse-operators.ts';
import { describeToken, expectName, expectOperator, skipName, skipOperator } from './tokens.ts';

/** Jinja2's expressions by recursive descent: the same precedence, and errors in the same words. */
export class ExpressionParser {
  readonly lexer: Lexer;
  readonly findings: Findings = { specialNames: new Set(), lenient: false, unknown: [] };
  readonly #operators: OperatorParser;
  readonly #operands: OperandParser;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
    const operands = new OperandParser(lexer, this, this.findings);
    this.#operands = operands;
    this.#operators = new OperatorParser(lexer, () => operands.operand());
  }

  parenthesized(): Expression {
    return this.#list(true, null, true);
  }

  /** A chain of filters on the text of a block; `inline` where the first one has no `|` before it. */
  blockFilters(inline: boolean): FilterUse {
    return this.#operands.blockFilters(inline);
  }

  /** One expression, or several with commas between them: a tuple. */
  tuple(): Expression {
    return this.#list(true, null, false);
  }

  /** As `tuple`, but an `if` after it is not part of it; `endWord` may follow the last comma. */
  unconditionalTuple(endWord: string | null = null): Expression {
    return this.#list(false, endWord, false);
  }

  expression(): Expression {
    const { unknown } = this.findings;
    const known = unknown.length;
    let value = this.#operators.or();
    while (this.lexer.isName('if')) {
      this.lexer.next();
      const test = this.#operators.or();
      const whenFalse = skipName(this.lexer, 'else') ? this.expression() : null;
      unknown.length = known;
      const end = (whenFalse ?? test).end;
      value = { kind: 'conditional', test, whenTrue: value, whenFalse, start: value.start, end };
    }
    return value;
  }

  /** What stands on the left of `=` or `in`; only `set` may name an attribute of a namespace. */
  target(namespaces: boolean): Target {
    const { lexer } = this;
    const { start } = lexer;
    const items: Target[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) expectOperator(lexer, ',');
      if (this.#endsList('in')) break;
      items.push(this.#singleTarget(namespaces));
      if (!lexer.isOperator(',')) break;
      isTuple = true;
    }
    const only = items[0];
    if (!isTuple && only !== undefined) return only;
    if (only === undefined) lexer.fail(`Expected an expression, got '${describeToken(lexer)}'`);
    return { kind: 'tuple', items, start, end: items.at(-1)!.end };
  }

  #singleTarget(namespaces: boolean): Target {
    const { lexer } = this;
    const { start, end, text } = lexer;
    if (lexer.type === 'name') {
      if (isConstantName(text)) lexer.fail(`can't assign to '${text}'`);
      lexer.next();
      if (namespaces && skipOperator(lexer, '.')) {
        const attributeEnd = lexer.end;
        return { kind: 'namespace', name: text, attribute: expectName(lexer), start, end: attributeEnd };
      }
      return { kind: 'name', name: text, start, end };
    }
    if (skipOperator(lexer, '(')) {
      const target = this.target(namespaces);
      expectOperator(lexer, ')');
      return target;
    }
    const value = this.#operands.primary();
    return lexer.fail(
      `can't assign to '${value.kind === 'constant' ? 'const' : value.kind}'`,
      start,
      value.end,
    );
  }

  #list(conditional: boolean, endWord: string | null, mayBeEmpty: boolean): Expression {
    const { lexer } = this;
    const { start } = lexer;
    const items: Expression[] = [];
    while (!this.#endsList(endWord)) {
      const item = conditional ? this.expression() : this.#operators.or();
      if (!lexer.isOperator(',')) {
        if (items.length === 0) return item;
        items.push(item);
        break;
      }
      items.push(item);
      lexer.next();
    }
    if (items.length === 0 && !mayBeEmpty) {
      lexer.fail(`Expected an expression, got '${describeToken(lexer)}'`);
    }
    return { kind: 'tuple', items, start, end: items.at(-1)?.end ?? lexer.end };
  }

  #endsList(endWord: string | null): boolean {
    const { lexer } = this;
    if (lexer.type === 'operator') return lexer.text === ')';
    if (lexer.type === 'name') return endWord !== null && lexer.text === endWord;
    return lexer.type === 'output-end' || lexer.type === 'block-end';
  }
}
