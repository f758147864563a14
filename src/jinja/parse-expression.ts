import type { Expression, FilterUse, Target } from './ast.ts';
import type { Lexer } from './lexer.ts';
import { constantNamed, type Findings, OperandParser, type SpecialReads } from './parse-operand.ts';
import { OperatorParser } from './parse-operators.ts';
import { describeToken, expectName, expectOperator, skipName, skipOperator } from './tokens.ts';

/** Jinja2's expressions by recursive descent: the same precedence, and errors in the same words. */
export class ExpressionParser {
  readonly lexer: Lexer;
  readonly findings: Findings = { reads: noReads(), lenient: false, unknown: [] };
  readonly #operators: OperatorParser;
  readonly #operands: OperandParser;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
    const operands = new OperandParser(lexer, this, this.findings);
    this.#operands = operands;
    this.#operators = new OperatorParser(lexer, operands);
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
    if (this.#endsList('in')) this.#failMissing();
    const first = this.#singleTarget(namespaces);
    if (!lexer.is(',')) return first;
    const items = [first];
    while (skipOperator(lexer, ',') && !this.#endsList('in')) items.push(this.#singleTarget(namespaces));
    return { kind: 'tuple', items, start, end: items.at(-1)!.end };
  }

  #singleTarget(namespaces: boolean): Target {
    const { lexer } = this;
    const { start, end, text } = lexer;
    if (lexer.type === 'name') {
      if (constantNamed(text) !== undefined) lexer.fail(`can't assign to '${text}'`);
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
    if (this.#endsList(endWord)) {
      return mayBeEmpty ? { kind: 'tuple', items: [], start, end: lexer.end } : this.#failMissing();
    }
    const first = this.#listItem(conditional);
    if (!lexer.is(',')) return first;
    const items = [first];
    while (skipOperator(lexer, ',') && !this.#endsList(endWord)) items.push(this.#listItem(conditional));
    return { kind: 'tuple', items, start, end: items.at(-1)!.end };
  }

  #listItem(conditional: boolean): Expression {
    return conditional ? this.expression() : this.#operators.or();
  }

  #failMissing(): never {
    return this.lexer.fail(`Expected an expression, got '${describeToken(this.lexer)}'`);
  }

  #endsList(endWord: string | null): boolean {
    const { lexer } = this;
    const { type } = lexer;
    if (type === 'name') return endWord !== null && lexer.text === endWord;
    return type === ')' || type === 'output-end' || type === 'block-end';
  }
}

/** A fresh record of what a macro reads. */
export function noReads(): SpecialReads {
  return { caller: false, kwargs: false, varargs: false };
}
